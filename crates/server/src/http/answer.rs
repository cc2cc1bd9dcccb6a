//! One request: from what the connection gives to what it sends.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{EXPECT, HeaderMap};
use hyper::{Uri, Version};

use super::activity::Activity;
use super::body;
use super::exchange::{Handler, Request, Response};
use super::gzip::{self, Encoding};
use super::intake::{Intake, Share};
use super::limits::Limits;
use super::refusal::Refusal;
use crate::metrics::HttpMetrics;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared<H> {
    pub(super) handler: H,
    pub(super) limits: Limits,
    pub(super) metrics: Arc<HttpMetrics>,
    pub(super) intake: Intake,
}

/// Answers one request of a connection.
pub(super) async fn answer<H: Handler>(
    shared: Arc<Shared<H>>,
    activity: Arc<Activity>,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let _busy = activity.begin(request.version() == Version::HTTP_2);
    let _counted = shared.metrics.in_flight();
    let mut share = shared.intake.share();
    let response = match receive(&shared.limits, request, peer, &mut share).await {
        Ok(request) => shared.handler.handle(request).await,
        Err(refusal) => {
            shared.metrics.refused(refusal);
            refusal.response()
        }
    };
    Ok(into_hyper(response))
}

async fn receive(
    limits: &Limits,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    share: &mut Share<'_>,
) -> Result<Request, Refusal> {
    let (head, incoming) = request.into_parts();
    if head_size(&head.uri, &head.headers) > limits.head {
        return Err(Refusal::HeadTooLarge);
    }
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
    Ok(Request { method, uri, headers, body, sent, peer })
}

/// About what the head had on the wire: each header is written with a colon, a space and a line end.
fn head_size(uri: &Uri, headers: &HeaderMap) -> usize {
    let target = uri.path().len() + uri.query().map_or(0, str::len);
    let lines: usize = headers.iter().map(|(k, v)| k.as_str().len() + v.len() + 4).sum();
    target + lines
}

fn into_hyper(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut answer = hyper::Response::new(Full::new(response.body));
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    answer
}
