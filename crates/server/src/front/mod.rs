//! From a whole request to its answer: which operation, who calls, decode, run, encode.
//!
//! A function of the request, its peer and the node: no socket is needed, so tests call it as the connections do.

mod audit;
mod caller;
mod facts;
mod faults;
mod file;
mod find;
mod headers;
mod inside;
mod jobs;
mod page;
mod reset;
mod routes;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use base::{AccountId, Region};
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use parking_lot::Mutex;
use runtime::{Call, Node, Principal, Registry, Rejected, Started};
use wire::sigv4::Signed;
use wire::{Codec, Encoded, Incoming};

use crate::auth::{Auth, Origin};
use crate::config::PublicUrl;
use crate::faults::Plan;
use crate::services::Services;
use crate::wording;
pub(crate) use audit::Audit;
use audit::Refused;
pub(crate) use facts::PATH as FACTS;
use find::{Found, NotFound};
pub(crate) use headers::HeaderLines;
pub(crate) use inside::Inside;
pub(crate) use page::not_for_others;
use routes::Route;
pub(crate) use routes::Routes;
use web::{Body, Handler, Request, Response, Tenant};

/// Answers AWS's requests.
pub(crate) struct Front {
    node: Arc<Node>,
    registry: Arc<Registry>,
    routes: Arc<Routes>,
    world: World,
    auth: Auth,
    plans: faults::Plans,
    audit: Arc<Audit>,
}

/// What holds for callers who do not say otherwise.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// The account of those whose access key is not an account.
    pub(crate) account: AccountId,
    /// The region of those who do not sign for one.
    pub(crate) region: Region,
    /// What URLs in answers begin with, if not with the host that the request came to.
    pub(crate) public_url: Option<PublicUrl>,
    /// The faults that are made on purpose, if any may be.
    pub(crate) faults: Option<Plan>,
}

impl Front {
    /// The front of these services.
    pub(crate) fn new(node: Arc<Node>, services: Services, world: World) -> Self {
        let Services { registry, identity, routes, audit } = services;
        let auth = Auth::new(&identity);
        let plans = world.faults.clone().map(Mutex::new);
        Front { node, registry, routes, world, auth, plans, audit }
    }
}

/// An operation that has been started, and how to answer its caller.
struct Running<'f> {
    route: &'f Route,
    codec: &'static dyn Codec,
    /// The access key that the request names.
    access_key: Option<Arc<str>>,
    started: Started,
    /// The account of the caller, if it has proven who it is or need not.
    tenant: Option<Tenant>,
}

impl Handler for Front {
    async fn handle(&self, request: Request) -> Response {
        if let Some(path) = request.uri.path().strip_prefix(page::PREFIX) {
            if !self.admits(&request) {
                return page::not_for_others();
            }
            if request.uri.path() == reset::PATH {
                return reset::answer(&self.registry, &request).await;
            }
            if request.uri.path() == facts::PATH {
                return facts::answer(&self.registry, &request).await;
            }
            if request.uri.path() == faults::PATH {
                return faults::answer(&self.plans, self.node.faults(), &request);
            }
            if request.uri.path() == jobs::PATH {
                return jobs::answer(&self.node, &request);
            }
            return page::answer(&self.registry, &request, path).await;
        }
        if let Some(response) = file::answer(&self.registry, &request).await {
            return response;
        }
        let request_id = self.node.random().uuid().to_string();
        let Running { route, codec, access_key, started, tenant } = match self.start(&request) {
            Ok(running) => running,
            Err(not_found) => return refused(not_found, &request_id),
        };
        let peer = request.peer;
        drop(request);
        let measured = route.metrics.begin();
        let answer = match started {
            Ok(running) => running.await,
            Err(Rejected::Malformed(malformed)) => Err(codec.malformed(malformed)),
            Err(Rejected::Fault(fault)) => Err(fault),
        };
        let mut response = respond(match answer {
            Ok(output) => codec.answer(route.service, route.operation, &*output, &request_id),
            Err(fault) => {
                let now = self.node.timers().now();
                let access_key = access_key.as_deref();
                let refused = Refused { peer: Some(peer), route, access_key, caller: None };
                self.audit.note(now, refused, &fault);
                codec.fault(route.service, &fault, &request_id)
            }
        });
        response.tenant = tenant;
        measured.answered(response.status);
        response
    }
}

impl Front {
    /// Whether operators' pages are for whoever sent this.
    pub(crate) fn admits(&self, request: &Request) -> bool {
        self.auth.admits(request)
    }

    /// Finds the operation, reads its input and starts it.
    fn start(&self, request: &Request) -> Result<Running<'_>, NotFound> {
        let headers = HeaderLines(&request.headers);
        let mut incoming = Incoming {
            method: request.method.as_str(),
            path: request.uri.path(),
            query: request.uri.query().unwrap_or_default(),
            headers: &headers,
            body: &request.body,
            stream: None,
        };
        let scope = caller::scope(&incoming);
        let Found { route, codec, region, .. } =
            self.routes.find(&incoming, scope.as_ref(), host(request))?;
        let signed = signed(&incoming, request);
        let claimed = self.world.claimed(scope, region);
        let access_key = claimed.access_key.clone();
        let origin = Origin {
            peer: request.peer.ip(),
            transport: request.transport,
            at: self.node.timers().now(),
        };
        let service = route.service.signing_name;
        let caller = match self.auth.identify(&signed, claimed, service, origin) {
            Ok(caller) => caller,
            Err(refusal) => {
                let started = Err(Rejected::Fault(refusal.into()));
                return Ok(Running { route, codec, access_key, started, tenant: None });
            }
        };
        let is_anonymous = caller.principal == Principal::Anonymous;
        let tenant = caller.account.as_str().parse().ok().filter(|_| !is_anonymous).map(Tenant);
        let query = find::with_queue_url(route, &incoming);
        incoming.query = &query;
        let faulty = self.node.faults().are_on().then(|| Arc::clone(&self.node));
        let call = Call { faulty, ..Call::new(caller, self.world.endpoint(request)) };
        let input = codec.read(route.operation, &incoming);
        let started = match input {
            Ok(mut input) => self.registry.start(route.service, route.operation, call, &mut *input),
            Err(malformed) => Err(Rejected::Malformed(malformed)),
        };
        // Who did not sign is told only that: not what there is, and not what is wrong with the input.
        let started = match started {
            Err(_) if is_anonymous => Err(Rejected::Fault(runtime::not_signed())),
            started => started,
        };
        Ok(Running { route, codec, access_key, started, tenant })
    }
}

/// What a signature covers.
fn signed<'a>(incoming: &Incoming<'a>, request: &'a Request) -> Signed<'a> {
    Signed {
        method: incoming.method,
        path: incoming.path,
        query: incoming.query,
        authority: request.uri.authority().map(hyper::http::uri::Authority::as_str),
        headers: incoming.headers,
        body: &request.sent,
    }
}

/// The host that a request came to: in HTTP/2 it is part of the URI.
fn host(request: &Request) -> Option<&str> {
    let authority = request.uri.authority().map(hyper::http::uri::Authority::as_str);
    authority.or_else(|| request.headers.get(hyper::header::HOST)?.to_str().ok())
}

/// Nothing was found to do. The caller reads it in its own protocol if that could be told.
fn refused(not_found: NotFound, request_id: &str) -> Response {
    let NotFound { speaks, fault } = not_found;
    match speaks {
        Some((service, codec)) => respond(codec.fault(service, &fault, request_id)),
        None => {
            let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::BAD_REQUEST);
            wording::error(status, fault.name, &fault.message)
        }
    }
}

fn respond(encoded: Encoded) -> Response {
    let status = StatusCode::from_u16(encoded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::empty(status);
    if let Ok(content_type) = HeaderValue::try_from(&*encoded.content_type) {
        response.headers.insert(CONTENT_TYPE, content_type);
    }
    for (name, value) in encoded.headers {
        // What cannot be a header's value is left out: no answer of ours has such a thing.
        let name = HeaderName::try_from(&*name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            response.headers.insert(name, value);
        }
    }
    response.body = match encoded.stream {
        Some(stream) => Body::stream(stream.take()),
        None => encoded.body.into(),
    };
    response
}
