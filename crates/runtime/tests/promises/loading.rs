//! Lanes come into memory when they are needed and leave it when they are not.

use base::{Span, Timestamp};
use store::memory::{Crash, Outcome};

use crate::support::{Bell, Office, Request, START, assert_unavailable, neighbours, quiet};

/// Two periods in which nobody enters anything.
fn drop_idle(office: &Office) {
    office.boxes.drop_idle();
    office.boxes.drop_idle();
}

async fn furnish(office: &Office) {
    for text in ["1", "2", "3"] {
        office.put("a", text).await.expect("put");
    }
    office.put_from("a", "hidden", START + Span::from_seconds(9)).await.expect("put");
    office.take("a").await.expect("taken");
    let bell = Bell { at: START + Span::from_seconds(99), id: 1 };
    office.set_bells("a", vec![bell], 3).await.expect("set");
}

#[tokio::test]
async fn a_lane_is_loaded_when_somebody_enters_it() {
    let office = Office::open().await;
    furnish(&office).await;
    let office = office.crash(Crash::Machine).await;
    assert_eq!(office.boxes.loaded(), 0);
    office.facts("a").await.expect("an answer");
    assert_eq!(office.boxes.loaded(), 1);
}

#[tokio::test]
async fn a_lane_that_is_loaded_equals_the_one_that_was_written() {
    let office = Office::open().await;
    furnish(&office).await;
    let written = office.facts("a").await;
    drop_idle(&office);
    assert_eq!(office.boxes.loaded(), 0);
    assert_eq!(office.facts("a").await, written);
    let office = office.crash(Crash::Machine).await;
    assert_eq!(office.facts("a").await, written);
}

#[tokio::test]
async fn a_lane_is_dropped_when_nobody_has_entered_it_for_a_whole_period() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    office.boxes.drop_idle();
    assert_eq!(office.boxes.loaded(), 1);
    office.facts("a").await.expect("an answer");
    office.boxes.drop_idle();
    assert_eq!(office.boxes.loaded(), 1);
    office.boxes.drop_idle();
    assert_eq!(office.boxes.loaded(), 0);
}

#[tokio::test]
async fn idle_lanes_are_dropped_as_time_passes() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    office.pass(Span::from_seconds(60)).await;
    office.pass(Span::from_seconds(60)).await;
    assert_eq!(office.boxes.loaded(), 0);
}

#[tokio::test]
async fn a_lane_is_kept_while_its_commits_are_not_durable() {
    let office = Office::open().await;
    office.controls.hold();
    drop(Request::pending(office.put("a", "1")));
    drop_idle(&office);
    assert_eq!(office.boxes.loaded(), 1);
    office.controls.release_all();
    drop_idle(&office);
    assert_eq!(office.boxes.loaded(), 0);
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
}

#[tokio::test]
async fn a_lane_is_kept_while_somebody_waits_at_it() {
    let office = Office::open().await;
    let waiter = Request::pending(office.take_until("a", Timestamp::MAX));
    drop_idle(&office);
    assert_eq!(office.boxes.loaded(), 1);
    drop(waiter);
    drop_idle(&office);
    assert_eq!(office.boxes.loaded(), 0);
}

#[tokio::test]
async fn a_lane_whose_commits_failed_is_dropped_too() {
    let office = Office::open().await;
    office.controls.answer_unknown(Outcome::NotWritten);
    assert_unavailable(Some(office.put("a", "1").await));
    quiet().await;
    drop_idle(&office);
    assert_eq!(office.boxes.loaded(), 0);
}

#[tokio::test]
async fn a_crowd_of_idle_lanes_is_dropped_without_waiting_for_the_end_of_the_period() {
    let office = Office::open().await;
    for name in neighbours("a").take(1100) {
        office.facts(&name).await.expect("an answer");
    }
    assert!(office.boxes.loaded() <= 1024, "{}", office.boxes.loaded());
}
