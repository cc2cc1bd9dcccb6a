//! Fair turns: the order in which fresh messages come, against a model that says it as simply as it can be
//! said; and what becomes of groups when messages go elsewhere.

use std::collections::VecDeque;

use api::types::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use shape::Fault;

use super::{World, call, pairs};
use crate::ops;

impl World {
    pub(super) async fn send_in(
        &self,
        body: &str,
        group: Option<&str>,
        delay: Option<i32>,
    ) -> Result<(), Fault> {
        let input = SendMessageRequest {
            queue_url: "q".into(),
            message_body: body.into(),
            message_group_id: group.map(str::to_owned),
            delay_seconds: delay,
            ..Default::default()
        };
        ops::send_message::run(self.sqs.clone(), call(), input).await.map(|_| ())
    }
}

/// A message of the model.
#[derive(Clone, Debug)]
struct Known {
    body: String,
    group: u8,
    visible_at: u64,
    receives: u32,
    /// Whether it was sent with a delay: then it stands among the returned ones.
    is_delayed: bool,
    handle: String,
}

/// A queue whose messages are in groups; group zero is none.
#[derive(Default)]
struct Model {
    now: u64,
    messages: Vec<Known>,
    /// The groups of the last hundred receives.
    recent: VecDeque<u8>,
}

impl Model {
    fn fresh(&self) -> impl Iterator<Item = &Known> {
        self.messages.iter().filter(|message| message.receives == 0 && !message.is_delayed)
    }

    fn in_flight(&self) -> impl Iterator<Item = u8> {
        let is_held = |message: &&Known| message.receives > 0 && message.visible_at > self.now;
        self.messages.iter().filter(is_held).map(|message| message.group)
    }

    /// The fresh message whose turn it is, when this receive has taken messages of these groups already.
    fn next(&self, held: &[u8], picked: &[u8]) -> &str {
        let all: Vec<u8> = held.iter().chain(&self.recent).chain(picked).copied().collect();
        let load = |group| all.iter().filter(|one| **one == group).count();
        let rank = |(age, message): &(usize, &Known)| {
            let load = load(message.group);
            let is_noisy = message.group != 0 && load * 10 > all.len();
            (if is_noisy { load } else { 0 }, *age)
        };
        &self.fresh().enumerate().min_by_key(rank).unwrap().1.body
    }

    /// Messages were received, in this order.
    fn received(&mut self, got: &[Message], visibility: u64) {
        let held: Vec<u8> = self.in_flight().collect();
        let mut picked = Vec::new();
        for message in got {
            let body = message.body.as_deref().unwrap();
            if self.fresh().any(|known| known.body == body) {
                assert_eq!(body, self.next(&held, &picked));
            }
            let now = self.now;
            let known = self.messages.iter_mut().find(|known| known.body == body).unwrap();
            known.receives += 1;
            known.visible_at = now + visibility;
            known.handle = message.receipt_handle.clone().unwrap();
            picked.push(known.group);
        }
        self.recent.extend(picked);
        let many = self.recent.len().saturating_sub(100);
        self.recent.drain(..many);
        if self.fresh().next().is_none() {
            self.recent.clear();
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Send { group: u8, many: u8, delay: Option<u8> },
    Receive { most: u8, visibility: u8 },
    Delete(Index),
    Return(Index),
    Pass(u8),
    Restart,
    Purge,
}

fn step() -> impl Strategy<Value = Step> {
    let group = prop_oneof![Just(0_u8), Just(1), 1_u8..14];
    prop_oneof![
        6 => (group, 1_u8..12, proptest::option::weighted(0.1, 0_u8..6))
            .prop_map(|(group, many, delay)| Step::Send { group, many, delay }),
        8 => (1_u8..=10, 0_u8..40)
            .prop_map(|(most, visibility)| Step::Receive { most, visibility }),
        3 => any::<Index>().prop_map(Step::Delete),
        2 => any::<Index>().prop_map(Step::Return),
        2 => (1_u8..20).prop_map(Step::Pass),
        1 => Just(Step::Restart),
        1 => Just(Step::Purge),
    ]
}

async fn send(world: &World, model: &mut Model, group: u8, delay: u8) {
    let body = format!("m{}-{}", model.now, model.messages.len());
    let body = format!("{body}-{}", world.random.uuid());
    let name = (group != 0).then(|| group.to_string());
    world.send_in(&body, name.as_deref(), Some(delay.into())).await.unwrap();
    model.messages.push(Known {
        body,
        group,
        visible_at: model.now + u64::from(delay),
        receives: 0,
        is_delayed: delay > 0,
        handle: String::new(),
    });
}

async fn check(steps: Vec<Step>) {
    let mut world = World::new(&[]).await;
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Send { group, many, delay } => {
                for _ in 0..many {
                    send(&world, &mut model, group, delay.unwrap_or_default()).await;
                }
            }
            Step::Receive { most, visibility } => {
                let got = world.receive(most.into(), Some(visibility.into())).await;
                let ready = model.messages.iter().filter(|one| one.visible_at <= model.now).count();
                assert_eq!(got.len(), ready.min(most.into()));
                model.received(&got, visibility.into());
            }
            Step::Delete(which) if !model.messages.is_empty() => {
                let at = which.index(model.messages.len());
                if model.messages[at].receives > 0 {
                    world.delete(&model.messages.remove(at).handle).await.unwrap();
                }
            }
            Step::Return(which) if !model.messages.is_empty() => {
                let (now, at) = (model.now, which.index(model.messages.len()));
                let message = &mut model.messages[at];
                if message.receives > 0 && message.visible_at > now {
                    world.change(&message.handle, 0).await.unwrap();
                    message.visible_at = now;
                }
            }
            Step::Pass(seconds) => {
                world.pass(seconds.into()).await;
                model.now += u64::from(seconds);
            }
            Step::Restart => {
                world.restart_unchanged().await;
                model.recent.clear();
            }
            Step::Purge => {
                world.pass(60).await;
                model.now += 60;
                world.purge().await.unwrap();
                model.messages.clear();
                model.recent.clear();
            }
            Step::Delete(_) | Step::Return(_) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn fresh_messages_come_in_the_order_of_the_model(steps in vec(step(), 1..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(steps));
    }
}

fn group_of(message: &Message) -> Option<&str> {
    message.attributes.as_ref()?.get("MessageGroupId").map(String::as_str)
}

#[tokio::test]
async fn a_dead_letter_keeps_its_group_and_is_counted_in_it() {
    let world = World::new(&[]).await;
    let create = |name: &str, attributes: &[(&str, &str)]| {
        let (queue_name, attributes) = (name.to_owned(), Some(pairs(attributes)));
        let input = CreateQueueRequest { queue_name, attributes, tags: None };
        ops::create_queue::run(world.sqs.clone(), call(), input)
    };
    create("source", &[]).await.unwrap();
    let policy =
        r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q","maxReceiveCount":1}"#;
    let input = SetQueueAttributesRequest {
        queue_url: "source".into(),
        attributes: pairs(&[("RedrivePolicy", policy)]),
    };
    ops::set_queue_attributes::run(world.sqs.clone(), call(), input).await.unwrap();
    let input = SendMessageRequest {
        queue_url: "source".into(),
        message_body: "x".into(),
        message_group_id: Some("tenant".into()),
        ..Default::default()
    };
    ops::send_message::run(world.sqs.clone(), call(), input).await.unwrap();
    for _ in 0..2 {
        let input = ReceiveMessageRequest {
            queue_url: "source".into(),
            visibility_timeout: Some(0),
            ..Default::default()
        };
        ops::receive_message::run(world.sqs.clone(), call(), input).await.unwrap();
    }
    world.pass(1).await;
    let dead = world.receive(10, None).await;
    assert_eq!(dead.iter().map(group_of).collect::<Vec<_>>(), [Some("tenant")]);
}
