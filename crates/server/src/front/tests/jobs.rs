//! The page of background jobs.

use base::{Incarnation, SlotId, Span, Timestamp};
use hyper::{Method, StatusCode};
use runtime::jobs::{self, JobHandlers, Timer};
use serde_json::{Value, json};
use store::{Batch, Durability};
use web::{Handler, Request, Response};

use super::{Front, front, request, text};

const PATH: &str = "/_millpond/jobs";

/// Puts a timer that no service understands.
async fn put_stranger(front: &Front) {
    let arn: base::Arn = "arn:aws:strange:us-east-1:000000000000:thing".parse().unwrap();
    let slot = front.node.slots().owned(SlotId::of(arn.as_str()));
    let incarnation = Incarnation::from_bytes([1; 16]);
    let mut batch = Batch::new();
    Timer { at: Timestamp::from_millis(5), incarnation, kind: 7, arn }.put(&mut batch);
    let commit = slot.slot().submit(batch, Durability::Disk);
    slot.slot().durable(commit).await.unwrap();
}

async fn ask(front: &Front, method: Method) -> Response {
    front.handle(Request { method, ..request(PATH, &[], "") }).await
}

fn read(response: &Response) -> Value {
    assert_eq!(response.status, StatusCode::OK);
    serde_json::from_str(text(response)).unwrap()
}

#[tokio::test]
async fn a_quarantined_timer_is_shown_with_the_reason_and_tried_again_on_request() {
    let front = front(None).await;
    put_stranger(&front).await;
    jobs::start(&front.node, JobHandlers::default());
    front.node.advance(Span::ZERO).await.unwrap();
    let since = front.node.timers().now().millis();
    let expected = json!({
        "resource": "arn:aws:strange:us-east-1:000000000000:thing",
        "kind": 7,
        "due": 5,
        "since": since,
        "failures": 0,
        "reason": "no service strange is here",
    });
    let shown = read(&ask(&front, Method::GET).await);
    assert_eq!((&shown["quarantined"], &shown["quarantine"]), (&json!(1), &json!([expected])));
    assert_eq!((&shown["queues"], &shown["workers"]), (&json!([]), &json!([])));
    assert_eq!(read(&ask(&front, Method::POST).await), json!({ "retried": 1 }));
    front.node.advance(Span::ZERO).await.unwrap();
    let shown = read(&ask(&front, Method::GET).await);
    assert_eq!(shown["quarantined"], json!(1), "tried again, and still not understood");
    assert_eq!(ask(&front, Method::PUT).await.status, StatusCode::METHOD_NOT_ALLOWED);
}
