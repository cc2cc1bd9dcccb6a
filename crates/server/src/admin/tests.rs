//! The program's own pages, before a handler that echoes.

use std::sync::Mutex;

use base::{Clock, Span, Timestamp};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use hyper::HeaderMap;

use super::*;
use web::Transport;

struct Inner;

impl Handler for Inner {
    async fn handle(&self, _: Request) -> Response {
        Response::empty(StatusCode::IM_A_TEAPOT)
    }
}

struct Hands {
    clock: Clock,
    steps: Mutex<Vec<Span>>,
}

impl ManualClock for Hands {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn advance(&self, by: Span) -> BoxFuture<'_, Timestamp> {
        self.steps.lock().expect("not poisoned").push(by);
        let now = self.clock.advance(by).expect("a manual clock");
        async move { now }.boxed()
    }
}

fn hands() -> Arc<Hands> {
    let clock = Clock::manual(Timestamp::from_millis(1_000));
    Arc::new(Hands { clock, steps: Mutex::new(Vec::new()) })
}

fn admin(clock: Option<Arc<Hands>>, readiness: Readiness) -> Admin<Inner> {
    admitting(clock, readiness, true)
}

fn admitting(clock: Option<Arc<Hands>>, readiness: Readiness, admits: bool) -> Admin<Inner> {
    let clock = clock.map(|clock| clock as Arc<dyn ManualClock>);
    let ready = Box::new(move || readiness);
    Admin::new(Inner, Arc::new(Metrics::new()), ready, (clock, Box::new(move |_| admits)))
}

/// What the pages answer to a request, at once.
fn ask(admin: &Admin<Inner>, method: Method, path: &'static str, body: &'static str) -> Response {
    let request = Request {
        method,
        uri: hyper::Uri::from_static(path),
        headers: HeaderMap::new(),
        body: Bytes::from_static(body.as_bytes()),
        sent: Bytes::from_static(body.as_bytes()),
        peer: ([127, 0, 0, 1], 1).into(),
        transport: Transport::Clear,
    };
    admin.handle(request).now_or_never().expect("pages do not wait")
}

fn document(response: &Response) -> serde_json::Value {
    serde_json::from_slice(response.body.full().expect("no stream")).expect("pages answer JSON")
}

#[test]
fn what_is_no_page_goes_to_the_front() {
    let admin = admin(None, Readiness::Ready);
    for path in ["/", "/000000000000/orders", "/_millpond", "/x/_millpond/health"] {
        let status = ask(&admin, Method::POST, path, "").status;
        assert_eq!(status, StatusCode::IM_A_TEAPOT, "{path}");
    }
}

#[test]
fn health_says_whether_the_node_is_ready() {
    let ready = admin(None, Readiness::Ready);
    let response = ask(&ready, Method::GET, "/_millpond/health", "");
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(document(&response), json!({ "live": true, "ready": true }));

    let stopping = admin(None, Readiness::NotReady("stopping"));
    let response = ask(&stopping, Method::GET, "/_millpond/health", "");
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(document(&response)["reason"], "stopping");
    assert_eq!(ask(&stopping, Method::GET, "/_millpond/health/live", "").status, StatusCode::OK);
}

#[test]
fn metrics_and_version_are_readable() {
    let admin = admin(None, Readiness::Ready);
    let metrics = ask(&admin, Method::GET, "/_millpond/metrics", "");
    assert!(metrics.body.full().expect("no stream").ends_with(b"# EOF\n"));
    assert_eq!(metrics.headers[hyper::header::CONTENT_TYPE], metrics::CONTENT_TYPE);
    let version = ask(&admin, Method::GET, "/_millpond/version", "");
    assert_eq!(document(&version)["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_manual_clock_is_read_and_moved() {
    let hands = hands();
    let admin = admin(Some(hands.clone()), Readiness::Ready);
    let read = || document(&ask(&admin, Method::GET, "/_millpond/clock", ""));
    assert_eq!(read(), json!({ "now": "1970-01-01T00:00:01.000Z", "millis": 1_000 }));
    let moved = ask(&admin, Method::POST, "/_millpond/clock", r#"{"advance": "PT30S"}"#);
    assert_eq!(document(&moved)["millis"], 31_000);
    assert_eq!(read(), document(&moved));
    assert_eq!(*hands.steps.lock().expect("not poisoned"), [Span::from_seconds(30)]);
}

#[test]
fn strangers_neither_read_nor_move_the_clock_and_see_whether_the_node_is_well() {
    let hands = hands();
    let admin = admitting(Some(hands.clone()), Readiness::Ready, false);
    for method in [Method::GET, Method::POST, Method::PUT] {
        let refused = ask(&admin, method, "/_millpond/clock", r#"{"advance": "PT30S"}"#);
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    assert!(hands.steps.lock().expect("not poisoned").is_empty());
    for page in ["/_millpond/health", "/_millpond/metrics", "/_millpond/version"] {
        assert_eq!(ask(&admin, Method::GET, page, "").status, StatusCode::OK);
    }
}

#[test]
fn a_bad_step_moves_nothing_and_says_why() {
    let hands = hands();
    let admin = admin(Some(hands.clone()), Readiness::Ready);
    let response = ask(&admin, Method::POST, "/_millpond/clock", r#"{"advance": "P1Y"}"#);
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert!(document(&response)["error"].as_str().is_some_and(|text| text.contains("P1Y")));
    assert!(hands.steps.lock().expect("not poisoned").is_empty());
}

#[test]
fn the_systems_clock_is_not_shown_as_one_that_can_be_moved() {
    let admin = admin(None, Readiness::Ready);
    for method in [Method::GET, Method::POST] {
        let response = ask(&admin, method, "/_millpond/clock", r#"{"advance": 1}"#);
        assert_eq!(response.status, StatusCode::NOT_FOUND);
        assert!(document(&response)["error"].as_str().is_some_and(|t| t.contains("--clock")));
    }
}

#[test]
fn other_methods_are_refused_and_other_pages_are_the_services() {
    let admin = admin(None, Readiness::Ready);
    let other = ask(&admin, Method::GET, "/_millpond/queues/x", "");
    assert_eq!(other.status, StatusCode::IM_A_TEAPOT);
    for (method, path, allow) in [
        (Method::POST, "/_millpond/health", "GET"),
        (Method::DELETE, "/_millpond/metrics", "GET"),
        (Method::PUT, "/_millpond/clock", "GET, POST"),
    ] {
        let response = ask(&admin, method, path, "");
        assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers[ALLOW], allow);
    }
}
