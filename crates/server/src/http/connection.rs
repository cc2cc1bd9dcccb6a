//! One connection, from its first byte until it is closed.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use base::deadline;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use super::activity::{Activity, Heard, Still, Watch};
use super::answer::{Link, Shared, answer};
use super::exchange::{Handler, Transport};
use super::limits::Limits;
use super::tls::{NoTls, Tls};
use crate::metrics::NoHandshake;
use crate::stop::Stop;

/// Streams of one connection that its client may reset before they were looked at; one more ends the
/// connection. Opening streams only to reset them costs the client nothing: CVE-2023-44487.
const RESET_EARLY: usize = 20;

/// Streams of one connection that may be reset because of what the client did wrong on them; one more
/// ends the connection.
const RESET_LATE: usize = 128;

/// How a connection is served; one for all of them.
pub(super) fn builder(limits: &Limits) -> Builder<TokioExecutor> {
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
pub(super) async fn run<H: Handler>(
    builder: Builder<TokioExecutor>,
    shared: Arc<Shared<H>>,
    stream: TcpStream,
    peer: SocketAddr,
    stop: Stop,
) {
    let _open = shared.metrics.connection();
    let Some(tls) = &shared.tls else {
        let link = Link { peer, transport: Transport::Clear };
        return talk(builder, &shared, Either::Left(stream), link, stop).await;
    };
    let shaking = shake(tls, &shared, stream, peer);
    let shaken = tokio::select! {
        () = stop.wanted() => None,
        shaken = shaking => shaken,
    };
    if let Some(stream) = shaken {
        let link = Link { peer, transport: Transport::Tls };
        talk(builder, &shared, Either::Right(stream), link, stop).await;
    }
}

/// The handshake, which has as much time as a request's head. Boxed: most of a connection's life it
/// is over.
async fn shake<H>(
    tls: &Tls,
    shared: &Shared<H>,
    stream: TcpStream,
    peer: SocketAddr,
) -> Option<Box<TlsStream<TcpStream>>> {
    let shaken = deadline::within(shared.limits.head_time, Box::pin(tls.accept(stream))).await;
    let failed = match shaken {
        Some(Ok(stream)) => return Some(Box::new(stream)),
        Some(Err(NoTls::Plain)) => NoHandshake::Plain,
        Some(Err(NoTls::Failed(error))) => {
            tracing::debug!(%peer, %error, "no TLS handshake");
            NoHandshake::Failed
        }
        None => NoHandshake::TooSlow,
    };
    shared.metrics.no_handshake(failed);
    None
}

async fn talk<H: Handler>(
    builder: Builder<TokioExecutor>,
    shared: &Arc<Shared<H>>,
    stream: Stream,
    link: Link,
    stop: Stop,
) {
    let activity = Arc::new(Activity::default());
    let watch = Watch::new(activity.clone(), &shared.limits);
    let io = Heard { stream: TokioIo::new(stream), activity: activity.clone() };
    let service = service_fn(|request| answer(shared.clone(), activity.clone(), request, link));
    let mut connection = pin!(builder.serve_connection(io, service));
    // In a set of its own, it is polled when it has been woken and not with every request.
    let mut ended = FuturesUnordered::from_iter([async move {
        tokio::select! {
            () = stop.wanted() => End::Gently,
            still = watch.expired() => match still {
                Still::Idle => End::Soon,
                Still::Head => End::Now,
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
                    // Without an answer its client did not even take leave.
                    let _ = deadline::within(shared.limits.head_time, connection).await;
                    return;
                }
                End::Now => return,
            },
        }
    }
}

/// How a connection is ended from our side.
enum End {
    /// What runs is answered first.
    Gently,
    /// Nothing runs: its client is told, and has little time to agree.
    Soon,
    /// A request has begun and does not go on.
    Now,
}

/// Clients break connections all the time: that is worth a line only to who looks for it.
fn log(peer: SocketAddr, served: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = served {
        tracing::debug!(%peer, error, "connection ended");
    }
}
