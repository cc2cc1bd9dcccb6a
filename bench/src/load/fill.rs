//! Filling a queue before it is measured.

use std::net::SocketAddr;

use anyhow::ensure;
use tokio::task::JoinSet;

use super::{Answered, Connection, Exchange, Exchanges};

/// Lets each connection ask until all together have completed at least so many messages.
pub(crate) async fn fill(
    address: SocketAddr,
    exchanges: Exchanges,
    messages: u64,
) -> anyhow::Result<()> {
    let share = messages.div_ceil(exchanges.len().max(1) as u64);
    let mut connections = JoinSet::new();
    for exchange in exchanges {
        connections.spawn(send(address, exchange, share));
    }
    while let Some(ended) = connections.join_next().await {
        ended??;
    }
    Ok(())
}

async fn send(
    address: SocketAddr,
    mut exchange: Box<dyn Exchange>,
    share: u64,
) -> anyhow::Result<()> {
    let mut connection = Connection::open(address).await?;
    let mut sent = 0;
    while sent < share {
        let body = connection.ask(exchange.request()).await?;
        let answered = exchange.answered(body)?;
        let Answered::Messages(messages) = answered else { break };
        ensure!(messages > 0, "nothing is filled by this");
        sent += messages;
    }
    Ok(())
}
