//! Many threads at once: none of the promises depends on there being only one.

use std::collections::BTreeSet;
use std::time::Duration;

use base::{Span, Timestamp};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::task::JoinSet;

use crate::support::{Bell, Office, START, neighbour};

/// How long a test that hangs is given.
const PATIENCE: Duration = Duration::from_secs(60);
const LETTERS: usize = 1000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_arrival_is_lost_and_none_is_given_twice_when_many_put_and_many_wait() {
    let office = Office::open().await;
    let mut tasks = JoinSet::new();
    for number in 0..LETTERS {
        let take = office.take_until("a", Timestamp::MAX);
        let put = office.put("a", number.to_string());
        tasks.spawn(async move { take.await.expect("an answer").expect("a letter") });
        tasks.spawn(async move { put.await.map(|_| String::new()).expect("put") });
    }
    let done =
        base::deadline::within(PATIENCE, tasks.join_all()).await.expect("nobody waits in vain");
    let mut taken: Vec<String> = done.into_iter().filter(|letter| !letter.is_empty()).collect();
    taken.sort_unstable();
    taken.dedup();
    assert_eq!(taken.len(), LETTERS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clients_that_give_up_take_no_arrival_with_them() {
    let office = Office::open().await;
    let mut tasks = JoinSet::new();
    for number in 0..LETTERS {
        // One of two waits gives up as soon as the other has got something, woken or not.
        let first = office.take_until("a", Timestamp::MAX);
        let second = office.take_until("a", Timestamp::MAX);
        let put = office.put("a", number.to_string());
        tasks.spawn(async move {
            let mut both = FuturesUnordered::from_iter([first, second]);
            both.next().await.is_some_and(|letter| letter.is_ok_and(|letter| letter.is_some()))
        });
        tasks.spawn(async move { put.await.is_ok() });
    }
    // A letter whose taker gave up after it had decided is gone, as it is when a client goes: until all
    // who wait have had one, letters come.
    let all = async {
        while let Some(done) = tasks.join_next().await {
            assert!(done.expect("no panic"));
            office.put("a", "more").await.expect("put");
        }
    };
    base::deadline::within(PATIENCE, all).await.expect("nobody waits in vain");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_bell_rings_once_when_they_are_set_while_others_ring() {
    let office = Office::open().await;
    let names = ["a".to_owned(), neighbour("a"), "b".to_owned()];
    let mut tasks = JoinSet::new();
    for id in 0..LETTERS as u64 {
        let bell = Bell { at: START + Span::from_millis(id * 1000), id };
        let set = office.set_bells(&names[id as usize % 3], vec![bell], 0);
        tasks.spawn(async move { set.await.expect("set") });
    }
    let all = async {
        for _ in 0..20 {
            office.advance(Span::from_seconds(50)).await;
        }
        tasks.join_all().await;
        office.advance(Span::from_seconds(1)).await;
    };
    base::deadline::within(PATIENCE, all).await.expect("nothing hangs");
    let rung = office.rung();
    assert_eq!(rung.len(), LETTERS, "once");
    assert!(rung.into_iter().collect::<BTreeSet<_>>().into_iter().eq(0..LETTERS as u64));
}
