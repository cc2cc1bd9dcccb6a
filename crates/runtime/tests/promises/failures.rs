//! Slots that are lost, and stores that break.

use base::{Span, Timestamp};
use store::memory::Crash;
use store::{Position, StoreError};

use crate::support::{Office, Request, assert_unavailable, neighbours, slot};

#[tokio::test]
async fn everything_on_a_slot_that_another_node_took_is_refused() {
    let office = Office::open().await;
    let mut others = neighbours("a");
    let (other, fresh) = (others.next().expect("one"), others.next().expect("another"));
    office.put("a", "1").await.expect("put");
    office.put(&other, "1").await.expect("put");
    office.controls.fence(slot("a"));
    assert_unavailable(Some(office.put("a", "2").await));
    for name in ["a", &other, &fresh] {
        assert_unavailable(Some(office.put(name, "3").await));
        assert_unavailable(Some(office.take(name).await));
        assert_unavailable(Some(office.facts(name).await));
        assert_unavailable(Some(office.take_until(name, Timestamp::MAX).await));
    }
    assert_eq!(office.put("b", "1").await, Ok(Position(0)));
}

#[tokio::test]
async fn what_was_on_its_way_when_the_slot_was_taken_is_not_answered_as_success() {
    let office = Office::open().await;
    office.controls.hold();
    let mut put = Request::pending(office.put("a", "1"));
    office.controls.fence(slot("a"));
    office.controls.release_all();
    assert_unavailable(put.look());
}

#[tokio::test]
async fn those_who_wait_are_refused_when_their_slot_is_taken() {
    let office = Office::open().await;
    let mut waiter = Request::pending(office.take_until("a", Timestamp::MAX));
    office.controls.fence(slot("a"));
    assert_unavailable(Some(office.put("a", "1").await));
    assert!(waiter.was_woken());
    assert_unavailable(waiter.look());
}

#[tokio::test]
async fn a_failed_sync_is_never_answered_as_success() {
    let office = Office::open().await;
    office.put("a", "durable").await.expect("put");
    office.controls.hold();
    let mut put = Request::pending(office.put("a", "1"));
    let mut read = Request::pending(office.facts("a"));
    let mut other = Request::pending(office.put("b", "1"));
    office.controls.fail_sync();
    assert_unavailable(put.look());
    assert_unavailable(read.look());
    assert_unavailable(other.look());
    office.controls.release_all();
    for name in ["a", "b", "c"] {
        assert_unavailable(Some(office.put(name, "2").await));
        assert_unavailable(Some(office.take(name).await));
    }
    let office = office.crash(Crash::Machine).await;
    assert_eq!(office.take("a").await, Ok(Some("durable".to_owned())));
    assert_eq!(office.take("a").await, Ok(None));
}

#[tokio::test]
async fn those_who_wait_are_refused_when_the_store_breaks() {
    let office = Office::open().await;
    let mut waiter = Request::pending(office.take_until("a", Timestamp::MAX));
    office.controls.fail_sync();
    assert_unavailable(Some(office.put("a", "1").await));
    assert!(waiter.was_woken());
    assert_unavailable(waiter.look());
}

#[tokio::test]
async fn a_node_on_a_broken_store_stops_and_says_so() {
    let office = Office::open().await;
    office.controls.fail_sync();
    assert!(matches!(office.node.stop().await, Err(StoreError::Broken(_))));
}

#[tokio::test]
async fn due_work_of_other_slots_goes_on_when_a_slot_is_lost() {
    let office = Office::open().await;
    assert_ne!(slot("a"), slot("b"));
    let late = Span::from_seconds(1000);
    office.set_bell("a", 1, late).await.expect("set");
    office.set_bell("b", 2, late).await.expect("set");
    office.controls.fence(slot("a"));
    office.advance(late).await;
    assert_eq!(office.rung(), [2]);
    assert_unavailable(Some(office.put("a", "1").await));
    office.set_bell("b", 3, Span::from_seconds(2000)).await.expect("set");
    office.advance(late).await;
    assert_eq!(office.rung(), [2, 3]);
}
