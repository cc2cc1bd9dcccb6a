//! One request: from what the connection gives to what it sends.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use base::deadline;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, EXPECT, HeaderMap, HeaderValue};
use hyper::{Uri, Version};

use super::activity::Activity;
use super::body;
use super::exchange::{Handler, Request, Response, Transport};
use super::gzip::{self, Encoding};
use super::head;
use super::intake::{Intake, Share};
use super::limits::Limits;
use super::refusal::{Refusal, Words};
use super::tls::Tls;
use crate::metrics::HttpMetrics;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared<H> {
    pub(super) handler: H,
    pub(super) limits: Limits,
    pub(super) metrics: Arc<HttpMetrics>,
    pub(super) intake: Arc<Intake>,
    /// TLS, if it is spoken.
    pub(super) tls: Option<Arc<Tls>>,
}

/// What is known of a connection before any request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) peer: SocketAddr,
    pub(super) transport: Transport,
}

/// Answers one request of a connection.
pub(super) async fn answer<H: Handler>(
    shared: Arc<Shared<H>>,
    activity: Arc<Activity>,
    request: hyper::Request<Incoming>,
    link: Link,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let http2 = request.version() == Version::HTTP_2;
    let _busy = activity.begin(http2);
    let _counted = shared.metrics.in_flight();
    let words = Words::of(request.uri(), request.headers());
    let response = match serve(&shared, request, link).await {
        Ok(response) => response,
        Err(refusal) => {
            shared.metrics.refused(refusal);
            refuse(refusal, words, http2)
        }
    };
    Ok(into_hyper(response, &shared.intake))
}

async fn serve<H: Handler>(
    shared: &Shared<H>,
    request: hyper::Request<Incoming>,
    link: Link,
) -> Result<Response, Refusal> {
    let mut share = shared.intake.admit(shared.handler.is_vital(request.uri()))?;
    let request = receive(&shared.limits, request, link, &mut share).await?;
    let answer = shared.handler.handle(request);
    deadline::within(shared.limits.answer_time, answer).await.ok_or(Refusal::NoAnswer)
}

fn refuse(refusal: Refusal, words: Words, http2: bool) -> Response {
    let mut response = refusal.response(words);
    // A stream of HTTP/2 has its own end, and no header that closes its connection.
    if refusal.is_ambiguous() && !http2 {
        response.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn receive(
    limits: &Limits,
    request: hyper::Request<Incoming>,
    link: Link,
    share: &mut Share,
) -> Result<Request, Refusal> {
    let (head, incoming) = request.into_parts();
    if head_size(&head.uri, &head.headers) > limits.head {
        return Err(Refusal::HeadTooLarge);
    }
    head::check(&head.method, &head.uri, head.version, &head.headers)?;
    let encoding = gzip::encoding(&head.headers)?;
    let expecting = head.headers.contains_key(EXPECT);
    let sent = body::collect(incoming, limits, share, expecting).await?;
    let body = match encoding {
        Encoding::Plain => sent.clone(),
        Encoding::Gzip => {
            let plain = gzip::decompress(&sent, limits.body)?;
            share.take(plain.len())?;
            plain
        }
    };
    let (method, uri, headers) = (head.method, head.uri, head.headers);
    let Link { peer, transport } = link;
    Ok(Request { method, uri, headers, body, sent, peer, transport })
}

/// About what the head had on the wire: each header is written with a colon, a space and a line end.
fn head_size(uri: &Uri, headers: &HeaderMap) -> usize {
    let target = uri.path().len() + uri.query().map_or(0, str::len);
    let lines: usize = headers.iter().map(|(k, v)| k.as_str().len() + v.len() + 4).sum();
    target + lines
}

fn into_hyper(response: Response, intake: &Arc<Intake>) -> hyper::Response<Full<Bytes>> {
    let mut answer = hyper::Response::new(Full::new(intake.outgoing(response.body)));
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    answer
}
