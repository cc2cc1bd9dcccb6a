//! One connection, from its first byte until it is closed.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use crate::activity::{Activity, Heard, Still, Watch};
use crate::answer::{Link, Shared, answer};
use crate::deadline::within;
use crate::limits::Limits;
use crate::metrics::FailedHandshake;
use crate::request::Transport;
use crate::tls::{NoTls, Tls};

/// Streams of one connection that its client may reset before they were looked at; one more ends the
/// connection. Opening streams only to reset them costs the client nothing: CVE-2023-44487.
const RESET_EARLY: usize = 20;

/// Streams of one connection that may be reset because of what the client did wrong on them; one more
/// ends the connection.
const RESET_LATE: usize = 128;

/// How a connection is served; one for all of them.
pub(crate) fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // The buffer bounds the head; the exact limit is checked on what was parsed. It is larger than
    // the limit because bodies come through it too.
    builder.http1().max_buf_size(limits.head.max(64 * 1024));
    let head = u32::try_from(limits.head).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(head)
        .max_concurrent_streams(limits.streams)
        .max_pending_accept_reset_streams(RESET_EARLY)
        .max_local_error_reset_streams(RESET_LATE)
        .keep_alive_interval(limits.idle_time)
        .keep_alive_timeout(limits.head_time);
    builder
}

/// A connection's bytes, in clear or out of TLS. Most are in clear: TLS's state is not among them.
type Stream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// Serves a connection until its client closes it, it has been idle for too long, or the program
/// stops and the running requests are answered.
pub(crate) async fn run(
    builder: Builder<TokioExecutor>,
    shared: Arc<Shared>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let _open = shared.metrics.connection();
    let Some(tls) = &shared.tls else {
        let link = Arc::new(Link::new(peer, Transport::Clear));
        return talk(builder, &shared, Either::Left(stream), link).await;
    };
    let shaking = shake(tls, &shared, stream, peer);
    let shaken = tokio::select! {
        () = shared.stop.wanted() => None,
        shaken = shaking => shaken,
    };
    if let Some(stream) = shaken {
        let link = Arc::new(Link::new(peer, Transport::Tls));
        talk(builder, &shared, Either::Right(stream), link).await;
    }
}

/// The handshake, which has as much time as a request's head. Boxed: most of a connection's life it
/// is over.
async fn shake(
    tls: &Tls,
    shared: &Shared,
    stream: TcpStream,
    peer: SocketAddr,
) -> Option<Box<TlsStream<TcpStream>>> {
    let shaken = within(shared.limits.head_time, Box::pin(tls.accept(stream))).await;
    let failed = match shaken {
        Some(Ok(stream)) => return Some(Box::new(stream)),
        Some(Err(NoTls::Plain)) => FailedHandshake::Plain,
        Some(Err(NoTls::Failed(error))) => {
            tracing::debug!(%peer, %error, "no TLS handshake");
            FailedHandshake::Failed
        }
        None => FailedHandshake::TooSlow,
    };
    shared.metrics.no_handshake(failed);
    None
}

async fn talk(
    builder: Builder<TokioExecutor>,
    shared: &Arc<Shared>,
    stream: Stream,
    link: Arc<Link>,
) {
    serve(builder, shared, stream, &link).await;
    // A connection that was upgraded is still this connection: counted, and ended with the server.
    let conversation = link.upgraded.lock().take();
    if let Some(conversation) = conversation {
        conversation.await;
    }
}

async fn serve(
    builder: Builder<TokioExecutor>,
    shared: &Arc<Shared>,
    stream: Stream,
    link: &Arc<Link>,
) {
    let watch = Watch::new(link.activity.clone(), shared.admission.clone(), &shared.limits);
    let io = Heard { stream: TokioIo::new(stream), activity: link.activity.clone() };
    let service = service_fn(|request| answer(shared.clone(), link.clone(), request));
    let mut connection = pin!(builder.serve_connection_with_upgrades(io, service));
    // In a set of its own, it is polled when it has been woken and not with every request.
    let mut ended = FuturesUnordered::from_iter([async move {
        tokio::select! {
            () = shared.stop.wanted() => End::Gently,
            still = watch.expired() => match still {
                Still::Idle => End::Soon,
                Still::Head => End::Now,
                Still::Unread => {
                    shared.metrics.unread();
                    End::Now
                }
            },
        }
    }]);
    loop {
        tokio::select! {
            biased;
            served = connection.as_mut() => return log(link.peer, served),
            Some(end) = ended.next() => match end {
                End::Gently => connection.as_mut().graceful_shutdown(),
                End::Soon => {
                    connection.as_mut().graceful_shutdown();
                    // None means that its client did not even take leave.
                    let _ = within(shared.limits.head_time, connection).await;
                    return;
                }
                End::Now => return,
            },
        }
    }
}

impl Link {
    fn new(peer: SocketAddr, transport: Transport) -> Self {
        let (activity, upgraded) = (Arc::new(Activity::default()), Mutex::new(None));
        Link { peer, transport, activity, upgraded }
    }
}

/// The way in which the server ends a connection.
enum End {
    /// Running requests are answered first.
    Gently,
    /// Nothing runs: its client is told, and has little time to agree.
    Soon,
    /// A request has begun and does not go on, or its client does not read.
    Now,
}

/// Clients break connections all the time: that is worth a line only to who looks for it.
fn log(peer: SocketAddr, served: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = served {
        tracing::debug!(%peer, error, "connection ended");
    }
}
