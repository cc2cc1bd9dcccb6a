//! What subscriptions get again.

use base::Timestamp;

use super::archives::{ONE_DAY, fifo};
use super::receivers::Mood;
use super::*;
use crate::envelope;
use crate::ids::SubscriptionId;
use crate::model::replay::Replay;

/// A policy from this second of the test on, up to another one.
pub(super) fn policy(begins: u64, ends: Option<u64>) -> String {
    let at = |second: u64| envelope::iso(Timestamp::from_millis(1_000_000 + second * 1000));
    let end = ends.map(|second| format!(r#","EndingPoint":"{}""#, at(second)));
    let start = format!(r#"{{"PointType":"Timestamp","StartingPoint":"{}""#, at(begins));
    [start, end.unwrap_or_default(), "}".into()].concat()
}

impl World {
    pub(super) async fn replay(&self, arn: &str, begins: u64, ends: Option<u64>) {
        self.set_subscription(arn, "ReplayPolicy", &policy(begins, ends)).await.unwrap();
    }

    async fn status(&self, arn: &str) -> Option<String> {
        self.subscription(arn).await.unwrap().get("ReplayStatus").cloned()
    }

    /// What has come since so many messages.
    fn since(&self, queue: &str, count: usize) -> Vec<String> {
        self.receivers.bodies(queue).split_off(count)
    }

    pub(super) async fn replay_of(&self, arn: &str) -> Option<Replay> {
        let id: SubscriptionId = arn.rsplit(':').next().unwrap().parse().unwrap();
        self.topic().await.replays.get(id).copied()
    }
}

/// Ten messages, a second apart, that the queue has got.
async fn ten() -> (World, String) {
    let world = World::delivering("orders.fifo", &fifo(ONE_DAY)).await;
    let arn = world.subscribe(call(), "q.fifo", &[RAW]).await.unwrap();
    for number in 0..10 {
        world.publish_in_order(&[&number.to_string()]).await;
        world.pass(1).await;
    }
    assert_eq!(world.receivers.bodies("q.fifo").len(), 10);
    (world, arn)
}

#[tokio::test]
async fn without_an_end_a_replay_brings_what_is_kept_and_then_what_is_new() {
    let (mut world, arn) = ten().await;
    world.replay(&arn, 7, None).await;
    world.pass(0).await;
    assert_eq!(world.since("q.fifo", 10), ["7", "8", "9"]);
    assert_eq!(world.status(&arn).await.as_deref(), Some("Completed"));
    world.restart_unchanged().await;
    world.publish_in_order(&["new"]).await;
    assert_eq!(world.since("q.fifo", 13), ["new"]);
    assert_eq!(world.subscription(&arn).await.unwrap()["ReplayPolicy"], policy(7, None));
}

#[tokio::test]
async fn with_an_end_nothing_comes_after_it_until_the_policy_is_taken_away() {
    let (mut world, arn) = ten().await;
    world.replay(&arn, 2, Some(4)).await;
    world.pass(0).await;
    assert_eq!(world.since("q.fifo", 10), ["2", "3", "4"], "both ends are in the range");
    assert_eq!(world.status(&arn).await.as_deref(), Some("Completed"));
    world.publish_in_order(&["kept from it"]).await;
    world.restart_unchanged().await;
    world.set_subscription(&arn, "ReplayPolicy", "{}").await.unwrap();
    assert_eq!(world.status(&arn).await, None);
    world.publish_in_order(&["new"]).await;
    assert_eq!(world.since("q.fifo", 13), ["new"]);
    world.restart_unchanged().await;
}

#[tokio::test]
async fn an_end_that_is_still_to_come_lets_new_messages_through_until_then() {
    let (world, arn) = ten().await;
    world.replay(&arn, 9, Some(20)).await;
    world.publish_in_order(&["in time"]).await;
    world.pass(30).await;
    world.publish_in_order(&["too late"]).await;
    assert_eq!(world.since("q.fifo", 10), ["9", "in time"]);
}

#[tokio::test]
async fn a_start_that_is_still_to_come_keeps_messages_back_until_then() {
    let (world, arn) = ten().await;
    world.replay(&arn, 20, None).await;
    world.publish_in_order(&["too early"]).await;
    world.pass(30).await;
    world.publish_in_order(&["in time"]).await;
    assert_eq!(world.since("q.fifo", 10), ["in time"]);
}

#[tokio::test]
async fn a_new_subscription_may_begin_with_a_replay() {
    let (world, _) = ten().await;
    let policy = policy(0, None);
    let given = [RAW, ("ReplayPolicy", &policy)];
    let arn = world.subscribe(call(), "new.fifo", &given).await.unwrap();
    world.publish_in_order(&["new"]).await;
    let all: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    assert_eq!(world.receivers.bodies("new.fifo"), [&all[..], &["new".to_owned()]].concat());
    assert_eq!(world.subscribe(call(), "new.fifo", &given).await.unwrap(), arn);
    world.pass(0).await;
    assert_eq!(world.receivers.bodies("new.fifo").len(), 11, "it does not begin again");
}

#[tokio::test]
async fn a_subscription_that_waits_to_be_confirmed_begins_its_replay_then() {
    let (world, _) = ten().await;
    let given = [RAW, ("ReplayPolicy", &policy(8, None)[..])];
    let arn = world.subscribe(stranger(), "new.fifo", &given).await.unwrap();
    world.pass(0).await;
    assert_eq!(world.status(&arn).await.as_deref(), Some("Pending"));
    assert_eq!(world.receivers.bodies("new.fifo").len(), 1, "what asks to confirm it");
    world.subscribe(call(), "new.fifo", &[]).await.unwrap();
    world.pass(0).await;
    assert_eq!(world.since("new.fifo", 1), ["8", "9"]);
}

#[tokio::test]
async fn a_filter_holds_for_what_is_replayed() {
    let world = World::delivering("orders.fifo", &fifo(ONE_DAY)).await;
    let arn = world.subscribe(call(), "q.fifo", &[RAW]).await.unwrap();
    world.publish_in_order(&[r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":1,"m":0}"#]).await;
    world.set_subscription(&arn, "FilterPolicyScope", "MessageBody").await.unwrap();
    world.set_subscription(&arn, "FilterPolicy", r#"{"n":[1]}"#).await.unwrap();
    world.replay(&arn, 0, None).await;
    world.pass(0).await;
    assert_eq!(world.since("q.fifo", 3), [r#"{"n":1}"#, r#"{"n":1,"m":0}"#]);
}

#[tokio::test]
async fn what_is_replayed_says_so_and_is_otherwise_what_was_published() {
    let (world, raw) = ten().await;
    let arn = world.subscribe(call(), "standard", &[]).await.unwrap();
    world.publish_in_order(&["x"]).await;
    world.replay(&arn, 10, None).await;
    world.replay(&raw, 9, Some(9)).await;
    world.pass(0).await;
    let documents = world.receivers.messages("standard");
    let read = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap();
    let [first, again] = [0, 1].map(|at| read(&documents[at].body));
    assert_eq!((first["Replayed"].as_str(), again["Replayed"].as_str()), (None, Some("true")));
    for same in ["Message", "MessageId", "Timestamp", "SequenceNumber", "TopicArn"] {
        assert_eq!(first[same], again[same], "{same}");
    }
    let messages = world.receivers.messages("q.fifo");
    let (first, again) = (&messages[9], messages.last().unwrap());
    assert_eq!(
        (&first.body, &first.parameters.group_id),
        (&again.body, &again.parameters.group_id)
    );
    assert!(!first.attributes.contains_key("Replayed"));
    assert!(again.attributes.contains_key("Replayed"));
    assert_ne!(
        first.parameters.deduplication_id, again.parameters.deduplication_id,
        "a FIFO queue takes it as new"
    );
}

#[tokio::test]
async fn hundreds_of_messages_come_in_pages_across_restarts() {
    let mut world = World::delivering("orders.fifo", &fifo(ONE_DAY)).await;
    let arn = world.subscribe(call(), "q.fifo", &[RAW]).await.unwrap();
    let all: Vec<String> = (0..350).map(|number| format!("{number:03}")).collect();
    for message in &all {
        world.publish(message, Some(("g", None))).await.unwrap();
    }
    world.pass(0).await;
    world.receivers.set("q.fifo", Mood::Refuses("120"));
    world.replay(&arn, 0, None).await;
    world.pass(0).await;
    let dropped = all.iter().filter(|message| *message != "120");
    assert_eq!(world.since("q.fifo", 350), dropped.cloned().collect::<Vec<_>>());
    world.receivers.set("q.fifo", Mood::TakesAndFails);
    world.replay(&arn, 0, None).await;
    world.pass(0).await;
    assert_eq!(world.status(&arn).await.as_deref(), Some("In progress"));
    world.restart_unchanged().await;
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(60).await;
    assert_eq!(world.since("q.fifo", 350 + 349), all);
}

#[tokio::test]
async fn what_is_published_meanwhile_waits_for_the_end_and_nobody_else_waits() {
    let (mut world, arn) = ten().await;
    world.subscribe(call(), "other.fifo", &[RAW]).await.unwrap();
    world.receivers.set("q.fifo", Mood::Fails);
    world.replay(&arn, 8, None).await;
    world.publish_in_order(&["a", "b"]).await;
    assert_eq!(world.receivers.bodies("other.fifo"), ["a", "b"]);
    assert_eq!(world.status(&arn).await.as_deref(), Some("In progress"));
    world.restart_unchanged().await;
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.since("q.fifo", 10), ["8", "9", "a", "b"]);
    assert_eq!(world.receivers.bodies("other.fifo"), ["a", "b"]);
    let relay = world.topic().await.relay;
    assert_eq!(
        (relay.lagging.is_empty(), relay.catch_up_at, relay.deliver_at),
        (true, [None; 3], None)
    );
}

#[tokio::test]
async fn a_replay_whose_receiver_does_not_answer_holds_up_nothing_else() {
    let (world, arn) = ten().await;
    let other = world.subscribe(call(), "other.fifo", &[RAW]).await.unwrap();
    world.receivers.set("q.fifo", Mood::Silent);
    let before = world.receivers.attempts("q.fifo");
    world.replay(&arn, 8, None).await;
    while world.receivers.attempts("q.fifo") == before {
        tokio::task::yield_now().await;
    }
    world.publish("new", Some(("g", None))).await.unwrap();
    world.replay(&other, 9, None).await;
    let mut looks = 0;
    while world.receivers.bodies("other.fifo") != ["new", "9", "new"] {
        looks += 1;
        assert!(looks < 10_000, "it waits for the replay");
        tokio::task::yield_now().await;
    }
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(60).await;
    assert_eq!(world.since("q.fifo", 10), ["8", "9", "new"]);
}

#[tokio::test]
async fn what_was_to_be_delivered_before_comes_before_what_is_replayed() {
    let (mut world, arn) = ten().await;
    world.receivers.set("q.fifo", Mood::Fails);
    world.publish_in_order(&["a", "b"]).await;
    world.replay(&arn, 8, None).await;
    world.publish_in_order(&["c"]).await;
    assert_eq!(world.status(&arn).await.as_deref(), Some("Pending"));
    world.restart_unchanged().await;
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(60).await;
    assert_eq!(world.since("q.fifo", 10), ["a", "b", "8", "9", "a", "b", "c"]);
}

#[tokio::test]
async fn a_new_replay_takes_the_place_of_one_that_runs() {
    let (world, arn) = ten().await;
    world.receivers.set("q.fifo", Mood::Fails);
    world.replay(&arn, 2, None).await;
    world.publish_in_order(&["new"]).await;
    world.replay(&arn, 8, None).await;
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(60).await;
    assert_eq!(world.since("q.fifo", 10), ["8", "9", "new"]);
    world.replay(&arn, 9, Some(9)).await;
    world.replay(&arn, 9, Some(9)).await;
    world.pass(0).await;
    assert_eq!(world.since("q.fifo", 13), ["9"], "the first one had not begun");
}

#[tokio::test]
async fn a_replay_that_is_withdrawn_gives_way_to_what_is_new() {
    let (mut world, arn) = ten().await;
    world.receivers.set("q.fifo", Mood::Fails);
    world.replay(&arn, 2, Some(4)).await;
    world.publish_in_order(&["new"]).await;
    world.set_subscription(&arn, "ReplayPolicy", "").await.unwrap();
    world.restart_unchanged().await;
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(60).await;
    assert_eq!(world.since("q.fifo", 10), ["new"]);
    world.publish_in_order(&["newer"]).await;
    assert_eq!(world.since("q.fifo", 11), ["newer"]);
}

#[tokio::test]
async fn a_replay_fails_when_the_archive_ends_and_what_is_new_is_delivered() {
    let (mut world, arn) = ten().await;
    world.receivers.set("q.fifo", Mood::Fails);
    world.replay(&arn, 2, None).await;
    world.publish_in_order(&["new"]).await;
    world.set("ArchivePolicy", "{}").await.unwrap();
    world.pass(20).await;
    assert_eq!(world.status(&arn).await.as_deref(), Some("Failed"));
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(20).await;
    assert_eq!(world.since("q.fifo", 10), ["new"]);
    assert_eq!(world.entries(0).await, []);
    world.restart_unchanged().await;
}

#[tokio::test]
async fn a_running_replay_keeps_what_it_needs_though_it_grows_old() {
    let (world, arn) = ten().await;
    world.receivers.set("q.fifo", Mood::Fails);
    world.replay(&arn, 5, None).await;
    world.pass(0).await;
    world.pass(2 * 86_400).await;
    assert_eq!(world.entries(0).await.len(), 5, "those before it are gone");
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(60).await;
    assert_eq!(world.since("q.fifo", 10), ["5", "6", "7", "8", "9"]);
    assert_eq!(world.entries(0).await, []);
    world.replay(&arn, 0, None).await;
    world.pass(0).await;
    assert_eq!(world.since("q.fifo", 15), [""; 0], "and now they all are too old");
    assert_eq!(world.status(&arn).await.as_deref(), Some("Completed"));
}

#[tokio::test]
async fn what_cannot_be_replayed_is_refused() {
    let (world, arn) = ten().await;
    let set = |value: String| {
        let (world, arn) = (&world, &arn);
        async move { world.set_subscription(arn, "ReplayPolicy", &value).await.unwrap_err() }
    };
    let refused = set("{\"PointType\":\"Offset\"}".into()).await;
    let text = "Invalid parameter: ReplayPolicy: PointType must be Timestamp.";
    assert_eq!((refused.code, &refused.message[..]), ("InvalidParameter", text));
    world.set("ArchivePolicy", "{}").await.unwrap();
    let refused = set(policy(0, None)).await;
    let text = "ReplayPolicy: The topic has no active ArchivePolicy";
    assert_eq!(refused.message, format!("Invalid parameter: {text}"));
    let given = [("ReplayPolicy", &policy(0, None)[..])];
    let refused = world.subscribe(call(), "new.fifo", &given).await.unwrap_err();
    assert_eq!(refused.message, format!("Invalid parameter: Attributes Reason: {text}"));
    let standard = World::new("orders", &[]).await;
    let refused = standard.subscribe(call(), "q", &given).await.unwrap_err();
    assert!(refused.message.ends_with("Only subscriptions to FIFO topics can replay messages"));
}

#[tokio::test]
async fn so_many_replays_run_at_once_and_no_more() {
    let (world, arn) = ten().await;
    let policy = policy(0, None);
    let mut last = String::new();
    for number in 0..100 {
        let queue = format!("q{number}.fifo");
        world.receivers.set(&queue, Mood::Fails);
        let given = [RAW, ("ReplayPolicy", &policy[..])];
        last = world.subscribe(call(), &queue, &given).await.unwrap();
    }
    let refused = world.set_subscription(&arn, "ReplayPolicy", &policy).await.unwrap_err();
    assert_eq!((refused.code, refused.status), ("ReplayLimitExceeded", 403));
    world.set_subscription(&last, "ReplayPolicy", &policy).await.unwrap();
    world.unsubscribe(&last).await.unwrap();
    world.set_subscription(&arn, "ReplayPolicy", &policy).await.unwrap();
    for number in 0..100 {
        world.receivers.set(&format!("q{number}.fifo"), Mood::Takes);
    }
    world.pass(60).await;
    for number in 0..99 {
        assert_eq!(world.receivers.bodies(&format!("q{number}.fifo")).len(), 10);
    }
    assert_eq!(world.since("q.fifo", 10).len(), 10);
    assert_eq!(world.receivers.bodies("q99.fifo"), [""; 0]);
}

#[tokio::test]
async fn a_subscription_that_ends_during_its_replay_leaves_nothing_behind() {
    let (mut world, arn) = ten().await;
    world.receivers.set("q.fifo", Mood::Fails);
    world.replay(&arn, 0, None).await;
    world.pass(0).await;
    world.unsubscribe(&arn).await.unwrap();
    world.receivers.set("q.fifo", Mood::Takes);
    world.restart_unchanged().await;
    world.pass(60).await;
    assert_eq!(world.receivers.bodies("q.fifo").len(), 10);
    let topic = world.topic().await;
    assert_eq!(topic.replays, Default::default());
}

#[tokio::test]
async fn after_the_last_attempt_a_message_is_given_up_and_the_next_one_is_tried() {
    let (world, arn) = ten().await;
    world.receivers.set("q.fifo", Mood::Fails);
    world.replay(&arn, 8, None).await;
    world.pass(0).await;
    let attempts = 100_015;
    let id = arn.rsplit(':').next().unwrap().parse().unwrap();
    let age = |lane: &TopicLane, _: Moment<'_>| {
        use crate::model::change::Replayed;
        use crate::model::replay::Stage;
        let replay = lane.topic.as_ref().unwrap().replays.get(id).unwrap();
        let Stage::Running { cursor, at, .. } = replay.stage else { panic!("it does not run") };
        let aged = Replay { stage: Stage::Running { cursor, attempts, at }, ..*replay };
        let changed = vec![(id, aged)];
        let aged = crate::model::Change::Replayed(Replayed { changed });
        Decision::<_, _, Error>::mark(vec![aged], ())
    };
    world.sns.topics.enter(&world.arn(), age).await.unwrap();
    world.pass(20).await;
    assert_eq!(world.sns.dropped.count(), 1);
    world.receivers.set("q.fifo", Mood::Takes);
    world.pass(60).await;
    assert_eq!(world.since("q.fifo", 10), ["9"]);
}
