//! A topic that is loaded from its rows equals the one that wrote them, whatever happened to it; and its lists
//! and counts say what a model of it says.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Subscribe { queue: u8, is_owner: bool, raw: bool },
    Unsubscribe { queue: u8 },
    Filter { queue: u8, filter: u8 },
    Publish { id: u8 },
    Set { scope: bool },
    Pass { seconds: u32 },
    Recreate,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0_u8..9, proptest::bool::weighted(0.6), any::<bool>())
            .prop_map(|(queue, is_owner, raw)| Step::Subscribe { queue, is_owner, raw }),
        3 => (0_u8..9).prop_map(|queue| Step::Unsubscribe { queue }),
        2 => (0_u8..9, 0_u8..3).prop_map(|(queue, filter)| Step::Filter { queue, filter }),
        3 => (0_u8..6).prop_map(|id| Step::Publish { id }),
        1 => any::<bool>().prop_map(|scope| Step::Set { scope }),
        3 => prop_oneof![Just(100_u32), Just(90_000)].prop_map(|seconds| Step::Pass { seconds }),
        1 => Just(Step::Recreate),
        3 => Just(Step::Restart),
    ]
}

/// What a topic must have, by queue.
#[derive(Default)]
struct Model {
    now: u64,
    subscriptions: BTreeMap<u8, SubscriptionIndex>,
    deleted: u64,
}

struct SubscriptionIndex {
    arn: String,
    raw: bool,
    /// In seconds; none once it is confirmed.
    expires: Option<u64>,
}

impl Model {
    fn pass(&mut self, seconds: u64) {
        self.now += seconds;
        let before = self.subscriptions.len();
        self.subscriptions.retain(|_, index| index.expires.is_none_or(|at| at > self.now));
        self.deleted += (before - self.subscriptions.len()) as u64;
    }

    fn counts(&self) -> [u64; 3] {
        let pending = self.subscriptions.values().filter(|index| index.expires.is_some()).count();
        let confirmed = self.subscriptions.len() - pending;
        [confirmed as u64, pending as u64, self.deleted]
    }
}

async fn take(world: &mut World, model: &mut Model, number: usize, step: Step) {
    match step {
        Step::Subscribe { queue, is_owner, raw } => {
            let caller = if is_owner { call() } else { stranger() };
            let given = [("RawMessageDelivery", if raw { "true" } else { "false" })];
            let answer = world.subscribe(caller, &format!("q{queue}"), &given).await;
            match model.subscriptions.get_mut(&queue) {
                Some(index) if index.raw != raw => assert!(answer.is_err(), "step {number}"),
                Some(index) => {
                    assert_eq!(answer.unwrap(), index.arn);
                    index.expires = index.expires.filter(|_| !is_owner);
                }
                None => {
                    let expires = (!is_owner).then_some(model.now + 172_800);
                    let index = SubscriptionIndex { arn: answer.unwrap(), raw, expires };
                    model.subscriptions.insert(queue, index);
                }
            }
        }
        Step::Unsubscribe { queue } => {
            let Some(index) = model.subscriptions.get(&queue) else { return };
            let ended = world.unsubscribe(&index.arn).await;
            assert_eq!(ended.is_ok(), index.expires.is_none(), "step {number}");
            if ended.is_ok() {
                model.subscriptions.remove(&queue);
                model.deleted += 1;
            }
        }
        Step::Filter { queue, filter } => {
            let Some(index) = model.subscriptions.get(&queue) else { return };
            let filter = format!(r#"{{"a":["{filter}"]}}"#);
            world.set_subscription(&index.arn, "FilterPolicy", &filter).await.unwrap();
            assert_eq!(world.subscription(&index.arn).await.unwrap()["FilterPolicy"], filter);
        }
        Step::Publish { id } => {
            let ids = Some(("g", Some("abcdef".get(id.into()..).unwrap())));
            world.publish("m", ids).await.unwrap();
        }
        Step::Set { scope } => {
            let scope = if scope { "Topic" } else { "MessageGroup" };
            world.set("FifoThroughputScope", scope).await.unwrap();
        }
        Step::Pass { seconds } => {
            world.pass(seconds.into()).await;
            model.pass(seconds.into());
        }
        Step::Recreate => {
            world.delete().await;
            world.create("orders.fifo", &[("FifoTopic", "true")]).await.unwrap();
            *model = Model { now: model.now, ..Model::default() };
            // The old subscriptions go from the indexes.
            world.pass(0).await;
        }
        Step::Restart => world.restart_unchanged().await,
    }
    assert_eq!(world.counts().await, model.counts(), "step {number}");
}

async fn check(steps: Vec<Step>) {
    let mut world = World::new("orders.fifo", &[("FifoTopic", "true")]).await;
    let mut model = Model::default();
    for (number, step) in steps.into_iter().enumerate() {
        take(&mut world, &mut model, number, step).await;
    }
    world.restart_unchanged().await;
    let expected = model.subscriptions.len();
    let listed = world.of_account(call()).await.len() + world.of_account(stranger()).await.len();
    assert_eq!((world.by_topic().await.len(), listed), (expected, expected));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_topic_does_what_its_model_does(steps in vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps));
    }
}
