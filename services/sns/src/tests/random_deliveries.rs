//! Subscriptions come and go, receivers fail and recover, the program ends in between: whoever is subscribed
//! gets what is for it, once and in order.

use proptest::collection::vec;
use proptest::prelude::*;

use super::receivers::Mood;
use super::*;

#[derive(Clone, Debug)]
enum Step {
    Subscribe { queue: usize, wants: Wants },
    Unsubscribe { queue: usize },
    Publish { number: u8 },
    Mood { queue: usize, mood: Mood },
    Pass { seconds: u64 },
    Recreate,
    Crash { machine: bool },
}

#[derive(Clone, Copy, Debug)]
enum Wants {
    All,
    Attribute(u8),
    Body(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let wants = prop_oneof![
        Just(Wants::All),
        (0_u8..3).prop_map(Wants::Attribute),
        (0_u8..3).prop_map(Wants::Body)
    ];
    let mood = prop_oneof![
        2 => Just(Mood::Takes),
        1 => Just(Mood::Fails),
        1 => Just(Mood::TakesAndFails),
        1 => Just(Mood::Silent),
        1 => prop_oneof![Just(1_u64), Just(5), Just(20)].prop_map(Mood::Slow),
        1 => prop_oneof![Just(1_u64), Just(5), Just(20)].prop_map(Mood::Late)
    ];
    prop_oneof![
        4 => (0_usize..QUEUES, wants).prop_map(|(queue, wants)| Step::Subscribe { queue, wants }),
        2 => (0_usize..QUEUES).prop_map(|queue| Step::Unsubscribe { queue }),
        9 => (0_u8..3).prop_map(|number| Step::Publish { number }),
        3 => (0_usize..QUEUES, mood).prop_map(|(queue, mood)| Step::Mood { queue, mood }),
        4 => prop_oneof![Just(0_u64), Just(1), Just(25)].prop_map(|seconds| Step::Pass { seconds }),
        1 => Just(Step::Recreate),
        2 => any::<bool>().prop_map(|machine| Step::Crash { machine }),
    ]
}

/// A subscription, and what was published for it.
struct SubscriptionIndex {
    arn: String,
    queue: usize,
    wants: Wants,
    published: Vec<String>,
    has_ended: bool,
}

const QUEUES: usize = 12;

fn name(queue: usize) -> String {
    format!("q{queue}")
}

async fn take(world: &mut World, model: &mut Vec<SubscriptionIndex>, at: usize, step: Step) {
    match step {
        Step::Subscribe { queue, wants } => {
            if model.iter().any(|index| index.queue == queue && !index.has_ended) {
                return;
            }
            let (scope, filter) = match wants {
                Wants::All => ("MessageAttributes", "{}".to_owned()),
                Wants::Attribute(n) => ("MessageAttributes", format!(r#"{{"n":[{n}]}}"#)),
                Wants::Body(n) => ("MessageBody", format!(r#"{{"n":[{n}]}}"#)),
            };
            let raw = ("RawMessageDelivery", "true");
            let given = [raw, ("FilterPolicyScope", scope), ("FilterPolicy", &filter)];
            let arn = world.subscribe(call(), &name(queue), &given).await.unwrap();
            model.push(SubscriptionIndex {
                arn,
                queue,
                wants,
                published: Vec::new(),
                has_ended: false,
            });
        }
        Step::Unsubscribe { queue } => {
            let mut index = model.iter_mut().filter(|index| !index.has_ended);
            let Some(index) = index.find(|index| index.queue == queue) else { return };
            world.unsubscribe(&index.arn).await.unwrap();
            index.has_ended = true;
        }
        Step::Publish { number } => {
            let message = format!(r#"{{"n":{number},"at":{at}}}"#);
            let value = number.to_string();
            world.publish_with(&message, ("n", "Number", &value)).await;
            for index in model.iter_mut().filter(|index| !index.has_ended) {
                let is_for = match index.wants {
                    Wants::All => true,
                    Wants::Attribute(n) | Wants::Body(n) => n == number,
                };
                index.published.extend(is_for.then(|| message.clone()));
            }
        }
        Step::Mood { queue, mood } => world.receivers.set(&name(queue), mood),
        Step::Pass { seconds } => world.drift(seconds).await,
        Step::Recreate => {
            world.delete().await;
            world.create("orders", &[]).await.unwrap();
            model.iter_mut().for_each(|index| index.has_ended = true);
        }
        Step::Crash { machine } => {
            world.crash(if machine { Crash::Machine } else { Crash::Process }).await;
        }
    }
}

async fn check(steps: Vec<Step>, little: bool) {
    let mut world = match little {
        true => World::delivering_little_by_little("orders", &[]).await,
        false => World::delivering("orders", &[]).await,
    };
    let mut model = Vec::new();
    for (at, step) in steps.into_iter().enumerate() {
        take(&mut world, &mut model, at, step).await;
    }
    for queue in 0..QUEUES {
        world.receivers.set(&name(queue), Mood::Takes);
    }
    // Until nobody waits for an answer any more: a slow queue keeps a job for two times fifteen seconds.
    world.drift(60).await;
    world.pass(60).await;
    for queue in 0..QUEUES {
        let name = name(queue);
        let mut got = world.receivers.bodies(&name).into_iter().peekable();
        for index in model.iter().filter(|index| index.queue == queue) {
            let mut here = |message: &String| got.next_if_eq(message).is_some();
            let arrived = index.published.iter().take_while(|message| here(message)).count();
            assert!(index.has_ended || arrived == index.published.len(), "lost at {name}");
        }
        assert_eq!(got.next(), None, "what {name} should not have");
    }
    world.restart_unchanged().await;
    let (relay, end) = world.topic().await.into_relay();
    assert_eq!(
        (relay.released, relay.delivered, relay.deliver_at, relay.catch_up_at),
        (end, end, None, [None; 3])
    );
    assert_eq!(world.entries(0).await, []);
}

impl Topic {
    fn into_relay(self) -> (crate::model::relay::Relay, Position) {
        (self.relay, self.end)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn everybody_gets_what_was_published_for_them(steps in vec(step(), 1..120), little: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps, little));
    }
}
