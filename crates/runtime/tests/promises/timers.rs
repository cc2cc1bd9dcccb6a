//! What happens later.

use std::sync::atomic::Ordering;

use base::{Incarnation, Span, Timestamp};
use runtime::jobs::Timer;
use store::memory::{Crash, Outcome};
use store::{Batch, Durability};

use crate::support::{Bell, Office, Request, START, arn, quiet};

const SECOND: Span = Span::from_seconds(1);
const MILLI: Span = Span::from_millis(1);
const DAY: Span = Span::from_seconds(86_400);

fn calls(office: &Office) -> usize {
    office.rings.calls.load(Ordering::SeqCst)
}

#[tokio::test]
async fn an_entry_is_done_at_its_time_and_not_before() {
    let office = Office::open().await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    office.advance(Span::from_millis(999)).await;
    assert_eq!(office.rung(), [0_u64; 0]);
    office.advance(MILLI).await;
    assert_eq!(*office.rings.rung.lock(), [(Bell { at: START + SECOND, id: 1 }, START + SECOND)]);
    office.advance(DAY).await;
    assert_eq!(calls(&office), 1, "once");
}

#[tokio::test]
async fn an_entry_that_is_already_due_is_done_at_once() {
    let office = Office::open().await;
    let past = Bell { at: Timestamp::from_millis(5), id: 1 };
    office.set_bells("a", vec![past], 0).await.expect("set");
    quiet().await;
    assert_eq!(office.rung(), [1]);
}

#[tokio::test]
async fn entries_far_beyond_what_is_in_memory_are_done_at_their_time() {
    let office = Office::open().await;
    office.set_bell("a", 1, DAY).await.expect("set");
    office.set_bell("b", 2, DAY).await.expect("set");
    office.set_bell("a", 3, Span::from_seconds(300)).await.expect("set");
    office.set_bell("a", 4, Span::from_millis(300_001)).await.expect("set");
    office.advance(Span::from_millis(300_000)).await;
    assert_eq!(office.rung(), [3]);
    office.advance(MILLI).await;
    assert_eq!(office.rung(), [3, 4]);
    office.advance(Span::from_millis(DAY.millis() - 300_002)).await;
    assert_eq!(office.rung(), [3, 4]);
    office.advance(MILLI).await;
    let mut rung = office.rung();
    rung.sort_unstable();
    assert_eq!(rung, [1, 2, 3, 4]);
}

#[tokio::test]
async fn an_entry_is_done_after_a_crash() {
    let office = Office::open().await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    let office = office.crash(Crash::Machine).await;
    office.advance(SECOND).await;
    assert_eq!(office.rung(), [1]);
}

#[tokio::test]
async fn an_entry_whose_time_came_while_nobody_ran_is_done_at_the_start() {
    let office = Office::open().await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    office.node.tasks().end().await;
    office.pass(DAY).await;
    assert_eq!(office.rung(), [0_u64; 0]);
    let office = office.crash(Crash::Machine).await;
    assert_eq!(office.rung(), [1]);
}

#[tokio::test]
async fn an_entry_is_done_again_when_a_crash_came_before_it_was_durable() {
    let office = Office::open().await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    office.controls.hold();
    office.pass(SECOND).await;
    assert_eq!((calls(&office), office.controls.held()), (1, 1));
    let office = office.crash(Crash::Process).await;
    office.advance(SECOND).await;
    assert_eq!((calls(&office), office.rung()), (2, vec![1]));
}

#[tokio::test]
async fn what_failed_is_tried_again_and_the_pauses_grow() {
    let office = Office::open().await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    office.rings.failing.store(3, Ordering::SeqCst);
    office.advance(SECOND).await;
    assert_eq!(calls(&office), 1);
    for (soonest, latest, failed) in [(500, 1000, 1), (1000, 2000, 2), (2000, 4000, 3)] {
        office.advance(Span::from_millis(soonest - 1)).await;
        assert_eq!(calls(&office), failed, "not sooner than half of the pause");
        office.advance(Span::from_millis(latest - soonest + 1)).await;
        assert_eq!(calls(&office), failed + 1, "not later than the whole pause");
    }
    assert_eq!(office.rung(), [1]);
}

#[tokio::test]
async fn what_was_decided_in_a_lost_commit_is_decided_again() {
    let office = Office::open().await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    office.controls.answer_unknown(Outcome::NotWritten);
    office.advance(SECOND).await;
    assert_eq!(office.rung(), [0_u64; 0]);
    office.advance(Span::from_seconds(5)).await;
    assert_eq!(office.rung(), [1]);
}

#[tokio::test]
async fn an_entry_that_was_never_written_does_nothing() {
    let office = Office::open().await;
    office.controls.answer_unknown(Outcome::NotWritten);
    office.set_bell("a", 1, SECOND).await.expect_err("lost");
    office.advance(DAY).await;
    assert_eq!(office.rung(), [0_u64; 0]);
}

#[tokio::test]
async fn advance_returns_when_also_what_due_work_made_due_is_done() {
    let office = Office::open().await;
    let bell = Bell { at: START + SECOND, id: 10 };
    office.set_bells("a", vec![bell], 5).await.expect("set");
    office.advance(Span::from_seconds(2)).await;
    assert_eq!(office.rung(), [10, 11, 12, 13, 14, 15]);
    assert!(office.facts("a").await.expect("an answer").bells.is_empty());
}

#[tokio::test]
async fn advance_returns_only_when_what_was_done_is_durable() {
    let office = Office::open().await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    office.controls.hold();
    let mut advance = Box::pin(office.advance(SECOND));
    for _ in 0..4 {
        assert!(futures::poll!(advance.as_mut()).is_pending());
        quiet().await;
    }
    office.controls.release_all();
    advance.await;
    assert_eq!(office.rung(), [1]);
}

#[tokio::test]
async fn advance_returns_although_nothing_is_due() {
    let office = Office::open().await;
    office.advance(MILLI).await;
    office.advance(Span::ZERO).await;
    assert_eq!(office.node.timers().now(), START + MILLI);
}

#[tokio::test]
async fn a_timer_that_nobody_understands_is_quarantined_and_holds_nobody_up() {
    let office = Office::open().await;
    let mut batch = Batch::new();
    let stranger = "arn:aws:strange:us-east-1:000000000000:thing".parse().expect("an ARN");
    let incarnation = Incarnation::from_bytes([1; 16]);
    Timer { at: START + SECOND, incarnation, kind: 1, arn: stranger }.put(&mut batch);
    batch.put(store::Table::Due, "", "");
    let commit = office.slot("a").submit(batch, Durability::Disk);
    office.slot("a").durable(commit).await.expect("durable");
    let office = office.crash(Crash::Machine).await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    office.advance(SECOND).await;
    assert_eq!(office.rung(), [1]);
    let status = office.node.jobs().status();
    let reasons: Vec<&str> = status.quarantine.iter().map(|one| one.reason.as_str()).collect();
    assert_eq!(reasons, ["the row is not a timer's", "no service strange is here"], "{status:?}");
}

#[tokio::test]
async fn an_entry_that_was_on_its_way_when_its_future_was_read_is_done_at_its_time() {
    let office = Office::open().await;
    office.controls.hold();
    // Beyond what is in memory now; before it is on disk, the next part of the future is read.
    let mut set = Request::pending(office.set_bell("a", 1, Span::from_seconds(400)));
    office.pass(Span::from_seconds(399)).await;
    office.controls.release_all();
    assert_eq!(set.look(), Some(Ok(())));
    office.advance(SECOND).await;
    assert_eq!(office.rung(), [1]);
}

#[test]
fn an_entry_of_another_life_has_a_row_of_its_own() {
    let entry = |life| Timer {
        at: START,
        incarnation: Incarnation::from_bytes([life; 16]),
        kind: 1,
        arn: arn("a"),
    };
    let mut batch = Batch::new();
    entry(1).put(&mut batch);
    entry(2).put(&mut batch);
    let [store::Op::Put(_, first, _), store::Op::Put(_, second, _)] = batch.ops() else {
        panic!("two rows")
    };
    assert_ne!(first, second);
}
