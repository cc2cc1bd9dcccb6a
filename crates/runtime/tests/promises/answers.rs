//! Nothing leaves before it is safe.

use base::Timestamp;
use runtime::Trouble;
use store::memory::Room;
use store::{Position, Pressure, Refused};

use crate::support::{No, Office, Request, text};

#[tokio::test]
async fn an_answer_leaves_when_its_commit_is_durable_and_not_before() {
    let office = Office::open().await;
    office.controls.hold();
    let mut put = Request::pending(office.put("a", "1"));
    assert!(put.look().is_none());
    assert!(!put.was_woken());
    assert!(office.controls.release_one());
    assert!(put.was_woken());
    assert_eq!(put.look(), Some(Ok(Position(0))));
}

#[tokio::test]
async fn answers_leave_in_the_order_of_their_commits() {
    let office = Office::open().await;
    office.controls.hold();
    let mut first = Request::pending(office.put("a", "1"));
    let mut second = Request::pending(office.put("a", "2"));
    assert!(office.controls.release_one());
    assert_eq!((first.look(), second.look()), (Some(Ok(Position(0))), None));
    assert!(office.controls.release_one());
    assert_eq!(second.look(), Some(Ok(Position(1))));
}

#[tokio::test]
async fn whoever_saw_an_undurable_commit_waits_for_it_even_with_nothing_to_say() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    office.controls.hold();
    let mut take = Request::pending(office.take("a"));
    let mut read = Request::pending(office.facts("a"));
    let mut refused = Request::pending(office.refuse("a"));
    let mut empty = Request::pending(office.take("a"));
    assert!(office.controls.release_one());
    assert_eq!(take.look(), text("1"));
    assert!(read.look().expect("ready").expect("an answer").letters.is_empty());
    assert_eq!(refused.look(), Some(Err(No::TooMany(0))));
    assert_eq!(empty.look(), Some(Ok(None)));
}

#[tokio::test]
async fn what_only_other_lanes_have_not_on_disk_is_not_waited_for() {
    let office = Office::open().await;
    let other = crate::support::neighbour("a");
    office.put(&other, "1").await.expect("put");
    office.controls.hold();
    let _put = Request::pending(office.put("a", "2"));
    let letters = office.facts(&other).await.expect("an answer").letters;
    assert_eq!(letters.len(), 1);
}

#[tokio::test]
async fn while_the_disk_works_the_lane_decides_on() {
    let office = Office::open().await;
    office.controls.hold();
    let mut put = Request::pending(office.put("a", "1"));
    let mut take = Request::pending(office.take("a"));
    let mut second = Request::pending(office.take("a"));
    office.controls.release_all();
    assert_eq!(put.look(), Some(Ok(Position(0))));
    assert_eq!((take.look(), second.look()), (text("1"), Some(Ok(None))));
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_anything_has_changed() {
    let office = Office::open().await;
    let largest = office.store().limits().batch;
    let before = office.facts("a").await;
    let answer = office.put("a", vec![0; largest + 1]).await;
    assert_eq!(answer, Err(No::Trouble(Trouble::Refused(Refused::TooLarge))));
    assert_eq!(office.facts("a").await, before);
    assert_eq!(office.store().stats().commits, 0);
    assert_eq!(office.put("a", "small").await, Ok(Position(0)));
}

#[tokio::test]
async fn a_full_store_refuses_what_grows_before_anything_has_changed_and_can_be_drained() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    office.controls.set_room(Room::OnlyToFree);
    let before = office.facts("a").await;
    let answer = office.put("a", "2").await;
    assert_eq!(answer, Err(No::Trouble(Trouble::Refused(Refused::Full))));
    assert_eq!(office.facts("a").await, before);
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
    office.controls.set_room(Room::Plenty);
    assert_eq!(office.put("a", "2").await, Ok(Position(1)));
}

#[tokio::test]
async fn a_lane_that_could_not_take_a_letter_while_the_store_was_full_still_has_it() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    office.controls.set_room(Room::None);
    let answer = office.take("a").await;
    assert_eq!(answer, Err(No::Trouble(Trouble::Refused(Refused::Full))));
    office.controls.set_room(Room::Plenty);
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
}

#[tokio::test]
async fn a_store_that_falls_behind_never_stops_a_node_whose_clock_stands_still() {
    let office = Office::open().await;
    office.controls.set_pressure(Pressure::Slow(1.0));
    assert_eq!(office.put("a", "1").await, Ok(Position(0)));
    let empty = office.take_until("b", Timestamp::ZERO).await;
    assert_eq!(empty, Ok(None));
}
