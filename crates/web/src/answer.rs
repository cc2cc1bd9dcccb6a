//! One request: from what the connection gives to what it sends.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use hyper::Version;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, EXPECT, HeaderValue};
use hyper::http::request::Parts;
use parking_lot::Mutex;

use crate::activity::Activity;
use crate::admission::{Admission, Permit, Unread};
use crate::body::RequestBody;
use crate::deadline::within;
use crate::endpoint::{Answers, Endpoint};
use crate::gzip::{self, Encoding};
use crate::head;
use crate::host::AllowedHosts;
use crate::limits::Limits;
use crate::metrics::HttpMetrics;
use crate::origin_filter::{self, OriginFilter, Own, Verdict};
use crate::outgoing::Outgoing;
use crate::receive::{self, Reading};
use crate::refusal::{Refusal, Wording};
use crate::request::{Head, Request, StreamedRequest, Transport, named_host};
use crate::response::Response;
use crate::router::Router;
use crate::stop::Stop;
use crate::tenant::{Share, Shares};
use crate::tls::Tls;
use crate::websocket::Handshake;

/// The state that all connections of a server share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) router: Router,
    pub(crate) wording: Wording,
    pub(crate) limits: Limits,
    pub(crate) origins: OriginFilter,
    pub(crate) hosts: AllowedHosts,
    pub(crate) metrics: Arc<HttpMetrics>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) shares: Arc<Shares>,
    /// TLS, if the port speaks it.
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) stop: Stop,
}

/// One connection.
pub(crate) struct Link {
    pub(crate) peer: SocketAddr,
    pub(crate) transport: Transport,
    pub(crate) activity: Arc<Activity>,
    /// The conversation that goes on when the connection has been upgraded.
    pub(crate) upgraded: Mutex<Option<BoxFuture<'static, ()>>>,
}

/// The bytes that every answer counts for, besides its body: its head, and the state of its stream.
const ANSWER: usize = 1024;

/// The bytes of answers that may wait on each connection without being charged to a tenant: those that their clients are
/// about to read.
const UNCHARGED: usize = 64 * 1024;

/// Answers one request of a connection.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    link: Arc<Link>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Outgoing>, Unread> {
    let is_http2 = request.version() == Version::HTTP_2;
    let _busy = link.activity.begin(is_http2);
    let _counted = shared.metrics.in_flight();
    let wording = (shared.wording)(request.uri(), request.headers());
    let endpoint = check_head(&shared, &request).and_then(|()| {
        let host = named_host(request.uri(), request.headers());
        shared.router.find(request.method(), request.uri(), host)
    });
    let has_priority = endpoint.is_ok_and(|endpoint| endpoint.has_priority);
    let answered = match endpoint {
        Ok(endpoint) => serve(&shared, &link, endpoint, request).await,
        Err(refusal) => Err(refusal),
    };
    // A refusal is an answer like any other: what was refused takes no room of the operators'.
    let has_priority = has_priority && answered.is_ok();
    let response = answered.unwrap_or_else(|refusal| {
        shared.metrics.refused(refusal);
        refuse(refusal, wording, is_http2)
    });
    if response.tenant.is_some() {
        link.activity.prove();
    }
    let (response, share) = match has_priority {
        true => (response, None),
        false => charge(&shared, &link, response, || refuse(Refusal::NoRoom, wording, is_http2))
            .inspect_err(|_| link.activity.end())?,
    };
    let length = length(&response);
    let permit = shared.admission.answer(&link.activity, has_priority, length + ANSWER);
    // Its client reads nothing, so nothing can be told it: the connection ends.
    let permit = permit.inspect_err(|_| link.activity.end())?;
    Ok(into_hyper(response, &link, (permit, share), is_http2))
}

fn length(response: &Response) -> usize {
    response.body.full().map_or(0, |bytes| bytes.len())
}

/// Charges an answer that may have to wait to its tenant. If the tenant holds its share already, a client that reads gets
/// a refusal instead.
///
/// # Errors
/// The client does not read either: nothing can be told it.
fn charge(
    shared: &Shared,
    link: &Link,
    response: Response,
    refuse: impl FnOnce() -> Response,
) -> Result<(Response, Option<Share>), Unread> {
    let (length, waiting) = (length(&response), link.activity.unread());
    if waiting + length <= UNCHARGED {
        return Ok((response, None));
    }
    match shared.shares.take(response.tenant, length) {
        Some(share) => Ok((response, Some(share))),
        None if waiting > UNCHARGED => Err(Unread),
        None => {
            shared.metrics.refused(Refusal::NoRoom);
            Ok((refuse(), None))
        }
    }
}

async fn serve(
    shared: &Shared,
    link: &Arc<Link>,
    endpoint: &Endpoint,
    request: hyper::Request<Incoming>,
) -> Result<Response, Refusal> {
    // Asked before the answer is made: making it would be work for nothing.
    if endpoint.has_long_answers && shared.admission.is_full_of_long() {
        return Err(Refusal::NoRoom);
    }
    let permit = shared.admission.admit(&link.activity, endpoint.has_priority)?;
    let accepted = Accepted { shared, link, endpoint, permit };
    match judge(shared, link, endpoint, &request)? {
        None => accepted.dispatch(request).await,
        Some(origin) => {
            let is_preflight = origin_filter::is_preflight(request.method(), request.headers());
            let mut response = match is_preflight {
                true => origin_filter::preflight(request.headers()),
                false => accepted.dispatch(request).await?,
            };
            origin_filter::permit(&mut response.headers, origin);
            Ok(response)
        }
    }
}

/// Refuses a head that is too large, or that two readers could understand in two ways.
fn check_head(shared: &Shared, request: &hyper::Request<Incoming>) -> Result<(), Refusal> {
    if head::size(request.uri(), request.headers()) > shared.limits.head {
        return Err(Refusal::HeadTooLarge);
    }
    head::check(request.method(), request.uri(), request.version(), request.headers())
}

/// Refuses requests of foreign web pages; answers the origin of a page that the operator allows.
fn judge(
    shared: &Shared,
    link: &Link,
    endpoint: &Endpoint,
    request: &hyper::Request<Incoming>,
) -> Result<Option<HeaderValue>, Refusal> {
    let host = named_host(request.uri(), request.headers());
    if !shared.hosts.admit(link.peer, host) {
        return Err(Refusal::ForeignHost);
    }
    let own = Own { scheme: link.transport.scheme(), host };
    match shared.origins.judge(request.headers(), endpoint.pages, &own) {
        Verdict::Pass => Ok(None),
        Verdict::Allowed(origin) => Ok(Some(origin)),
        Verdict::Foreign => {
            tracing::debug!(peer = %link.peer, "a web page's request was refused");
            Err(Refusal::ForeignPage)
        }
    }
}

/// A request that may reach its handler.
struct Accepted<'a> {
    shared: &'a Shared,
    link: &'a Arc<Link>,
    endpoint: &'a Endpoint,
    permit: Permit,
}

impl Accepted<'_> {
    /// Gives the request to its handler, in the form that it wants.
    async fn dispatch(self, request: hyper::Request<Incoming>) -> Result<Response, Refusal> {
        let time = self.endpoint.answer_time.unwrap_or(self.shared.limits.answer_time);
        match &self.endpoint.answers {
            Answers::Whole(handler) => {
                let (request, _permit) = self.whole(request).await?;
                in_time(time, handler(request)).await
            }
            Answers::Streamed(handler) => {
                let streamed = self.streamed(request)?;
                in_time(time, handler(streamed)).await
            }
            Answers::WebSocket(accept) => {
                let handshake = Handshake::read(request).ok_or(Refusal::NoUpgrade)?;
                match in_time(time, accept(self.head(&handshake.head))).await? {
                    Ok(conversation) => Ok(handshake.accept(
                        &self.shared.limits,
                        &self.shared.stop,
                        self.link,
                        conversation,
                    )),
                    Err(response) => Ok(response),
                }
            }
        }
    }

    /// Reads the body whole, and takes off its encoding. The permit counts its bytes.
    async fn whole(self, request: hyper::Request<Incoming>) -> Result<(Request, Permit), Refusal> {
        let Accepted { shared, link, endpoint, mut permit } = self;
        let most = endpoint.most_body.and_then(|most| usize::try_from(most).ok());
        let most = most.map_or(shared.limits.body, |most| most.min(shared.limits.body));
        let (head, incoming) = request.into_parts();
        let encoding = gzip::encoding(&head.headers)?;
        let reading = Reading {
            most,
            time: shared.limits.body_time,
            is_awaited: head.headers.contains_key(EXPECT),
        };
        let sent = receive::collect(incoming, reading, &mut permit).await?;
        let body = match encoding {
            Encoding::Plain => sent.clone(),
            Encoding::Gzip => {
                let plain = gzip::decompress(&sent, most)?;
                permit.take(plain.len())?;
                plain
            }
        };
        let (method, uri, headers) = (head.method, head.uri, head.headers);
        let (peer, transport) = (link.peer, link.transport);
        Ok((Request { method, uri, headers, body, sent, peer, transport }, permit))
    }

    fn streamed(self, request: hyper::Request<Incoming>) -> Result<StreamedRequest, Refusal> {
        let limits = &self.shared.limits;
        let most = self.endpoint.most_body.unwrap_or(limits.body as u64);
        let (parts, incoming) = request.into_parts();
        let head = self.head(&parts);
        let body = RequestBody::new(incoming, most, limits.body_time, self.permit)?;
        Ok(StreamedRequest { head, body })
    }

    fn head(&self, parts: &Parts) -> Head {
        let Parts { method, uri, headers, .. } = parts.clone();
        Head { method, uri, headers, peer: self.link.peer, transport: self.link.transport }
    }
}

async fn in_time<F: Future>(time: Duration, answer: F) -> Result<F::Output, Refusal> {
    within(time, answer).await.ok_or(Refusal::NoAnswer)
}

fn refuse(refusal: Refusal, wording: fn(Refusal) -> Response, is_http2: bool) -> Response {
    let mut response = wording(refusal);
    // A stream of HTTP/2 has its own end, and no header that closes its connection.
    if refusal.is_ambiguous() && !is_http2 {
        response.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn into_hyper(
    response: Response,
    link: &Arc<Link>,
    counts: (Permit, Option<Share>),
    is_http2: bool,
) -> hyper::Response<Outgoing> {
    let body = Outgoing::new(response.body, counts, &link.activity, is_http2);
    let mut answer = hyper::Response::new(body);
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    answer
}
