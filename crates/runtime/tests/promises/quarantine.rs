//! Jobs that fail again and again, and timers that nobody understands.

use std::sync::atomic::Ordering;

use base::{Incarnation, Span};
use runtime::jobs::Timer;
use store::memory::Crash;
use store::{Batch, Durability};

use crate::support::{Office, START, arn};

const SECOND: Span = Span::from_seconds(1);
const HOUR: Span = Span::from_seconds(3600);
/// Failures in a row that lead to quarantine.
const FAILURES: usize = 20;

/// An office with a bell whose job fails so often.
async fn failing(times: usize) -> Office {
    let office = Office::open().await;
    office.set_bell("a", 1, SECOND).await.expect("set");
    office.rings.failing.store(times, Ordering::SeqCst);
    office
}

fn calls(office: &Office) -> usize {
    office.rings.calls.load(Ordering::SeqCst)
}

/// Lets more time pass than any back-off, often enough for every try.
async fn pass_hours(office: &Office) {
    for _ in 0..2 * FAILURES {
        office.advance(HOUR).await;
    }
}

#[tokio::test]
async fn a_job_that_always_fails_is_quarantined_and_not_tried_any_more() {
    let office = failing(usize::MAX).await;
    pass_hours(&office).await;
    assert_eq!(calls(&office), FAILURES);
    let status = office.node.jobs().status();
    let [timer] = &status.quarantine[..] else { panic!("one: {status:?}") };
    assert_eq!((timer.arn.clone(), timer.failures), (Some(arn("a")), 20));
    assert_eq!(timer.reason, "not available: told to fail");
    let counts = office.node.jobs().counts();
    assert_eq!((counts.quarantined, counts.failing, counts.waiting, counts.running), (1, 0, 0, 0));
}

#[tokio::test]
async fn quarantine_holds_up_no_other_job_of_the_resource() {
    let office = failing(FAILURES).await;
    pass_hours(&office).await;
    assert_eq!((calls(&office), office.rung()), (FAILURES, vec![]));
    let at = office.node.timers().now() + SECOND;
    office.set_bell("a", 2, at.since(START)).await.expect("set");
    office.advance(SECOND).await;
    assert_eq!(office.rung(), [2]);
}

#[tokio::test]
async fn what_is_quarantined_is_tried_again_on_request() {
    let office = failing(FAILURES).await;
    pass_hours(&office).await;
    assert_eq!(office.rung(), [0_u64; 0]);
    assert_eq!(office.node.jobs().retry_quarantined(), 1);
    office.advance(Span::ZERO).await;
    assert_eq!(office.rung(), [1]);
    assert_eq!(office.node.jobs().counts(), Default::default());
    assert_eq!(office.node.jobs().retry_quarantined(), 0);
}

#[tokio::test]
async fn what_is_quarantined_is_tried_again_after_a_restart() {
    let office = failing(FAILURES).await;
    pass_hours(&office).await;
    let office = office.crash(Crash::Machine).await;
    office.advance(Span::ZERO).await;
    assert_eq!(office.rung(), [1]);
}

#[tokio::test]
async fn a_job_that_succeeds_at_last_begins_anew_to_count_failures() {
    let office = failing(FAILURES - 1).await;
    pass_hours(&office).await;
    assert_eq!((calls(&office), office.rung()), (FAILURES, vec![1]));
    assert_eq!(office.node.jobs().counts(), Default::default());
}

#[tokio::test]
async fn a_kind_that_the_service_does_not_know_is_quarantined_at_once() {
    let office = Office::open().await;
    let mut batch = Batch::new();
    let incarnation = Incarnation::from_bytes([1; 16]);
    Timer { at: START, incarnation, kind: 77, arn: arn("a") }.put(&mut batch);
    let commit = office.slot("a").submit(batch, Durability::Disk);
    office.slot("a").durable(commit).await.expect("durable");
    let office = office.crash(Crash::Machine).await;
    office.advance(Span::ZERO).await;
    let quarantine = office.node.jobs().status().quarantine;
    assert_eq!(quarantine[0].reason, "the service post has no jobs of kind 77");
    assert_eq!((quarantine.len(), calls(&office)), (1, 0));
}
