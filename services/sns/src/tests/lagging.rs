//! Many lagging subscriptions, and slow receivers: nobody waits for them.

use super::receivers::Mood;
use super::*;
use crate::model::lagging::Lag;
use runtime::delivery::Health;

impl World {
    /// Subscribes queues `name0`, `name1` and so on, which are in this mood.
    async fn subscribe_many(&self, name: &str, count: usize, mood: Mood) -> Vec<String> {
        let queues: Vec<String> = (0..count).map(|number| format!("{name}{number}")).collect();
        for queue in &queues {
            self.subscribe(call(), queue, &[RAW]).await.unwrap();
            self.receivers.set(queue, mood.clone());
        }
        queues
    }

    async fn publish_some(&self, messages: &[&str]) {
        for message in messages {
            self.publish(message, None).await.unwrap();
        }
        quiet().await;
    }

    async fn health_of(&self, arn: &str) -> Option<Health> {
        let id = crate::model::arn::SubscriptionArn::parse(&call().caller, arn).unwrap().id;
        self.topic().await.relay.lagging.get(id).map(|lag| lag.health)
    }
}

#[tokio::test]
async fn more_than_a_thousand_that_fail_keep_nobody_waiting() {
    let mut world = World::delivering("orders", &[]).await;
    let failing = world.subscribe_many("f", 1200, Mood::Fails).await;
    world.subscribe_many("q", 2, Mood::Takes).await;
    for message in ["1", "2", "3"] {
        world.publish(message, None).await.unwrap();
        world.pass(0).await;
    }
    for queue in ["q0", "q1"] {
        assert_eq!(world.receivers.bodies(queue), ["1", "2", "3"]);
    }
    assert_eq!(world.topic().await.relay.lagging.iter().count(), 1200);
    world.restart_unchanged().await;
    for queue in &failing {
        world.receivers.set(queue, Mood::Takes);
    }
    world.pass(20).await;
    for queue in &failing {
        assert_eq!(world.receivers.bodies(queue), ["1", "2", "3"]);
    }
    let relay = world.topic().await.relay;
    assert_eq!(
        (relay.lagging.is_empty(), relay.catch_up_at, relay.deliver_at),
        (true, [None; 3], None)
    );
    assert_eq!(world.entries(0).await, []);
}

#[tokio::test]
async fn a_batch_waits_two_seconds_for_a_slow_receiver_and_no_later_batch_waits_at_all() {
    let world = World::delivering("orders", &[]).await;
    let slow = world.subscribe(call(), "slow", &[RAW]).await.unwrap();
    world.receivers.set("slow", Mood::Slow(5));
    world.subscribe(call(), "q", &[RAW]).await.unwrap();
    world.publish_some(&["1"]).await;
    world.publish_some(&["2"]).await;
    assert_eq!(world.receivers.bodies("q"), ["1"], "the second round waits for the first");
    world.drift(2).await;
    assert_eq!(world.receivers.bodies("q"), ["1", "2"]);
    world.drift(60).await;
    assert_eq!(world.receivers.bodies("slow"), ["1", "2"]);
    for message in ["3", "4", "5", "6"] {
        world.publish_some(&[message]).await;
        assert_eq!(world.receivers.bodies("q").last().unwrap(), message, "without waiting");
        world.drift(7).await;
        assert_eq!(world.receivers.bodies("slow").last().unwrap(), message);
    }
    assert_eq!(world.health_of(&slow).await, Some(Health::Slow));
    assert_eq!(world.receivers.repeats("slow"), 0);
}

#[tokio::test]
async fn a_slow_receiver_that_answers_soon_again_is_with_the_others() {
    let mut world = World::delivering("orders", &[]).await;
    let slow = world.subscribe(call(), "slow", &[RAW]).await.unwrap();
    world.receivers.set("slow", Mood::Late(5));
    world.publish_some(&["1"]).await;
    world.drift(10).await;
    assert_eq!(
        world.health_of(&slow).await,
        Some(Health::Slow),
        "it has all and is still kept apart"
    );
    let relay = world.topic().await.relay;
    assert!(relay.lagging.iter().all(|(_, lag)| lag.at == Lag::IDLE));
    assert_eq!((relay.catch_up_at, world.entries(0).await.len()), ([None; 3], 0));
    world.restart_unchanged().await;
    world.receivers.set("slow", Mood::Takes);
    world.publish_some(&["2"]).await;
    world.drift(1).await;
    assert_eq!(world.receivers.bodies("slow"), ["1", "2"]);
    assert_eq!(world.health_of(&slow).await, None);
    assert_eq!(world.topic().await.relay.catch_up_at, [None; 3]);
}

#[tokio::test]
async fn three_hundred_that_never_answer_do_not_delay_who_is_behind_for_another_reason() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe_many("silent", 300, Mood::Silent).await;
    world.subscribe(call(), "a", &[RAW]).await.unwrap();
    world.receivers.set("a", Mood::Fails);
    world.publish_some(&["1"]).await;
    world.drift(4).await;
    world.receivers.set("a", Mood::Takes);
    world.drift(1).await;
    assert_eq!(world.receivers.bodies("a"), ["1"]);
    world.publish_some(&["2"]).await;
    assert_eq!(world.receivers.bodies("a"), ["1", "2"]);
}

#[tokio::test]
async fn nor_do_they_delay_a_receiver_that_is_slow_and_answers() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe_many("silent", 300, Mood::Silent).await;
    world.subscribe(call(), "slow", &[RAW]).await.unwrap();
    world.receivers.set("slow", Mood::Slow(5));
    world.publish_some(&["1"]).await;
    world.drift(60).await;
    for message in ["2", "3", "4", "5"] {
        world.publish_some(&[message]).await;
        world.drift(8).await;
        assert_eq!(world.receivers.bodies("slow").last().unwrap(), message);
    }
}

#[tokio::test]
async fn who_has_caught_up_during_a_batch_gets_what_the_batch_has_passed_it_by_with() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe_many("a", 5, Mood::Fails).await;
    world.subscribe_many("slow", 5, Mood::Takes).await;
    world.publish_some(&["1"]).await;
    let all = |world: &World, name: &str| {
        (0..5).map(|queue| world.receivers.bodies(&format!("{name}{queue}"))).collect::<Vec<_>>()
    };
    assert_eq!(all(&world, "slow"), [["1"]; 5]);
    for queue in 0..5 {
        world.receivers.set(&format!("slow{queue}"), Mood::Slow(60));
        world.receivers.set(&format!("a{queue}"), Mood::Takes);
    }
    world.publish_some(&["2"]).await;
    world.drift(1).await;
    assert_eq!(all(&world, "a"), [["1", "2"]; 5], "while the round waits");
    assert!(world.topic().await.relay.in_flight.is_some());
    world.drift(2).await;
    world.publish_some(&["3"]).await;
    assert_eq!(all(&world, "a"), [["1", "2", "3"]; 5]);
    for queue in 0..5 {
        assert_eq!(world.receivers.repeats(&format!("a{queue}")), 0, "once");
    }
}

#[tokio::test]
async fn who_was_behind_for_long_is_asked_with_one_message_and_then_gets_pages() {
    let mut world = World::delivering("orders", &[]).await;
    world.subscribe(call(), "a", &[RAW]).await.unwrap();
    world.receivers.set("a", Mood::Fails);
    let messages: Vec<String> = (0..350).map(|number: u32| number.to_string()).collect();
    for message in &messages {
        world.publish(message, None).await.unwrap();
    }
    world.pass(3 * 86_400).await;
    world.restart_unchanged().await;
    let before = world.receivers.attempts("a");
    world.receivers.set("a", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("a"), messages);
    assert_eq!(world.receivers.attempts("a") - before, 1 + 4, "one, and four pages of a hundred");
    assert_eq!(world.entries(0).await, []);
}

#[tokio::test]
async fn topics_whose_receivers_never_answer_do_not_delay_other_topics_nor_what_else_is_due() {
    let mut world = World::delivering("orders", &[]).await;
    for topic in 0..100 {
        let name = format!("t{topic}");
        world.topic = world.create(&name, &[]).await.unwrap();
        world.subscribe_many(&format!("{name}-"), 1, Mood::Silent).await;
        world.publish("1", None).await.unwrap();
    }
    let asking = world.create("asking", &[]).await.unwrap();
    world.topic = asking.clone();
    world.subscribe(stranger(), "never-confirmed", &[RAW]).await.unwrap();
    world.topic = world.create("healthy", &[]).await.unwrap();
    world.subscribe_many("healthy", 1, Mood::Takes).await;
    for message in ["1", "2"] {
        world.publish_some(&[message]).await;
        assert_eq!(world.receivers.bodies("healthy0").last().unwrap(), message);
        world.drift(3).await;
    }
    world.topic = asking;
    assert_eq!(world.counts().await, [0, 1, 0]);
    world.node.timers().advance(Span::from_seconds(3 * 86_400));
    quiet().await;
    assert_eq!(world.counts().await, [0, 0, 1], "its time was over");
}

#[tokio::test]
async fn the_time_that_a_signature_takes_is_not_its_receivers() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe(call(), "q", &[]).await.unwrap();
    world.receivers.set("q", Mood::Slow(1));
    world.publish_some(&["1"]).await;
    world.node.timers().advance(Span::from_seconds(30));
    while world.receivers.attempts("q") == 0 {
        tokio::task::yield_now().await;
    }
    world.drift(1).await;
    assert_eq!((world.receivers.bodies("q").len(), world.receivers.attempts("q")), (1, 1));
    assert!(world.topic().await.relay.lagging.is_empty());
}

#[tokio::test]
async fn whoever_is_behind_gets_what_its_filter_takes_when_its_turn_comes() {
    let mut world = World::delivering("orders", &[]).await;
    let body = ("FilterPolicyScope", "MessageBody");
    let arn = world.subscribe(call(), "a", &[RAW, body]).await.unwrap();
    world.receivers.set("a", Mood::Fails);
    world.publish_some(&[r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#]).await;
    world.set_subscription(&arn, "FilterPolicy", r#"{"n":[2]}"#).await.unwrap();
    world.restart().await;
    world.receivers.set("a", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.receivers.bodies("a"), [r#"{"n":2}"#]);
    assert_eq!(world.entries(0).await, []);
}
