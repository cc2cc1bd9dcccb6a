//! Wherever the program ends during a replay: everything is there, once and in order.

use super::archives::{ONE_DAY, fifo};
use super::receivers::Mood;
use super::replays::policy;
use super::*;

/// More than one page.
const MESSAGES: usize = 110;

/// Lets so many commits through while a replay is asked for and runs, and more is published, then ends.
/// Answers whether that was in the midst of it.
async fn end_after(commits: usize, crash: Crash, failing: bool) -> bool {
    let mut world = World::delivering("orders.fifo", &fifo(ONE_DAY)).await;
    let arn = world.subscribe(call(), "q.fifo", &[RAW]).await.unwrap();
    let old: Vec<String> = (0..MESSAGES).map(|number| format!("{number:03}")).collect();
    for message in &old {
        world.publish(message, Some(("g", None))).await.unwrap();
    }
    world.pass(1).await;
    world.controls.hold();
    if failing {
        world.receivers.set("q.fifo", Mood::TakesAndFails);
    }
    let answered = parking_lot::Mutex::new((false, Vec::new()));
    let asking = async {
        world.set_subscription(&arn, "ReplayPolicy", &policy(0, None)).await.unwrap();
        answered.lock().0 = true;
        for message in ["a", "b"] {
            world.publish(message, Some(("g", None))).await.unwrap();
            answered.lock().1.push(message.to_owned());
        }
    };
    let in_the_midst = world.interrupt(asking, (commits, 0)).await;
    let (is_asked, new) = std::mem::take(&mut *answered.lock());
    world.crash(crash).await;
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(60).await;
    let mut got = world.receivers.bodies("q.fifo").split_off(MESSAGES).into_iter().peekable();
    if is_asked || got.peek().is_some_and(|first| *first == old[0]) {
        let replayed: Vec<String> = got.by_ref().take(MESSAGES).collect();
        assert_eq!(replayed, old, "after {commits} commits");
        let found = world.subscription(&arn).await.unwrap();
        assert_eq!(found["ReplayStatus"], "Completed");
    }
    let got: Vec<String> = got.collect();
    assert!(["a", "b"].iter().zip(&got).all(|(one, got)| one == got) && got.len() <= 2, "{got:?}");
    assert!(
        got.len() >= new.len(),
        "{new:?} was answered and {got:?} came, after {commits} commits"
    );
    world.restart_unchanged().await;
    assert_eq!(world.entries(0).await.len(), MESSAGES + got.len(), "all is kept");
    in_the_midst
}

async fn end_everywhere(crash: Crash, failing: bool) -> usize {
    let mut commits = 0;
    while end_after(commits, crash, failing).await {
        commits += 1;
        assert!(commits < 200, "the replay never ends");
    }
    commits
}

#[tokio::test]
async fn a_crash_after_any_commit_of_a_replay_loses_nothing_and_doubles_nothing() {
    for crash in [Crash::Process, Crash::Machine] {
        let commits = end_everywhere(crash, false).await;
        assert!(commits >= 7, "there were some to end after: {commits}");
    }
}

#[tokio::test]
async fn nor_does_one_while_the_receiver_fails() {
    for crash in [Crash::Process, Crash::Machine] {
        end_everywhere(crash, true).await;
    }
}

#[tokio::test]
async fn a_crash_while_an_archive_is_swept_or_ends_keeps_and_releases_what_the_policy_says() {
    for commits in 0..8 {
        for ends in [false, true] {
            let mut world = World::delivering("orders.fifo", &fifo(ONE_DAY)).await;
            world.publish_in_order(&["1", "2", "3"]).await;
            world.pass(1).await;
            world.controls.hold();
            let set = world.set("ArchivePolicy", "{}");
            let going = async {
                match ends {
                    true => set.await.unwrap(),
                    false => world.pass(86_400 + 120).await,
                }
                std::future::pending::<()>().await;
            };
            let releasing = async {
                for _ in 0..commits {
                    for _ in 0..200 {
                        if world.controls.release_one() {
                            break;
                        }
                        tokio::task::yield_now().await;
                    }
                }
            };
            tokio::select! {
                () = going => {}
                () = releasing => {}
            }
            world.crash(Crash::Machine).await;
            let is_archived = world.attributes().await.contains_key("ArchivePolicy");
            world.pass(0).await;
            let left = world.entries(0).await.len();
            match (ends, is_archived) {
                (true, true) => {
                    assert_eq!((left, commits), (3, 0), "the policy was not taken away")
                }
                (true, false) => assert_eq!(left, 0, "after {commits} commits"),
                (false, _) => {
                    world.pass(86_400 + 120).await;
                    assert_eq!(world.entries(0).await.len(), 0, "after {commits} commits");
                }
            }
            world.restart_unchanged().await;
        }
    }
}
