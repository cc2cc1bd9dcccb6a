//! Commits whose outcome is unknown.

use base::Timestamp;
use store::Position;
use store::memory::Outcome;

use crate::support::{Office, Request, assert_unavailable, neighbour, quiet, text};

#[tokio::test]
async fn a_commit_of_unknown_outcome_that_was_written_succeeds() {
    let office = Office::open().await;
    office.controls.answer_unknown(Outcome::Written);
    assert_eq!(office.put("a", "1").await, Ok(Position(0)));
    assert_eq!(office.put("a", "2").await, Ok(Position(1)));
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
}

#[tokio::test]
async fn a_commit_of_unknown_outcome_that_was_not_written_is_unavailable_and_forgotten() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    let before = office.facts("a").await;
    office.controls.answer_unknown(Outcome::NotWritten);
    assert_unavailable(Some(office.put("a", "lost").await));
    assert_eq!(office.facts("a").await, before);
    assert_eq!(office.put("a", "2").await, Ok(Position(1)));
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
    assert_eq!(office.take("a").await, Ok(Some("2".to_owned())));
    assert_eq!(office.take("a").await, Ok(None));
}

/// Three commits of one slot are on their way; of the first one the outcome is unknown. It answers
/// whether each of the requests succeeded.
async fn three_at_once(outcome: Outcome) -> (Office, [bool; 3]) {
    let office = Office::open().await;
    office.controls.hold();
    let names = ["a".to_owned(), neighbour("a"), "a".to_owned()];
    let mut puts = names.map(|name| Request::pending(office.put(&name, "1")));
    office.controls.answer_unknown(outcome);
    office.controls.release_all();
    let answers = puts.each_mut().map(|put| put.look().expect("an answer").is_ok());
    (office, answers)
}

#[tokio::test]
async fn what_followed_an_unknown_commit_fails_and_the_slot_goes_on() {
    for (outcome, letters, answers) in [
        (Outcome::Written, 1, [true, false, false]),
        (Outcome::NotWritten, 0, [false, false, false]),
    ] {
        let (office, answered) = three_at_once(outcome).await;
        assert_eq!(answered, answers, "{outcome:?}");
        assert_eq!(office.facts("a").await.expect("an answer").letters.len(), letters);
        assert!(office.facts(&neighbour("a")).await.expect("an answer").letters.is_empty());
        assert_eq!(office.put(&neighbour("a"), "2").await, Ok(Position(0)));
    }
}

#[tokio::test]
async fn one_unknown_commit_begins_one_new_term_however_many_saw_it() {
    let office = Office::open().await;
    let before = office.slot("a").epoch().0;
    office.controls.hold();
    let mut puts: Vec<_> = (0..20).map(|_| Request::pending(office.put("a", "1"))).collect();
    office.controls.answer_unknown(Outcome::NotWritten);
    office.controls.release_all();
    for put in &mut puts {
        assert_unavailable(put.look());
    }
    assert_eq!(office.slot("a").epoch().0, before + 1);
}

#[tokio::test]
async fn the_commits_of_later_terms_do_not_pass_for_one_that_was_lost() {
    let office = Office::open().await;
    office.controls.hold();
    let mut first = Request::pending(office.put("a", "lost"));
    let mut second = Request::pending(office.put("a", "lost"));
    office.controls.answer_unknown(Outcome::NotWritten);
    office.controls.release_all();
    assert_unavailable(first.look());
    for text in ["1", "2", "3"] {
        office.put("a", text).await.expect("put");
    }
    office.controls.answer_unknown(Outcome::NotWritten);
    assert_unavailable(Some(office.put("a", "lost").await));
    assert!(office.slot("a").last().0 >= 2, "the number of the lost one is in use");
    assert_unavailable(second.look());
}

#[tokio::test]
async fn a_read_that_saw_a_lost_change_is_not_answered() {
    let office = Office::open().await;
    office.controls.hold();
    let _put = Request::pending(office.put("a", "lost"));
    let mut read = Request::pending(office.facts("a"));
    let mut refused = Request::pending(office.refuse("a"));
    office.controls.answer_unknown(Outcome::NotWritten);
    office.controls.release_all();
    assert_unavailable(read.look());
    assert_unavailable(refused.look());
}

#[tokio::test]
async fn other_slots_do_not_notice_an_unknown_commit() {
    let office = Office::open().await;
    office.controls.hold();
    let mut lost = Request::pending(office.put("a", "1"));
    let mut other = Request::pending(office.put("b", "1"));
    assert_ne!(crate::support::slot("a"), crate::support::slot("b"));
    office.controls.answer_unknown(Outcome::NotWritten);
    office.controls.release_all();
    assert_unavailable(lost.look());
    assert_eq!(other.look(), Some(Ok(Position(0))));
}

#[tokio::test]
async fn those_who_waited_in_the_old_term_decide_again_and_wait_on() {
    let office = Office::open().await;
    let mut waiter = Request::pending(office.take_until("a", Timestamp::MAX));
    let mut other = Request::pending(office.take_until(&neighbour("a"), Timestamp::MAX));
    office.controls.answer_unknown(Outcome::NotWritten);
    assert_unavailable(Some(office.put("a", "lost").await));
    quiet().await;
    assert!(waiter.was_woken() && other.was_woken());
    assert!(waiter.look().is_none() && other.look().is_none());
    for name in ["a", &neighbour("a")] {
        office.put(name, "1").await.expect("put");
    }
    quiet().await;
    assert_eq!((waiter.look(), other.look()), (text("1"), text("1")));
}

#[tokio::test]
async fn those_who_waited_find_what_an_unknown_commit_has_written() {
    let office = Office::open().await;
    let mut waiter = Request::pending(office.take_until("a", Timestamp::MAX));
    office.controls.answer_unknown(Outcome::Written);
    drop(Request::new(office.put("a", "1")).look());
    quiet().await;
    assert!(waiter.was_woken());
    assert_eq!(waiter.look(), text("1"));
}

#[tokio::test]
async fn a_waiter_that_took_a_letter_in_a_lost_commit_is_not_given_it() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    office.controls.answer_unknown(Outcome::NotWritten);
    assert_unavailable(Some(office.take("a").await));
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
}
