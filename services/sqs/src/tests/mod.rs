//! Queues as a whole, without a server: operations on a node in memory, whose time is moved by hand.

mod batches;
mod crossing;
mod dead_letters;
mod definition;
mod fair;
mod fifo;
mod model;
mod move_tasks;
mod pages;
mod purge;
mod random;
mod random_redrive;
mod reset;
mod targets;

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::*;
use base::{AccountId, Clock, Random, Region, Span};
use runtime::{Call, Decision, Moment, Node, Parts, Quotas, Trouble};
use shape::Fault;
use store::Store;
use store::memory::{Controls, Crash, MemoryStore};

use crate::Sqs;
use crate::model::{Queue, QueueLane, testing};
use crate::ops;

/// A node with queues, and the one queue that the test is about.
pub(crate) struct World {
    clock: Clock,
    random: Random,
    controls: Controls,
    node: Arc<Node>,
    sqs: Arc<Sqs>,
}

impl World {
    /// A new world with an empty queue.
    pub(crate) async fn new(attributes: &[(&str, &str)]) -> Self {
        let (store, controls) = MemoryStore::controlled(Default::default());
        let clock = Clock::manual(base::Timestamp::from_millis(1_000_000));
        let random = Random::seeded(1);
        let (node, sqs) = start(store, &clock, &random).await;
        let world = World { clock, random, controls, node, sqs };
        let attributes = Some(pairs(attributes));
        let input = CreateQueueRequest { queue_name: "q".into(), attributes, tags: None };
        ops::create_queue::run(world.sqs.clone(), call(), input).await.unwrap();
        world
    }

    /// The process ends and another one starts on what is on disk.
    pub(crate) async fn restart(&mut self) {
        self.node.stop().await.unwrap();
        let (store, controls) = self.controls.crash(Crash::Process);
        (self.node, self.sqs) = start(store, &self.clock, &self.random).await;
        self.controls = controls;
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.node.advance(Span::from_seconds(seconds)).await.unwrap();
    }

    pub(crate) async fn send(&self, body: &str, delay: Option<i32>) -> Result<String, Fault> {
        let input = SendMessageRequest {
            queue_url: "q".into(),
            message_body: body.into(),
            delay_seconds: delay,
            ..Default::default()
        };
        let sent = ops::send_message::run(self.sqs.clone(), call(), input).await?;
        Ok(sent.message_id.unwrap())
    }

    pub(crate) async fn receive(&self, most: i32, visibility: Option<i32>) -> Vec<Message> {
        let input = ReceiveMessageRequest {
            queue_url: "q".into(),
            max_number_of_messages: Some(most),
            visibility_timeout: visibility,
            attribute_names: Some(vec!["All".into()]),
            ..Default::default()
        };
        let received = ops::receive_message::run(self.sqs.clone(), call(), input).await.unwrap();
        received.messages.unwrap_or_default()
    }

    pub(crate) async fn delete(&self, handle: &str) -> Result<(), Fault> {
        let input = DeleteMessageRequest { queue_url: "q".into(), receipt_handle: handle.into() };
        ops::delete_message::run(self.sqs.clone(), call(), input).await.map(|_| ())
    }

    pub(crate) async fn change(&self, handle: &str, timeout: i32) -> Result<(), Fault> {
        let input = ChangeMessageVisibilityRequest {
            queue_url: "q".into(),
            receipt_handle: handle.into(),
            visibility_timeout: timeout,
        };
        ops::change_message_visibility::run(self.sqs.clone(), call(), input).await.map(|_| ())
    }

    pub(crate) async fn purge(&self) -> Result<(), Fault> {
        let input = PurgeQueueRequest { queue_url: "q".into() };
        ops::purge_queue::run(self.sqs.clone(), call(), input).await.map(|_| ())
    }

    pub(crate) async fn set(&self, attributes: &[(&str, &str)]) -> Result<(), Fault> {
        let attributes = pairs(attributes);
        let input = SetQueueAttributesRequest { queue_url: "q".into(), attributes };
        ops::set_queue_attributes::run(self.sqs.clone(), call(), input).await.map(|_| ())
    }

    /// An attribute's value, if the queue has it.
    pub(crate) async fn attribute(&self, name: &str) -> Option<String> {
        let names = Some(vec![name.to_owned()]);
        let input = GetQueueAttributesRequest { queue_url: "q".into(), attribute_names: names };
        let found = ops::get_queue_attributes::run(self.sqs.clone(), call(), input).await.unwrap();
        found.attributes?.remove(name)
    }

    /// The queue as it is in memory, without what is there only to be faster.
    pub(crate) async fn queue(&self) -> Queue {
        let arn = self.sqs.queue(&call(), "q").unwrap();
        let copy = |lane: &QueueLane, _: Moment<'_>| {
            Decision::<_, _, Trouble>::answer(lane.queue.clone().unwrap())
        };
        testing::without_caches(self.sqs.queues.enter(&arn, copy).await.unwrap())
    }

    /// Restarts; the queue must be the same when it is loaded from the disk.
    pub(crate) async fn restart_unchanged(&mut self) {
        let before = self.queue().await;
        self.restart().await;
        assert_eq!(self.queue().await, before);
    }

    /// Visible, in flight, delayed.
    pub(crate) async fn counts(&self) -> [usize; 3] {
        let names =
            ["", "NotVisible", "Delayed"].map(|kind| format!("ApproximateNumberOfMessages{kind}"));
        let input = GetQueueAttributesRequest {
            queue_url: "q".into(),
            attribute_names: Some(names.to_vec()),
        };
        let found = ops::get_queue_attributes::run(self.sqs.clone(), call(), input).await.unwrap();
        let found = found.attributes.unwrap();
        names.map(|name| found[&name].parse().unwrap())
    }
}

async fn start(store: Arc<dyn Store>, clock: &Clock, random: &Random) -> (Arc<Node>, Arc<Sqs>) {
    let (clock, random) = (clock.clone(), random.clone());
    let parts = Parts { store, clock, random, quotas: Quotas::None };
    let node = Node::start(parts).await.unwrap();
    let sqs = Sqs::new(&node);
    node.targets().add("sqs", &sqs);
    runtime::jobs::start(&node, runtime::jobs::JobHandlers::of("sqs", sqs.clone()));
    (node, sqs)
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

pub(crate) fn call() -> Call {
    let caller = identity::testing::root(AccountId::DEFAULT, Region::default());
    Call::new(caller, "http://localhost:4566".into())
}

#[tokio::test]
async fn a_message_goes_through_its_life() {
    let mut world = World::new(&[]).await;
    let id = world.send("hello", None).await.unwrap();
    world.restart().await;
    let received = world.receive(10, None).await;
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].message_id.as_deref(), Some(&id[..]));
    assert_eq!(received[0].body.as_deref(), Some("hello"));
    assert_eq!(world.receive(10, None).await, []);
    world.restart().await;
    assert_eq!(world.receive(10, None).await, [], "it is in flight");
    world.pass(30).await;
    let again = world.receive(10, None).await;
    assert_eq!(again[0].attributes.as_ref().unwrap()["ApproximateReceiveCount"], "2");
    world.delete(again[0].receipt_handle.as_deref().unwrap()).await.unwrap();
    world.restart().await;
    world.pass(3600).await;
    assert_eq!(world.receive(10, None).await, []);
    assert_eq!(world.counts().await, [0, 0, 0]);
}

#[tokio::test]
async fn a_position_is_not_used_twice_when_the_only_message_was_deleted() {
    let mut world = World::new(&[]).await;
    for delay in [None, Some(1)] {
        world.send("first", delay).await.unwrap();
        world.pass(1).await;
        let first = world.receive(1, None).await.remove(0).receipt_handle.unwrap();
        world.delete(&first).await.unwrap();
        world.restart().await;
        world.send("second", delay).await.unwrap();
        world.pass(1).await;
        let second = world.receive(1, None).await.remove(0);
        world.delete(&first).await.unwrap();
        assert_eq!(world.counts().await, [0, 1, 0], "the old handle means no other message");
        world.delete(&second.receipt_handle.unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_over_goes_by_itself_and_its_bytes_too() {
    let mut world = World::new(&[("MessageRetentionPeriod", "60")]).await;
    for body in 0..2500 {
        let delay = (body % 5 == 0).then_some(30);
        world.send(&body.to_string(), delay).await.unwrap();
    }
    world.receive(10, Some(50)).await;
    world.pass(59).await;
    assert_eq!(world.counts().await.iter().sum::<usize>(), 2500);
    world.restart().await;
    world.pass(2).await;
    assert_eq!(world.counts().await, [0, 0, 0]);
    assert_eq!(world.receive(10, None).await, []);
    world.send("later", None).await.unwrap();
    world.pass(61).await;
    assert_eq!(world.counts().await, [0, 0, 0], "the sweep is due again");
}

#[tokio::test]
async fn nobody_starves_whom_fresh_and_returned_messages_share_a_queue() {
    let world = World::new(&[]).await;
    for body in ["poison", "one", "two", "three"] {
        world.send(body, None).await.unwrap();
    }
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let message = world.receive(1, None).await.remove(0);
        let body = message.body.unwrap();
        if body == "poison" {
            world.change(&message.receipt_handle.unwrap(), 0).await.unwrap();
        }
        seen.insert(body);
        if seen.len() == 4 {
            return;
        }
    }
    panic!("only {seen:?}");
}

#[tokio::test]
async fn a_delayed_message_that_a_receive_finds_over_is_not_counted_after_a_restart() {
    let mut world = World::new(&[("MessageRetentionPeriod", "60")]).await;
    world.send("over", Some(1)).await.unwrap();
    world.pass(30).await;
    world.send("delayed", Some(900)).await.unwrap();
    // Nobody is woken: the receive comes before the sweep.
    world.clock.advance(Span::from_seconds(31));
    assert_eq!(world.receive(10, None).await, []);
    assert_eq!(world.counts().await, [0, 0, 1]);
    world.restart().await;
    assert_eq!(world.counts().await, [0, 0, 1]);
}
