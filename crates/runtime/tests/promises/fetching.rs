//! What memory does not hold is fetched, once, however many want it.

use std::sync::atomic::Ordering;

use store::memory::Crash;

use crate::support::{Office, Request, quiet, text};

/// An office with these letters, of which memory has none.
async fn office_with(letters: &[&'static str]) -> Office {
    let office = Office::open().await;
    for &letter in letters {
        office.put("a", letter).await.expect("put");
    }
    office.crash(Crash::Process).await
}

fn fetched(office: &Office) -> usize {
    office.fetches.count.load(Ordering::SeqCst)
}

#[tokio::test]
async fn what_many_need_at_once_is_fetched_once() {
    let office = office_with(&["1", "2", "3"]).await;
    let shut = office.fetches.gate.try_acquire().expect("the gate is open");
    let mut takes: Vec<_> = (0..4).map(|_| Request::pending(office.take("a"))).collect();
    assert_eq!(fetched(&office), 1);
    drop(shut);
    let answers: Vec<_> = takes.iter_mut().map(Request::look).collect();
    assert_eq!(answers, [text("1"), text("2"), text("3"), Some(Ok(None))]);
    assert_eq!(fetched(&office), 1);
    let widened = office.fetches.widened.load(Ordering::SeqCst);
    assert_eq!(widened, 1, "only the one who fetches is asked what else is worth it");
}

#[tokio::test]
async fn what_memory_holds_is_not_fetched() {
    let office = Office::open().await;
    office.put("a", "1").await.expect("put");
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
    assert_eq!(fetched(&office), 0);
}

#[tokio::test]
async fn whoever_fetches_and_leaves_lets_the_next_one_fetch() {
    let office = office_with(&["1"]).await;
    let shut = office.fetches.gate.try_acquire().expect("the gate is open");
    let first = Request::pending(office.take("a"));
    let mut second = Request::pending(office.take("a"));
    drop(first);
    drop(shut);
    assert_eq!(second.look(), text("1"));
    assert_eq!(fetched(&office), 2);
}

#[tokio::test]
async fn what_is_fetched_ahead_holds_nobody_up_and_nobody_fetches_it_again() {
    let letters: Vec<&'static str> = "1 2 3 4 5 6 7 8 9 10 11 12 13".split(' ').collect();
    let office = office_with(&letters).await;
    office.fetches.ahead.store(true, Ordering::SeqCst);
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
    assert_eq!(fetched(&office), 1, "whoever fetches for itself does nothing else");
    let shut = office.fetches.gate.try_acquire().expect("the gate is open");
    assert_eq!(office.take("a").await, Ok(Some("2".to_owned())));
    quiet().await;
    assert_eq!(fetched(&office), 2, "ten are here, and the next ones are on their way");
    for letter in &letters[2..10] {
        assert_eq!(office.take("a").await, Ok(Some((*letter).to_owned())));
    }
    let mut takes: Vec<_> = (0..3).map(|_| Request::pending(office.take("a"))).collect();
    drop(shut);
    quiet().await;
    let answers: Vec<_> = takes.iter_mut().map(Request::look).collect();
    assert_eq!(answers, [text("11"), text("12"), text("13")]);
    assert_eq!(fetched(&office), 2);
}

#[tokio::test]
async fn those_who_wanted_the_same_fetch_do_not_wait_for_each_others_commits() {
    let office = office_with(&["1", "2", "3"]).await;
    let shut = office.fetches.gate.try_acquire().expect("the gate is open");
    let mut takes: Vec<_> = (0..3).map(|_| Request::pending(office.take("a"))).collect();
    drop(shut);
    office.controls.hold();
    assert!(takes.iter_mut().all(|take| take.look().is_none()));
    assert_eq!(office.controls.held(), 3, "one sync can do for all");
    office.controls.release_all();
    let answers: Vec<_> = takes.iter_mut().map(Request::look).collect();
    assert_eq!(answers, [text("1"), text("2"), text("3")]);
}

#[tokio::test]
async fn a_fetch_reads_only_from_a_disk_that_has_all_that_the_decision_saw() {
    let office = office_with(&["1", "2"]).await;
    office.controls.hold();
    // The put is in memory, text and all; the texts of the letters before it are not.
    let mut put = Request::pending(office.put("a", "3"));
    let mut take = Request::pending(office.take("a"));
    assert_eq!(fetched(&office), 0);
    office.controls.release_all();
    assert!(put.look().is_some());
    assert_eq!(take.look(), text("1"));
    assert_eq!(fetched(&office), 1);
}
