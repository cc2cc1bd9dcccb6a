//! Ports of protocols that are not HTTP: the same accepting, TLS, bounds and stop, and a handler of byte streams.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use crate::deadline::within;
use crate::request::Transport;
use crate::stop::Stop;
use crate::tls::Tls;

/// A port of a protocol of its own.
#[derive(Clone)]
pub struct Listener {
    /// The name, for metrics and the log.
    pub name: &'static str,
    /// The most connections at one time; more are closed at once.
    pub connections: usize,
    /// The longest time for a TLS handshake.
    pub handshake_time: Duration,
    /// The longest time for connections to end once the program is asked to stop.
    pub grace: Duration,
    handler: Arc<dyn Fn(Connection) -> BoxFuture<'static, ()> + Send + Sync>,
}

/// A connection of a [`Listener`].
pub struct Connection {
    /// The bytes, both ways, in clear.
    pub stream: Either<TcpStream, Box<TlsStream<TcpStream>>>,
    /// The address of the client.
    pub peer: SocketAddr,
    /// The transport.
    pub transport: Transport,
    /// The signal to finish.
    pub stop: Stop,
}

impl Listener {
    /// A port whose connections are served by `handler`, each in a task of its own that ends with the connection.
    pub fn new<F>(
        name: &'static str,
        handler: impl Fn(Connection) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Listener {
            name,
            connections: 16_384,
            handshake_time: Duration::from_secs(10),
            grace: Duration::from_secs(10),
            handler: Arc::new(move |connection| handler(connection).boxed()),
        }
    }

    /// Serves until `stop`, then lets connections end within the grace.
    pub async fn serve(self, socket: TcpListener, tls: Option<Arc<Tls>>, stop: Stop) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = stop.wanted() => break,
                Some(_) = connections.join_next() => {}
                accepted = socket.accept() => match accepted {
                    Ok((stream, peer)) if connections.len() < self.connections => {
                        let one = self.clone().talk(stream, peer, tls.clone(), stop.clone());
                        connections.spawn(one);
                    }
                    Ok(_) => tracing::warn!(listener = self.name, "too many connections"),
                    Err(error) => {
                        tracing::warn!(listener = self.name, %error, "cannot accept a connection");
                        let _ = within(Duration::from_millis(100), stop.wanted()).await;
                    }
                },
            }
        }
        let finished = async { while connections.join_next().await.is_some() {} };
        if within(self.grace, finished).await.is_none() {
            connections.shutdown().await;
        }
    }

    async fn talk(self, stream: TcpStream, peer: SocketAddr, tls: Option<Arc<Tls>>, stop: Stop) {
        let _ = stream.set_nodelay(true);
        let (stream, transport) = match tls {
            None => (Either::Left(stream), Transport::Clear),
            Some(tls) => match within(self.handshake_time, Box::pin(tls.handshake(stream))).await {
                Some(Ok(stream)) => (Either::Right(Box::new(stream)), Transport::Tls),
                _ => return,
            },
        };
        (self.handler)(Connection { stream, peer, transport, stop }).await;
    }
}
