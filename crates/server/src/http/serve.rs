//! Accepting connections, and ending them when the program stops.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base::deadline;
use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answer::Shared;
use super::connection;
use super::exchange::Handler;
use super::intake::Intake;
use super::limits::Limits;
use super::tls::Tls;
use crate::metrics::HttpMetrics;
use crate::stop::Stop;

/// How long to wait before accepting again when the system has no more file descriptors to give.
const BREATHER: Duration = Duration::from_millis(100);

/// What a connection reads that is one too many.
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    Content-Type: application/json\r\nContent-Length: 87\r\nConnection: close\r\n\r\n\
    {\"__type\":\"ThrottlingException\",\"message\":\"This server has too many connections open.\"}";

/// Serves, over TLS if there is any, until `stop`; then takes no more connections, lets the running requests finish within the
/// grace, and drops what is left.
pub(crate) async fn serve<H: Handler>(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    handler: H,
    metrics: Arc<HttpMetrics>,
    stop: Stop,
) {
    let grace = limits.grace;
    let intake = Intake::new(limits.bodies, limits.requests);
    let shared = Arc::new(Shared { handler, limits, metrics, intake, tls });
    let mut connections = JoinSet::new();
    accept(listener, &shared, &mut connections, &stop).await;
    let finished = async { while connections.join_next().await.is_some() {} };
    if deadline::within(grace, finished).await.is_none() {
        tracing::warn!(connections = connections.len(), "requests were still running; dropped");
        connections.shutdown().await;
    }
}

async fn accept<H: Handler>(
    listener: TcpListener,
    shared: &Arc<Shared<H>>,
    connections: &mut JoinSet<()>,
    stop: &Stop,
) {
    let builder = connection::builder(&shared.limits);
    loop {
        tokio::select! {
            biased;
            () = stop.wanted() => return,
            Some(ended) = connections.join_next() => if let Err(error) = ended {
                tracing::error!(%error, "a connection's task failed");
            },
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => admit(&builder, shared, connections, stream, peer, stop),
                Err(error) => rest(&error, stop).await,
            },
        }
    }
}

fn admit<H: Handler>(
    builder: &Builder<TokioExecutor>,
    shared: &Arc<Shared<H>>,
    connections: &mut JoinSet<()>,
    stream: TcpStream,
    peer: SocketAddr,
    stop: &Stop,
) {
    if connections.len() >= shared.limits.connections {
        shared.metrics.turned_away();
        // Whether it can be told or not: it is closed, without waiting for it. Over TLS it cannot.
        if shared.tls.is_none() {
            let _ = stream.try_write(TOO_MANY);
        }
        return;
    }
    // Small answers must not wait for the acknowledgement of the last one.
    let _ = stream.set_nodelay(true);
    connections.spawn(connection::run(builder.clone(), shared.clone(), stream, peer, stop.clone()));
}

/// A connection that was reset before it was accepted is nobody's loss; other errors mean that the
/// system has run out of something, which trying again at once would not bring back.
async fn rest(error: &io::Error, stop: &Stop) {
    if error.kind() == io::ErrorKind::ConnectionAborted {
        return;
    }
    tracing::warn!(%error, "cannot accept a connection");
    deadline::within(BREATHER, stop.wanted()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_of_a_connection_says_its_true_length() {
        let text = std::str::from_utf8(TOO_MANY).expect("it is text");
        let (head, body) = text.split_once("\r\n\r\n").expect("it has a body");
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{}", body.len());
    }
}
