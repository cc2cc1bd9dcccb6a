//! The program's own pages, under `/_millpond/`: a path that no AWS service has.

mod clock;
mod duration;

use std::sync::Arc;

use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, StatusCode};
use serde_json::json;

pub(crate) use self::clock::ManualClock;
use crate::front::not_for_others;
use crate::metrics::{self, Metrics};
use web::{Handler, Request, Response};

const PREFIX: &str = "/_millpond/";

/// Whether requests are served as they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// Yes.
    Ready,
    /// No, and why.
    NotReady(&'static str),
}

/// Says whether the node is ready.
pub(crate) type Ready = Box<dyn Fn() -> Readiness + Send + Sync>;

/// Says whether what changes the server is for whoever sent this.
pub(crate) type Admits = Box<dyn Fn(&Request) -> bool + Send + Sync>;

/// Answers the program's own pages, and hands everything else on.
pub(crate) struct Admin<H> {
    inner: H,
    metrics: Arc<Metrics>,
    ready: Ready,
    clock: Option<Arc<dyn ManualClock>>,
    admits: Admits,
}

impl<H> Admin<H> {
    /// The pages of a node before its front. `clock` is there if time is moved by hand.
    pub(crate) fn new(
        inner: H,
        metrics: Arc<Metrics>,
        ready: Ready,
        (clock, admits): (Option<Arc<dyn ManualClock>>, Admits),
    ) -> Self {
        Admin { inner, metrics, ready, clock, admits }
    }

    fn measures(&self) -> Response {
        match self.metrics.render() {
            Ok(text) => Response::new(StatusCode::OK, metrics::CONTENT_TYPE, text),
            Err(_) => failure(StatusCode::INTERNAL_SERVER_ERROR, "The metrics cannot be written."),
        }
    }
}

impl<H: Handler> Admin<H> {
    async fn page(&self, request: Request, page: &str) -> Response {
        let reads = matches!(request.method, Method::GET | Method::HEAD);
        match page {
            "clock" if !(self.admits)(&request) => not_for_others(),
            "clock" if reads => clock::read(self.clock.as_deref()),
            "clock" if request.method == Method::POST => {
                clock::advance(self.clock.as_deref(), &request.body).await
            }
            "clock" => not_allowed("GET, POST"),
            "health" | "health/live" | "metrics" | "version" if !reads => not_allowed("GET"),
            "health" => health((self.ready)()),
            "health/live" => Response::json(StatusCode::OK, &json!({ "live": true })),
            "metrics" => self.measures(),
            "version" => version(),
            // Services have pages of their own.
            _ => self.inner.handle(request).await,
        }
    }
}

impl<H: Handler> Handler for Admin<H> {
    async fn handle(&self, request: Request) -> Response {
        match request.uri.path().strip_prefix(PREFIX) {
            None => self.inner.handle(request).await,
            Some(page) => {
                let page = page.to_owned();
                self.page(request, &page).await
            }
        }
    }
}

fn health(readiness: Readiness) -> Response {
    match readiness {
        Readiness::Ready => Response::json(StatusCode::OK, &json!({ "live": true, "ready": true })),
        Readiness::NotReady(reason) => Response::json(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({ "live": true, "ready": false, "reason": reason }),
        ),
    }
}

fn version() -> Response {
    let version = env!("CARGO_PKG_VERSION");
    Response::json(StatusCode::OK, &json!({ "name": "millpond", "version": version }))
}

fn not_allowed(methods: &'static str) -> Response {
    let mut response =
        failure(StatusCode::METHOD_NOT_ALLOWED, "This page does not take this method.");
    response.headers.insert(ALLOW, HeaderValue::from_static(methods));
    response
}

fn failure(status: StatusCode, message: &str) -> Response {
    Response::json(status, &json!({ "error": message }))
}

#[cfg(test)]
mod tests;
