//! Requests whose client has gone.

use base::{Span, Timestamp};

use crate::support::{Office, Request, quiet, text};

#[tokio::test]
async fn a_request_that_is_dropped_before_its_commit_is_durable_still_wakes_those_who_wait() {
    let office = Office::open().await;
    let mut waiter = Request::pending(office.take_until("a", Timestamp::MAX));
    office.controls.hold();
    drop(Request::pending(office.put("a", "1")));
    office.controls.release_all();
    quiet().await;
    assert!(waiter.was_woken());
    assert_eq!(waiter.look(), text("1"));
}

#[tokio::test]
async fn what_a_dropped_request_has_made_due_is_done() {
    let office = Office::open().await;
    office.controls.hold();
    drop(Request::pending(office.set_bell("a", 1, Span::from_seconds(1))));
    office.controls.release_all();
    office.advance(Span::from_seconds(1)).await;
    assert_eq!(office.rung(), [1]);
}

#[tokio::test]
async fn a_request_that_is_dropped_before_it_has_decided_changes_nothing() {
    let office = Office::open().await;
    drop(office.put("a", "1"));
    assert_eq!(office.take("a").await, Ok(None));
}

#[tokio::test]
async fn a_waiter_that_was_dropped_takes_nothing() {
    let office = Office::open().await;
    drop(Request::pending(office.take_until("a", Timestamp::MAX)));
    office.put("a", "1").await.expect("put");
    quiet().await;
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
}
