//! Those who wait for something to arrive.

use base::{Span, Timestamp};
use store::memory::Room;

use crate::support::{No, Office, Request, START, quiet, text};

/// Long after everything that happens here.
const LATE: Timestamp = Timestamp::from_millis(START.millis() + 1_000_000);

fn waiter(office: &Office) -> Request<Option<String>> {
    Request::pending(office.take_until("a", LATE))
}

fn waiters(office: &Office, count: usize) -> Vec<Request<Option<String>>> {
    (0..count).map(|_| waiter(office)).collect()
}

fn answered(waiters: &mut [Request<Option<String>>]) -> Vec<String> {
    let answers = waiters.iter_mut().filter(|waiter| waiter.was_woken()).filter_map(Request::look);
    answers.map(|answer| answer.expect("an answer").expect("a letter")).collect()
}

#[tokio::test]
async fn a_waiter_wakes_when_the_arrival_is_durable_and_not_before() {
    let office = Office::open().await;
    let mut waiter = waiter(&office);
    office.controls.hold();
    let _put = Request::pending(office.put("a", "1"));
    quiet().await;
    assert!(!waiter.was_woken());
    office.controls.release_all();
    quiet().await;
    assert!(waiter.was_woken());
    assert_eq!(waiter.look(), text("1"));
}

#[tokio::test]
async fn of_ten_thousand_waiters_one_arrival_wakes_exactly_one() {
    let office = Office::open().await;
    let mut waiters = waiters(&office, 10_000);
    office.put("a", "1").await.expect("put");
    quiet().await;
    let mut woken: Vec<_> = waiters.iter_mut().filter(|waiter| waiter.was_woken()).collect();
    assert_eq!(woken.len(), 1);
    assert_eq!(woken[0].look(), text("1"));
    quiet().await;
    assert!(!waiters.iter_mut().any(|waiter| waiter.was_woken()));
}

#[tokio::test]
async fn so_many_arrivals_wake_so_many_waiters() {
    let office = Office::open().await;
    let mut waiters = waiters(&office, 5);
    office.controls.hold();
    let _puts = ["1", "2", "3"].map(|text| Request::pending(office.put("a", text)));
    office.controls.release_all();
    quiet().await;
    assert_eq!(answered(&mut waiters), ["1", "2", "3"]);
    office.put("a", "4").await.expect("put");
    quiet().await;
    waiters.drain(..3);
    assert_eq!(answered(&mut waiters), ["4"]);
}

#[tokio::test]
async fn whoever_waits_longest_is_served_first() {
    let office = Office::open().await;
    let (mut first, mut second) = (waiter(&office), waiter(&office));
    office.put("a", "1").await.expect("put");
    quiet().await;
    assert_eq!((first.look(), second.look()), (text("1"), None));
    office.put("a", "2").await.expect("put");
    quiet().await;
    assert_eq!(second.look(), text("2"));
}

#[tokio::test]
async fn a_waiter_that_leaves_after_it_was_woken_passes_the_arrival_on() {
    let office = Office::open().await;
    let (first, mut second) = (waiter(&office), waiter(&office));
    office.put("a", "1").await.expect("put");
    quiet().await;
    assert!(first.was_woken() && !second.was_woken());
    drop(first);
    assert!(second.was_woken());
    assert_eq!(second.look(), text("1"));
}

#[tokio::test]
async fn a_waiter_that_leaves_while_it_fetches_what_arrived_passes_it_on() {
    let office = Office::open().await;
    let later = START + Span::from_seconds(1);
    office.put_from("a", "1", later).await.expect("put");
    let office = office.crash(store::memory::Crash::Process).await;
    let (mut first, mut second) = (waiter(&office), waiter(&office));
    let shut = office.fetches.gate.try_acquire().expect("the gate is open");
    office.pass(Span::from_seconds(1)).await;
    assert!(first.was_woken() && first.look().is_none());
    assert!(!second.was_woken());
    drop(first);
    drop(shut);
    assert!(second.was_woken());
    assert_eq!(second.look(), text("1"));
}

#[tokio::test]
async fn a_waiter_whom_the_store_refuses_passes_the_arrival_on() {
    let office = Office::open().await;
    let (mut first, mut second) = (waiter(&office), waiter(&office));
    office.put("a", "1").await.expect("put");
    quiet().await;
    office.controls.set_room(Room::None);
    assert!(matches!(first.look(), Some(Err(No::Trouble(_)))));
    office.controls.set_room(Room::Plenty);
    assert!(second.was_woken());
    assert_eq!(second.look(), text("1"));
}

#[tokio::test]
async fn a_waiter_that_was_too_late_waits_on() {
    let office = Office::open().await;
    let mut waiter = waiter(&office);
    office.put("a", "1").await.expect("put");
    assert_eq!(office.take("a").await, Ok(Some("1".to_owned())));
    quiet().await;
    assert!(waiter.look().is_none());
    office.put("a", "2").await.expect("put");
    quiet().await;
    assert_eq!(waiter.look(), text("2"));
}

#[tokio::test]
async fn a_waiter_wakes_when_time_alone_brings_something() {
    let office = Office::open().await;
    for (text, seconds) in [("late", 20), ("early", 10)] {
        let from = START + Span::from_seconds(seconds);
        office.put_from("a", text, from).await.expect("put");
    }
    let (mut first, mut second) = (waiter(&office), waiter(&office));
    office.pass(Span::from_millis(9_999)).await;
    assert!(!first.was_woken());
    office.pass(Span::from_millis(1)).await;
    assert!(first.was_woken() && !second.was_woken());
    assert_eq!(first.look(), text("early"));
    office.pass(Span::from_seconds(10)).await;
    assert!(second.was_woken());
    assert_eq!(second.look(), text("late"));
}

#[tokio::test]
async fn a_waiter_wakes_earlier_when_what_comes_earlier_arrives_later() {
    let office = Office::open().await;
    office.put_from("a", "late", START + Span::from_seconds(20)).await.expect("put");
    let mut waiter = waiter(&office);
    quiet().await;
    office.put_from("a", "early", START + Span::from_seconds(10)).await.expect("put");
    quiet().await;
    assert!(waiter.look().is_none());
    office.pass(Span::from_seconds(10)).await;
    assert_eq!(waiter.look(), text("early"));
}

#[tokio::test]
async fn a_waiter_gets_nothing_at_its_deadline_and_not_before() {
    let office = Office::open().await;
    let mut waiter = Request::pending(office.take_until("a", START + Span::from_seconds(20)));
    office.pass(Span::from_millis(19_999)).await;
    assert!(!waiter.was_woken());
    office.pass(Span::from_millis(1)).await;
    assert!(waiter.was_woken());
    assert_eq!(waiter.look(), Some(Ok(None)));
}

#[tokio::test]
async fn the_stop_of_the_node_ends_all_waits() {
    let office = Office::open().await;
    let mut waiters = waiters(&office, 3);
    office.node.tasks().stop();
    for waiter in &mut waiters {
        assert!(waiter.was_woken());
        assert_eq!(waiter.look(), Some(Ok(None)));
    }
    assert_eq!(office.take_until("a", LATE).await, Ok(None));
    assert_eq!(office.node.stop().await, Ok(()));
}

#[tokio::test]
async fn a_burst_of_arrivals_does_not_wake_everybody() {
    let office = Office::open().await;
    let mut waiters = waiters(&office, 1000);
    office.controls.hold();
    let _puts: Vec<_> = (0..50).map(|_| Request::pending(office.put("a", "1"))).collect();
    office.controls.release_all();
    quiet().await;
    let woken = waiters.iter_mut().filter(|waiter| waiter.was_woken()).count();
    assert!((50..=100).contains(&woken), "{woken}");
}
