//! Topics as a whole, without a server: operations on a node in memory, whose time is moved by hand.

mod archives;
mod batches;
mod crashes;
mod definition;
mod deliveries;
mod fan_out;
mod indexes;
mod interrupting;
mod lagging;
mod publishing;
mod random;
mod random_deliveries;
mod random_replays;
mod receivers;
mod replay_crashes;
mod replays;
mod subscriptions;

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::*;
use base::{AccountId, Arn, Clock, Random, Region, Span};
use futures::future::{BoxFuture, FutureExt};
use runtime::jobs::{self, JobHandler, JobHandlers, JobQueue, Timer};
use runtime::{Call, Decision, Moment, Node, Parts, Quotas, Trouble};
use shape::Fault;
use store::memory::{Controls, Crash, MemoryStore};
use store::{PageLimit, Position, Store};

use crate::Sns;
use crate::error::Error;
use crate::keys::DueKind;
use crate::model::{LogEntry, Topic, TopicLane, read};
use crate::ops;
use crate::relay::Bounds;
use receivers::Receivers;

/// The attribute of a subscription that gets messages as they were published.
pub(crate) const RAW: (&str, &str) = ("RawMessageDelivery", "true");

/// A node with topics, and the one topic that the test is about.
pub(crate) struct World {
    clock: Clock,
    random: Random,
    controls: Controls,
    node: Arc<Node>,
    pub(crate) sns: Arc<Sns>,
    topic: String,
    delivers: bool,
    bounds: Bounds,
    receivers: Arc<Receivers>,
}

impl World {
    /// A new world with a topic of this name, which delivers nothing: what is published stays in its log.
    pub(crate) async fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        World::start(name, attributes, false, Bounds::default()).await
    }

    /// The same with deliveries.
    pub(crate) async fn delivering(name: &str, attributes: &[(&str, &str)]) -> Self {
        World::start(name, attributes, true, Bounds::default()).await
    }

    /// The same, a little at a time.
    pub(crate) async fn delivering_little_by_little(
        name: &str,
        attributes: &[(&str, &str)],
    ) -> Self {
        let bounds = Bounds { at_once: 3, attempts: 5, messages: 2 };
        World::start(name, attributes, true, bounds).await
    }

    async fn start(
        name: &str,
        attributes: &[(&str, &str)],
        delivers: bool,
        bounds: Bounds,
    ) -> Self {
        let (store, controls) = MemoryStore::controlled(Default::default());
        let clock = Clock::manual(base::Timestamp::from_millis(1_000_000));
        let random = Random::seeded(1);
        let receivers = Arc::new(Receivers::default());
        let (node, sns) = start(store, &clock, &random, &receivers, (delivers, bounds)).await;
        let topic = format!("arn:aws:sns:us-east-1:000000000000:{name}");
        let world =
            World { clock, random, controls, node, sns, topic, delivers, bounds, receivers };
        world.create(name, attributes).await.unwrap();
        world
    }

    pub(crate) async fn create(
        &self,
        name: &str,
        attributes: &[(&str, &str)],
    ) -> Result<String, Fault> {
        let attributes = Some(pairs(attributes));
        let input =
            CreateTopicInput { name: name.into(), attributes, ..CreateTopicInput::default() };
        let created = ops::create_topic::run(self.sns.clone(), call(), input).await?;
        Ok(created.topic_arn.unwrap())
    }

    pub(crate) async fn delete(&self) {
        let input = DeleteTopicInput { topic_arn: self.topic.clone() };
        ops::delete_topic::run(self.sns.clone(), call(), input).await.unwrap();
    }

    /// The process ends and another one starts on what is on disk.
    pub(crate) async fn restart(&mut self) {
        self.node.stop().await.unwrap();
        self.crash(Crash::Process).await;
    }

    /// The process or the machine ends in the midst of it all, and another one starts.
    pub(crate) async fn crash(&mut self, crash: Crash) {
        let (store, controls) = self.controls.crash(crash);
        self.node.tasks().end().await;
        let (clock, random) = (&self.clock, &self.random);
        let how = (self.delivers, self.bounds);
        (self.node, self.sns) = start(store, clock, random, &self.receivers, how).await;
        self.controls = controls;
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.node.advance(Span::from_seconds(seconds)).await.unwrap();
    }

    /// Moves time second by second, and waits for nothing that is under way: what is slow goes on.
    pub(crate) async fn drift(&self, seconds: u64) {
        quiet().await;
        for _ in 0..seconds {
            self.node.timers().advance(Span::from_seconds(1));
            quiet().await;
        }
    }

    pub(crate) async fn set(&self, name: &str, value: &str) -> Result<(), Fault> {
        let input = SetTopicAttributesInput {
            topic_arn: self.topic.clone(),
            attribute_name: name.into(),
            attribute_value: Some(value.into()),
        };
        ops::set_topic_attributes::run(self.sns.clone(), call(), input).await.map(|_| ())
    }

    pub(crate) async fn attributes(&self) -> BTreeMap<String, String> {
        let input = GetTopicAttributesInput { topic_arn: self.topic.clone() };
        let found = ops::get_topic_attributes::run(self.sns.clone(), call(), input).await.unwrap();
        found.attributes.unwrap()
    }

    /// Confirmed, pending and deleted subscriptions.
    pub(crate) async fn counts(&self) -> [u64; 3] {
        let attributes = self.attributes().await;
        let count = |kind: &str| attributes[&format!("Subscriptions{kind}")].parse().unwrap();
        ["Confirmed", "Pending", "Deleted"].map(count)
    }

    /// Subscribes a queue of the topic's account, as that account or another; answers its ARN.
    pub(crate) async fn subscribe(
        &self,
        caller: Call,
        queue: &str,
        attributes: &[(&str, &str)],
    ) -> Result<String, Fault> {
        let input = SubscribeInput {
            topic_arn: self.topic.clone(),
            protocol: "sqs".into(),
            endpoint: Some(format!("arn:aws:sqs:us-east-1:000000000000:{queue}")),
            attributes: Some(pairs(attributes)),
            return_subscription_arn: Some(true),
        };
        let subscribed = ops::subscribe::run(self.sns.clone(), caller, input).await?;
        Ok(subscribed.subscription_arn.unwrap())
    }

    pub(crate) async fn unsubscribe(&self, arn: &str) -> Result<(), Fault> {
        let input = UnsubscribeInput { subscription_arn: arn.into() };
        ops::unsubscribe::run(self.sns.clone(), call(), input).await.map(|_| ())
    }

    pub(crate) async fn set_subscription(
        &self,
        arn: &str,
        name: &str,
        value: &str,
    ) -> Result<(), Fault> {
        let input = SetSubscriptionAttributesInput {
            subscription_arn: arn.into(),
            attribute_name: name.into(),
            attribute_value: Some(value.into()),
        };
        ops::set_subscription_attributes::run(self.sns.clone(), call(), input).await.map(|_| ())
    }

    pub(crate) async fn subscription(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        let input = GetSubscriptionAttributesInput { subscription_arn: arn.into() };
        let found = ops::get_subscription_attributes::run(self.sns.clone(), call(), input).await?;
        Ok(found.attributes.unwrap())
    }

    pub(crate) async fn confirm(&self, caller: Call, token: &str) -> Result<String, Fault> {
        let input = ConfirmSubscriptionInput {
            topic_arn: self.topic.clone(),
            token: token.into(),
            authenticate_on_unsubscribe: None,
        };
        let confirmed = ops::confirm_subscription::run(self.sns.clone(), caller, input).await?;
        Ok(confirmed.subscription_arn.unwrap())
    }

    /// Publishes; answers the message's id and its sequence number.
    pub(crate) async fn publish(
        &self,
        message: &str,
        ids: Option<(&str, Option<&str>)>,
    ) -> Result<(String, Option<String>), Fault> {
        let input = PublishInput {
            topic_arn: Some(self.topic.clone()),
            message: message.into(),
            message_group_id: ids.map(|(group, _)| group.into()),
            message_deduplication_id: ids.and_then(|(_, id)| id.map(str::to_owned)),
            ..PublishInput::default()
        };
        let published = ops::publish::run(self.sns.clone(), call(), input).await?;
        Ok((published.message_id.unwrap(), published.sequence_number))
    }

    /// All pages of the topic's subscriptions.
    pub(crate) async fn by_topic(&self) -> Vec<Subscription> {
        let (mut all, mut next_token) = (Vec::new(), None);
        loop {
            let input = ListSubscriptionsByTopicInput { topic_arn: self.topic.clone(), next_token };
            let page = ops::list_subscriptions_by_topic::run(self.sns.clone(), call(), input);
            let page = page.await.unwrap();
            all.extend(page.subscriptions.unwrap());
            next_token = page.next_token;
            if next_token.is_none() {
                return all;
            }
        }
    }

    /// All pages of an account's subscriptions.
    pub(crate) async fn of_account(&self, caller: Call) -> Vec<Subscription> {
        let (mut all, mut next_token) = (Vec::new(), None);
        loop {
            let input = ListSubscriptionsInput { next_token };
            let page = ops::list_subscriptions::run(self.sns.clone(), caller.clone(), input);
            let page = page.await.unwrap();
            assert!(page.subscriptions.as_ref().unwrap().len() <= 100);
            all.extend(page.subscriptions.unwrap());
            next_token = page.next_token;
            if next_token.is_none() {
                return all;
            }
        }
    }

    pub(crate) fn arn(&self) -> Arn {
        self.topic.parse().unwrap()
    }

    /// The topic as it is in memory, with all its subscriptions.
    pub(crate) async fn topic(&self) -> Topic {
        let copy = |lane: &TopicLane, _: Moment<'_>| {
            lane.with_subscribers(|topic, _| Decision::<_, _, Error>::answer(topic.clone()))
        };
        let mut topic = self.sns.topics.enter(&self.arn(), copy).await.unwrap();
        // What is in memory beside the rows is no part of what it is.
        topic.relay.window = Default::default();
        topic
    }

    /// Restarts; the topic must be the same when it is loaded from the disk.
    pub(crate) async fn restart_unchanged(&mut self) {
        let before = self.topic().await;
        self.restart().await;
        assert_eq!(self.topic().await, before);
    }

    /// What stands in the log from a position on.
    pub(crate) async fn entries(&self, from: u64) -> Vec<LogEntry> {
        let incarnation = |lane: &TopicLane, _: Moment<'_>| {
            Decision::<_, _, Trouble>::answer(lane.topic.as_ref().unwrap().incarnation)
        };
        let incarnation = self.sns.topics.enter(&self.arn(), incarnation).await.unwrap();
        let limit = PageLimit { rows: 10_000, bytes: 64 << 20 };
        let rows = self.sns.topics.rows(&self.arn());
        let (entries, more) =
            read::entries(incarnation, Position(from), limit, &rows).await.unwrap();
        assert!(!more);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// Lets everybody go on until nobody can without time or the disk.
pub(crate) async fn quiet() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

async fn start(
    store: Arc<dyn Store>,
    clock: &Clock,
    random: &Random,
    receivers: &Arc<Receivers>,
    (delivers, bounds): (bool, Bounds),
) -> (Arc<Node>, Arc<Sns>) {
    let (clock, random) = (clock.clone(), random.clone());
    let parts = Parts { store, clock, random, quotas: Quotas::None };
    let node = Node::start(parts).await.unwrap();
    node.targets().add("sqs", receivers);
    receivers.begin(node.timers().clone());
    let sns = Sns::new(&node, bounds);
    let held = Arc::new(Held { sns: sns.clone(), delivers });
    jobs::start(&node, JobHandlers::of("sns", held));
    (node, sns)
}

/// Runs jobs, deliveries where the test is about them.
struct Held {
    sns: Arc<Sns>,
    delivers: bool,
}

impl JobHandler for Held {
    fn queue(&self, kind: u8) -> Option<JobQueue> {
        self.sns.queue(kind)
    }

    fn run(&self, entry: Timer) -> BoxFuture<'_, Result<(), Trouble>> {
        let kind = DueKind::from_number(entry.kind);
        match kind {
            Some(DueKind::Deliver | DueKind::CatchUp | DueKind::CatchUpSlow) if !self.delivers => {
                std::future::ready(Ok(())).boxed()
            }
            _ => self.sns.run(entry),
        }
    }
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

pub(crate) fn call() -> Call {
    let caller = identity::testing::root(AccountId::DEFAULT, Region::default());
    Call::new(caller, "http://localhost:4566".into())
}

/// Somebody who owns neither the topic nor its queues.
pub(crate) fn stranger() -> Call {
    let account = "111122223333".parse().unwrap();
    let caller = identity::testing::root(account, Region::default());
    Call { caller, ..call() }
}
