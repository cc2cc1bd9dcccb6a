//! Requests are authorized from what is on disk.

use crate::support::{Office, Request};

#[tokio::test]
async fn a_fact_is_shown_when_its_commit_is_durable_and_nobody_waits_for_that() {
    let office = Office::open().await;
    office.controls.hold();
    let mut put = Request::pending(office.put("a", "1"));
    assert!(put.look().is_none());
    assert_eq!(office.fact("a").await, Ok(None), "the mailbox is not there yet, for certain");
    assert!(office.controls.release_one());
    assert!(office.fact("a").await.is_ok_and(|fact| fact.is_some()));
}

#[tokio::test]
async fn the_fact_of_a_lane_that_is_not_in_memory_is_read() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    office.boxes.drop_idle();
    office.boxes.drop_idle();
    assert_eq!(office.boxes.loaded(), 0);
    assert!(office.fact("a").await.is_ok_and(|fact| fact.is_some()));
    assert_eq!(office.fact("nobody").await, Ok(None));
}
