//! More entries than memory holds of a slot.

use std::sync::atomic::Ordering;

use base::{Span, Timestamp};
use store::memory::{Crash, Outcome};

use crate::support::{Bell, Office, START};

/// About three times what memory holds of one slot.
const MANY: u64 = 3000;

fn at(millis: u64) -> Timestamp {
    START + Span::from_millis(millis)
}

/// An office in one of whose slots that many bells ring, at these times.
async fn office_with(times: impl Fn(u64) -> u64) -> Office {
    let office = Office::open().await;
    let bells = (0..MANY).map(|id| Bell { at: at(times(id)), id }).collect();
    office.set_bells("a", bells, 0).await.expect("set");
    office
}

/// Each bell has rung once, and when it was its time.
fn assert_all_in_time(office: &Office) {
    let mut rung = office.rings.rung.lock().clone();
    assert!(rung.iter().all(|(bell, when)| bell.at == *when), "in time");
    rung.sort_unstable_by_key(|(bell, _)| bell.id);
    let ids: Vec<u64> = rung.iter().map(|(bell, _)| bell.id).collect();
    assert!(ids.iter().copied().eq(0..MANY), "{} of {MANY}", ids.len());
    assert_eq!(office.rings.calls.load(Ordering::SeqCst) as u64, MANY);
}

#[tokio::test]
async fn thousands_of_entries_of_one_slot_are_all_done_at_their_times() {
    let office = office_with(|id| 1 + id % 100 * 10).await;
    for _ in 0..100 {
        office.advance(Span::from_millis(10)).await;
        // Nothing is done at a time that is not its own: the steps fall between the times.
    }
    assert_eq!(office.rung().len() as u64, MANY);
    let late = |(bell, when): &(Bell, Timestamp)| when.since(bell.at).millis();
    assert!(office.rings.rung.lock().iter().all(|rung| late(rung) == 9));
}

#[tokio::test]
async fn thousands_of_entries_of_one_slot_and_one_moment_are_all_done_at_it() {
    let office = office_with(|_| 1000).await;
    office.advance(Span::from_millis(999)).await;
    assert_eq!(office.rung(), [0_u64; 0]);
    office.advance(Span::from_millis(1)).await;
    assert_all_in_time(&office);
}

#[tokio::test]
async fn thousands_of_entries_of_one_slot_and_one_moment_beyond_the_horizon_are_done_at_it() {
    let office = office_with(|_| 86_400_000).await;
    office.advance(Span::from_millis(86_399_999)).await;
    assert_eq!(office.rung(), [0_u64; 0]);
    office.advance(Span::from_millis(1)).await;
    assert_all_in_time(&office);
}

#[tokio::test]
async fn thousands_of_entries_are_done_after_a_crash() {
    let office = office_with(|id| 1000 + id / 1500).await;
    let office = office.crash(Crash::Machine).await;
    office.advance(Span::from_millis(1000)).await;
    assert_eq!(office.rung().len(), 1500);
    office.advance(Span::from_millis(1)).await;
    assert_all_in_time(&office);
}

#[tokio::test]
async fn thousands_of_entries_that_were_read_late_are_all_done_and_once() {
    let office = office_with(|id| 1000 + id).await;
    office.advance(Span::from_seconds(86_400)).await;
    assert_eq!(office.rung().len() as u64, MANY);
    assert_eq!(office.rings.calls.load(Ordering::SeqCst) as u64, MANY);
}

#[tokio::test]
async fn no_entry_is_forgotten_when_the_slot_is_lost_and_found_while_it_is_read() {
    let office = office_with(|id| 1000 + id).await;
    office.controls.answer_unknown(Outcome::NotWritten);
    office.advance(Span::from_seconds(60)).await;
    for _ in 0..3 {
        office.advance(Span::from_seconds(5)).await;
    }
    let mut rung = office.rung();
    rung.sort_unstable();
    assert!(rung.iter().copied().eq(0..MANY), "{} of {MANY}", rung.len());
}

#[tokio::test]
async fn thousands_of_entries_that_all_fail_are_all_tried_again() {
    let office = office_with(|_| 1000).await;
    office.rings.failing.store(MANY as usize, Ordering::SeqCst);
    office.advance(Span::from_seconds(1)).await;
    assert_eq!(office.rung(), [0_u64; 0]);
    for _ in 0..3 {
        office.advance(Span::from_seconds(5)).await;
    }
    let mut rung = office.rung();
    rung.sort_unstable();
    assert!(rung.iter().copied().eq(0..MANY), "{} of {MANY}", rung.len());
}
