//! Deliveries that fail.

use super::receivers::Mood;
use super::*;
use crate::model::Change;
use crate::model::change::Settled;
use crate::model::lagging::{CursorUpdates, Lag};
use crate::model::relay::Relay;

const REDRIVE: (&str, &str) =
    ("RedrivePolicy", r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq"}"#);

async fn with_queues(queues: &[&str]) -> World {
    let world = World::delivering("orders", &[]).await;
    for queue in queues {
        world.subscribe(call(), queue, &[RAW]).await.unwrap();
    }
    world
}

impl World {
    async fn publish_all(&self, messages: &[&str]) {
        for message in messages {
            self.publish(message, None).await.unwrap();
        }
        self.pass(0).await;
    }
}

#[tokio::test]
async fn a_receiver_that_fails_holds_up_nobody_else_and_gets_all_in_order_later() {
    let mut world = with_queues(&["a", "b"]).await;
    world.receivers.set("a", Mood::Fails);
    world.publish_all(&["1", "2"]).await;
    world.publish_all(&["3"]).await;
    assert_eq!(world.receivers.bodies("b"), ["1", "2", "3"]);
    assert_eq!(world.entries(0).await.len(), 3, "what is still needed stays");
    world.restart_unchanged().await;
    world.receivers.set("a", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("a"), ["1", "2", "3"]);
    assert_eq!(world.receivers.bodies("b"), ["1", "2", "3"]);
    assert_eq!(world.entries(0).await, []);
    let relay = world.topic().await.relay;
    assert_eq!(
        (relay.lagging.is_empty(), relay.catch_up_at, relay.deliver_at),
        (true, [None; 3], None)
    );
}

#[tokio::test]
async fn a_receiver_is_tried_at_once_and_then_with_growing_pauses() {
    let world = with_queues(&["a"]).await;
    world.receivers.set("a", Mood::Fails);
    world.publish_all(&["1"]).await;
    let mut attempts = vec![world.receivers.attempts("a")];
    for pause in [1, 1, 1, 2, 2] {
        world.pass(pause).await;
        attempts.push(world.receivers.attempts("a"));
    }
    assert_eq!(attempts, [4, 5, 6, 7, 8, 9]);
    let mut last = 9;
    for _ in 0..20 {
        world.pass(20).await;
        let now = world.receivers.attempts("a");
        assert!(now > last, "it is tried every twenty seconds at least");
        last = now;
    }
}

#[tokio::test]
async fn what_has_arrived_though_it_seemed_to_fail_does_not_arrive_twice() {
    let world = with_queues(&["a"]).await;
    world.receivers.set("a", Mood::TakesAndFails);
    world.publish_all(&["1", "2"]).await;
    world.receivers.set("a", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("a"), ["1", "2"]);
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_is_given_up_for_a_while() {
    let world = with_queues(&["a", "b"]).await;
    world.receivers.set("a", Mood::Silent);
    world.publish("1", None).await.unwrap();
    while world.receivers.attempts("a") == 0 {
        tokio::task::yield_now().await;
    }
    world.receivers.set("a", Mood::Takes);
    world.pass(15).await;
    world.publish_all(&["2"]).await;
    assert_eq!(world.receivers.bodies("a"), ["1", "2"]);
    assert_eq!(world.receivers.bodies("b"), ["1", "2"]);
}

#[tokio::test]
async fn what_is_refused_for_good_goes_to_the_dead_message_queue_and_the_rest_on() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe(call(), "a", &[RAW, REDRIVE]).await.unwrap();
    world.subscribe(call(), "b", &[RAW]).await.unwrap();
    for queue in ["a", "b"] {
        world.receivers.set(queue, Mood::Refuses("2"));
    }
    world.publish_all(&["1", "2", "3"]).await;
    assert_eq!(world.receivers.bodies("a"), ["1", "3"]);
    assert_eq!(world.receivers.bodies("b"), ["1", "3"], "without one it is dropped");
    assert_eq!(world.receivers.bodies("dlq"), ["2"]);
    world.receivers.set("a", Mood::Gone);
    world.publish_all(&["4", "5"]).await;
    assert_eq!(world.receivers.bodies("dlq"), ["2", "4", "5"]);
    assert_eq!(world.sns.dropped.count(), 1, "that of b");
    assert_eq!(world.entries(0).await, []);
}

#[tokio::test]
async fn a_dead_message_queue_that_fails_gets_its_messages_later() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe(call(), "a", &[RAW, REDRIVE]).await.unwrap();
    world.receivers.set("a", Mood::Refuses("1"));
    world.receivers.set("dlq", Mood::TakesAndFails);
    world.publish_all(&["1", "2"]).await;
    assert_eq!(world.receivers.bodies("a"), [""; 0], "order is kept");
    world.receivers.set("dlq", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("a"), ["2"]);
    assert_eq!(world.receivers.bodies("dlq"), ["1"]);
}

#[tokio::test]
async fn who_is_behind_gets_nothing_more_once_the_subscription_has_ended() {
    let mut world = with_queues(&["b"]).await;
    let arn = world.subscribe(call(), "a", &[RAW]).await.unwrap();
    world.receivers.set("a", Mood::Fails);
    world.publish_all(&["1", "2"]).await;
    world.unsubscribe(&arn).await.unwrap();
    world.receivers.set("a", Mood::Takes);
    world.restart_unchanged().await;
    world.pass(60).await;
    assert_eq!(world.receivers.bodies("a"), [""; 0]);
    assert_eq!(world.entries(0).await, [], "and nothing is kept for it");
    let relay = world.topic().await.relay;
    assert_eq!((relay.catch_up_at, relay.deliver_at), ([None; 3], None));
}

#[tokio::test]
async fn a_filter_holds_for_who_is_behind_too() {
    let world = World::delivering("orders", &[]).await;
    let body = ("FilterPolicyScope", "MessageBody");
    let filter = ("FilterPolicy", r#"{"n":[1,3]}"#);
    world.subscribe(call(), "a", &[RAW, body, filter]).await.unwrap();
    world.receivers.set("a", Mood::Fails);
    world.publish_all(&[r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]).await;
    world.receivers.set("a", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("a"), [r#"{"n":1}"#, r#"{"n":3}"#]);
}

/// As if so many attempts to a lagging subscription had failed.
async fn age(world: &World, attempts: u32) {
    let age = |lane: &TopicLane, _: Moment<'_>| {
        let topic = lane.topic.as_ref().unwrap();
        let Relay { released, delivered, deliver_at, catch_up_at, .. } = topic.relay;
        let (incarnation, at) = (topic.incarnation, catch_up_at[0].unwrap());
        let entry = Timer { at, incarnation, kind: DueKind::CatchUp as u8, arn: lane.arn.clone() };
        let aged = |(id, lag)| (id, Some(Lag { attempts, ..lag }));
        let updates: CursorUpdates = topic.relay.lagging.iter().map(aged).collect();
        let entry = Some(entry);
        let settled = Settled {
            entry,
            released,
            delivered,
            updates,
            in_flight: None,
            deliver_at,
            catch_up_at,
        };
        Decision::<_, _, Error>::mark(vec![Change::Settled(Box::new(settled))], ())
    };
    world.sns.topics.enter(&world.arn(), age).await.unwrap();
}

#[tokio::test]
async fn after_the_last_attempt_a_message_is_given_up_and_the_next_one_is_tried() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe(call(), "a", &[RAW, REDRIVE]).await.unwrap();
    world.receivers.set("a", Mood::Fails);
    world.publish_all(&["1", "2"]).await;
    age(&world, 100_014).await;
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("dlq"), [""; 0], "one is left");
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("dlq"), ["1"]);
    world.receivers.set("a", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("a"), ["2"]);
}
