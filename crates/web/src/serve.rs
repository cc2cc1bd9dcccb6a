//! Accepting connections, and ending them when the program stops.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioExecutor;
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::admission::Admission;
use crate::answer::Shared;
use crate::connection;
use crate::deadline::within;
use crate::host::AllowedHosts;
use crate::limits::Limits;
use crate::metrics::HttpMetrics;
use crate::origin_filter::{Origin, OriginFilter};
use crate::refusal::Wording;
use crate::router::Router;
use crate::stop::Stop;
use crate::tenant::Shares;
use crate::tls::Tls;

/// A server before it serves.
pub struct Server {
    /// The endpoints.
    pub router: Router,
    /// The words for refusals.
    pub wording: Wording,
    /// The limits.
    pub limits: Limits,
    /// The pages that may call every endpoint.
    pub origins: Vec<Origin>,
    /// The hosts that requests from this machine may name, besides its own names and AWS's.
    pub hosts: AllowedHosts,
    /// The metrics.
    pub metrics: Arc<HttpMetrics>,
    /// TLS, if the port is to speak it.
    pub tls: Option<Arc<Tls>>,
}

/// The pause before accepting again when the system has no more file descriptors to give.
const BREATHER: Duration = Duration::from_millis(100);

/// The share of all bytes that the unread answers of one tenant may hold.
const TENANT_SHARE: usize = 4;

/// The answer to a connection that is one too many.
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    Content-Type: application/json\r\nContent-Length: 87\r\nConnection: close\r\n\r\n\
    {\"__type\":\"ThrottlingException\",\"message\":\"This server has too many connections open.\"}";

/// Serves until `stop`; then accepts no more connections, lets running requests finish within the grace, and drops the
/// rest.
pub async fn serve(listener: TcpListener, server: Server, stop: Stop) {
    let Server { router, wording, limits, origins, hosts, metrics, tls } = server;
    let (grace, origins) = (limits.grace, OriginFilter::new(origins));
    let admission = Admission::new(limits.bodies, limits.requests, limits.body);
    let shares = Shares::new(limits.bodies / TENANT_SHARE);
    let shared = Arc::new(Shared {
        router,
        wording,
        limits,
        origins,
        hosts,
        metrics,
        admission,
        shares,
        tls,
        stop,
    });
    let mut connections = JoinSet::new();
    accept(listener, &shared, &mut connections).await;
    let finished = async { while connections.join_next().await.is_some() {} };
    if within(grace, finished).await.is_none() {
        tracing::warn!(connections = connections.len(), "requests were still running; dropped");
        connections.shutdown().await;
    }
}

async fn accept(listener: TcpListener, shared: &Arc<Shared>, connections: &mut JoinSet<()>) {
    let builder = connection::builder(&shared.limits);
    loop {
        tokio::select! {
            biased;
            () = shared.stop.wanted() => return,
            Some(ended) = connections.join_next() => if let Err(error) = ended {
                tracing::error!(%error, "a connection's task failed");
            },
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => admit(&builder, shared, connections, stream, peer),
                Err(error) => rest(&error, &shared.stop).await,
            },
        }
    }
}

fn admit(
    builder: &Builder<TokioExecutor>,
    shared: &Arc<Shared>,
    connections: &mut JoinSet<()>,
    stream: TcpStream,
    peer: SocketAddr,
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
    connections.spawn(connection::run(builder.clone(), shared.clone(), stream, peer));
}

/// A connection that was reset before it was accepted is nobody's loss; other errors mean that the
/// system has run out of something, which trying again at once would not bring back.
async fn rest(error: &io::Error, stop: &Stop) {
    if error.kind() == io::ErrorKind::ConnectionAborted {
        return;
    }
    tracing::warn!(%error, "cannot accept a connection");
    let _ = within(BREATHER, stop.wanted()).await;
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
