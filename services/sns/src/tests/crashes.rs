//! Wherever the program ends: what was answered is delivered, and once.

use std::collections::BTreeSet;

use super::receivers::Mood;
use super::*;

const QUEUES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// How long it takes until slow receivers have answered, in seconds.
const WHILE: u32 = 40;

/// Lets so many commits through while four messages are published and delivered, then ends. Some receivers
/// are in a mood. Answers whether that was in the midst of it.
async fn end_after(commits: usize, crash: Crash, mood: &Mood) -> bool {
    let mut world = World::delivering_little_by_little("orders", &[]).await;
    for queue in QUEUES {
        world.subscribe(call(), queue, &[RAW]).await.unwrap();
    }
    world.controls.hold();
    for queue in ["b", "c", "d"] {
        world.receivers.set(queue, mood.clone());
    }
    let answered = parking_lot::Mutex::new(BTreeSet::new());
    let publishing = async {
        for message in ["1", "2", "3", "4"] {
            world.publish(message, None).await.unwrap();
            answered.lock().insert(message.to_owned());
        }
    };
    let seconds = if matches!(mood, Mood::Late(_) | Mood::Slow(_)) { WHILE } else { 0 };
    let in_the_midst = world.interrupt(publishing, (commits, seconds)).await;
    let answered = std::mem::take(&mut *answered.lock());
    world.crash(crash).await;
    for queue in QUEUES {
        world.receivers.set(queue, Mood::Takes);
    }
    world.pass(60).await;
    // For slow receivers to which nothing was left to deliver, messages are gathered for a while.
    world.pass(1).await;
    for queue in QUEUES {
        let got = world.receivers.bodies(queue);
        assert!(got.is_sorted_by(|one, next| one < next), "once and in order: {got:?}");
        let lost: Vec<_> = answered.iter().filter(|message| !got.contains(message)).collect();
        assert_eq!(lost, [""; 0].iter().collect::<Vec<_>>(), "after {commits} commits");
    }
    assert_eq!(world.entries(0).await, []);
    in_the_midst
}

async fn end_everywhere(crash: Crash, mood: Mood) -> usize {
    let mut commits = 0;
    while end_after(commits, crash, &mood).await {
        commits += 1;
        assert!(commits < 400, "deliveries never end");
    }
    commits
}

#[tokio::test]
async fn a_crash_after_any_commit_loses_nothing_and_doubles_nothing() {
    for crash in [Crash::Process, Crash::Machine] {
        let commits = end_everywhere(crash, Mood::Takes).await;
        assert!(commits >= 5, "there were some to end after: {commits}");
    }
}

#[tokio::test]
async fn nor_does_one_while_receivers_fail_or_are_slow() {
    for mood in [Mood::TakesAndFails, Mood::Late(5), Mood::Slow(5)] {
        for crash in [Crash::Process, Crash::Machine] {
            let commits = end_everywhere(crash, mood.clone()).await;
            assert!(commits >= 9, "those that are behind have commits of their own: {commits}");
        }
    }
}

#[tokio::test]
async fn a_commit_that_fails_or_is_in_doubt_neither_loses_nor_doubles() {
    use store::memory::Outcome;
    for outcome in [Outcome::Written, Outcome::NotWritten] {
        let world = World::delivering("orders", &[]).await;
        world.subscribe(call(), "a", &[RAW]).await.unwrap();
        let mut sure = Vec::new();
        for message in 0..20 {
            let message = format!("{message:02}");
            if world.publish(&message, None).await.is_ok() {
                sure.push(message);
            }
            // In turns that of the message and that of its delivery.
            world.controls.answer_unknown(outcome);
            tokio::task::yield_now().await;
        }
        // What could not be done, or read, because of the last one in doubt is tried again.
        for _ in 0..3 {
            world.pass(60).await;
        }
        let got = world.receivers.bodies("a");
        assert!(got.is_sorted_by(|one, next| one < next), "once and in order: {got:?}");
        assert!(sure.iter().all(|message| got.contains(message)), "{sure:?}: {got:?}");
    }
}
