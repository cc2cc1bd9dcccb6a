//! Many readers of one lane.

use base::Span;
use futures::FutureExt;
use runtime::Subscription;
use store::Position;
use store::memory::Outcome;

use crate::support::{Mailbox, Office, arn, quiet};

async fn subscribe(office: &Office) -> Subscription<Mailbox> {
    office.boxes.subscribe(&arn("a")).await.expect("the store is sound")
}

/// The position of the next letter, as far as that is durable.
fn end(subscription: &Subscription<Mailbox>) -> Option<Position> {
    subscription.durable().log_end.map(|log| log.position)
}

#[tokio::test]
async fn all_readers_are_told_of_each_change_at_once() {
    let office = Office::open().await;
    let (mut one, mut two) = (subscribe(&office).await, subscribe(&office).await);
    for letters in 1..4 {
        office.put("a", "text").await.expect("put");
        one.changed().await.expect("told");
        two.changed().await.expect("told");
        assert_eq!((end(&one), end(&two)), (Some(Position(letters)), Some(Position(letters))));
    }
    assert!(one.changed().now_or_never().is_none(), "and of nothing else");
}

#[tokio::test]
async fn nobody_is_told_before_the_commit_is_durable() {
    let office = Office::open().await;
    office.put("a", "first").await.expect("put");
    let mut reader = subscribe(&office).await;
    assert_eq!(end(&reader), Some(Position(1)));
    office.controls.hold();
    let mut put = office.put("a", "second");
    assert!(futures::poll!(put.as_mut()).is_pending());
    quiet().await;
    assert!(reader.changed().now_or_never().is_none());
    assert_eq!(end(&reader), Some(Position(1)));
    office.controls.release_all();
    put.await.expect("put");
    reader.changed().await.expect("told");
    assert_eq!(end(&reader), Some(Position(2)));
}

#[tokio::test]
async fn who_subscribes_while_a_commit_is_under_way_begins_with_it() {
    let office = Office::open().await;
    office.controls.hold();
    let mut put = office.put("a", "first");
    assert!(futures::poll!(put.as_mut()).is_pending());
    let boxes = office.boxes.clone();
    let name = arn("a");
    let mut subscribing = Box::pin(boxes.subscribe(&name));
    quiet().await;
    assert!(futures::poll!(subscribing.as_mut()).is_pending(), "not before it is durable");
    office.controls.release_all();
    let reader = subscribing.await.expect("the store is sound");
    assert_eq!(end(&reader), Some(Position(1)));
    put.await.expect("put");
}

#[tokio::test]
async fn a_slow_reader_is_told_the_newest_state_only() {
    let office = Office::open().await;
    let mut reader = subscribe(&office).await;
    for _ in 0..100 {
        office.put("a", "text").await.expect("put");
    }
    quiet().await;
    reader.changed().await.expect("told");
    assert_eq!(end(&reader), Some(Position(100)));
    assert!(reader.changed().now_or_never().is_none());
}

#[tokio::test]
async fn a_lane_with_a_reader_is_not_dropped_when_it_is_idle() {
    let office = Office::open().await;
    let mut reader = subscribe(&office).await;
    office.boxes.drop_idle();
    office.advance(Span::from_seconds(300)).await;
    assert_eq!(office.boxes.loaded(), 1);
    office.put("a", "text").await.expect("put");
    reader.changed().await.expect("told");
    drop(reader);
    office.boxes.drop_idle();
    office.boxes.drop_idle();
    assert_eq!(office.boxes.loaded(), 0);
}

#[tokio::test]
async fn a_reader_goes_on_in_the_next_term_of_the_slot() {
    for outcome in [Outcome::Written, Outcome::NotWritten] {
        let office = Office::open().await;
        office.put("a", "first").await.expect("put");
        let mut reader = subscribe(&office).await;
        office.controls.answer_unknown(outcome);
        let written = office.put("a", "second").await.is_ok();
        reader.changed().await.expect("told");
        assert_eq!(end(&reader), Some(Position(1 + u64::from(written))));
        office.put("a", "third").await.expect("put");
        reader.changed().await.expect("told");
        assert_eq!(end(&reader), Some(Position(2 + u64::from(written))));
    }
}
