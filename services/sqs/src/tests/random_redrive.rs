//! Random work on a queue and its dead-letter queue, with restarts and crashes: whatever is sent and not
//! deleted is in one of them, and in one only.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::World;
use super::crossing::Work;

#[derive(Clone, Debug)]
enum Step {
    Send { count: u8 },
    Fail { queue: bool, visibility: u8 },
    Consume { queue: bool },
    Move { rate: Option<u8> },
    Cancel,
    Pass { seconds: u8 },
    Restart,
    Crash { commits: u8, moving: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_u8..6).prop_map(|count| Step::Send { count }),
        5 => (any::<bool>(), 0_u8..5)
            .prop_map(|(queue, visibility)| Step::Fail { queue, visibility }),
        1 => any::<bool>().prop_map(|queue| Step::Consume { queue }),
        2 => proptest::option::of(1_u8..4).prop_map(|rate| Step::Move { rate }),
        1 => Just(Step::Cancel),
        2 => (1_u8..4).prop_map(|seconds| Step::Pass { seconds }),
        2 => Just(Step::Restart),
        3 => (0_u8..6, any::<bool>()).prop_map(|(commits, moving)| Step::Crash { commits, moving }),
    ]
}

fn name(is_source: bool) -> &'static str {
    if is_source { "q" } else { "dlq" }
}

async fn check(steps: Vec<Step>) {
    let mut world = World::with_dead_letters(2).await;
    let mut alive = BTreeSet::new();
    let mut handle = None;
    for (number, step) in steps.into_iter().enumerate() {
        match step {
            Step::Send { count } => {
                for index in 0..count {
                    let body = format!("m{number}-{index}");
                    world.send(&body, None).await.unwrap();
                    alive.insert(body);
                }
            }
            Step::Fail { queue, visibility } => {
                world.receive_from(name(queue), visibility.into()).await;
            }
            Step::Consume { queue } => {
                for message in world.receive_from(name(queue), 30).await {
                    let receipt = message.receipt_handle.unwrap();
                    world.delete_from(name(queue), &receipt).await.unwrap();
                    assert!(alive.remove(&message.body.unwrap()), "step {number}");
                }
            }
            Step::Move { rate } => {
                handle = world.start_moving(None, rate.map(i32::from)).await.ok().or(handle);
            }
            Step::Cancel => {
                if let Some(handle) = handle.take() {
                    _ = world.cancel_moving(&handle).await;
                }
            }
            Step::Pass { seconds } => world.pass(seconds.into()).await,
            Step::Restart => world.restart().await,
            Step::Crash { commits, moving } => {
                let work = if moving { Work::Move("dlq") } else { Work::Receive("q") };
                world.crash_after(commits.into(), work).await;
            }
        }
        world.reload_unchanged("q").await;
        world.reload_unchanged("dlq").await;
    }
    world.pass(300).await;
    assert_eq!(everything(&world).await, alive.into_iter().collect::<Vec<_>>());
}

/// What is in both queues, each message as often as it is there.
async fn everything(world: &World) -> Vec<String> {
    world.set(&[("RedrivePolicy", "")]).await.unwrap();
    world.pass(60).await;
    let mut found = Vec::new();
    for queue in ["q", "dlq"] {
        loop {
            let messages = world.receive_from(queue, 1000).await;
            if messages.is_empty() {
                break;
            }
            found.extend(messages.into_iter().filter_map(|message| message.body));
        }
        assert_eq!(world.counts_of(queue).await[0], 0);
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_message_is_in_exactly_one_queue(steps in vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps));
    }
}
