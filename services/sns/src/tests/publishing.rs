//! What is published stands in the topic's log.

use super::*;
use crate::model::message_attributes::AttributeValue;

fn bodies(entries: &[LogEntry]) -> Vec<&str> {
    entries
        .iter()
        .filter_map(|entry| match entry {
            LogEntry::Message(message) => Some(message.body.as_str()),
            LogEntry::Confirmation(_) => None,
        })
        .collect()
}

const FIFO: &[(&str, &str)] = &[("FifoTopic", "true")];

impl World {
    async fn batch(
        &self,
        entries: Vec<PublishBatchRequestEntry>,
    ) -> Result<PublishBatchResponse, Fault> {
        let input = PublishBatchInput {
            topic_arn: self.topic.clone(),
            publish_batch_request_entries: entries,
        };
        ops::publish_batch::run(self.sns.clone(), call(), input).await
    }
}

fn entry(id: &str, message: &str) -> PublishBatchRequestEntry {
    PublishBatchRequestEntry { id: id.into(), message: message.into(), ..Default::default() }
}

#[tokio::test]
async fn a_message_is_there_with_all_that_was_given_when_its_id_is_answered() {
    let mut world = World::new("orders", &[]).await;
    let value = MessageAttributeValue {
        data_type: "String.Array".into(),
        string_value: Some(r#"["a"]"#.into()),
        binary_value: None,
    };
    let input = PublishInput {
        topic_arn: Some(world.topic.clone()),
        message: r#"{"default":"d","sqs":"q"}"#.into(),
        message_structure: Some("json".into()),
        subject: Some("about".into()),
        message_attributes: Some([("n".to_owned(), value)].into()),
        message_group_id: Some("g".into()),
        ..PublishInput::default()
    };
    let published = ops::publish::run(world.sns.clone(), call(), input).await.unwrap();
    assert_eq!(published.sequence_number, None);
    world.restart_unchanged().await;
    let entries = world.entries(0).await;
    let [LogEntry::Message(message)] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(Some(message.id.to_string()), published.message_id);
    assert_eq!((message.body_for("sqs"), message.body_for("lambda")), ("q", "d"));
    assert_eq!(message.subject.as_deref(), Some("about"));
    assert_eq!(message.attributes["n"].value, AttributeValue::Text(r#"["a"]"#.into()));
    assert_eq!((message.group_id.as_deref(), &message.deduplication_id), (Some("g"), &None));
    assert_eq!(message.publisher, "000000000000");
    assert_eq!(message.published, base::Timestamp::from_millis(1_000_000));
}

#[tokio::test]
async fn messages_stand_in_the_order_of_their_answers_across_restarts() {
    let mut world = World::new("orders", &[]).await;
    for batch in 0..3 {
        for number in 0..5 {
            world.publish(&format!("{batch}-{number}"), None).await.unwrap();
        }
        world.restart_unchanged().await;
    }
    let entries = world.entries(4).await;
    assert_eq!(bodies(&entries)[..3], ["0-4", "1-0", "1-1"]);
    assert_eq!(entries.len(), 11);
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_the_topic_says_what_that_is() {
    let world = World::new("orders", &[]).await;
    assert!(world.publish(&"x".repeat(262_144), None).await.is_ok());
    let refused = world.publish(&"x".repeat(262_145), None).await.unwrap_err();
    assert_eq!(refused.message, "Invalid parameter: Message too long");
    world.set("MaximumMessageSize", "1048576").await.unwrap();
    assert!(world.publish(&"x".repeat(1_048_576), None).await.is_ok());
    assert_eq!(
        world.publish("", None).await.unwrap_err().message,
        "Invalid parameter: Empty message"
    );
}

#[tokio::test]
async fn a_duplicate_is_answered_like_its_original_for_five_minutes() {
    let mut world = World::new("orders.fifo", FIFO).await;
    let first = world.publish("one", Some(("g", Some("d")))).await.unwrap();
    assert_eq!(first.1.as_deref(), Some("10000000000000000000"));
    world.restart_unchanged().await;
    world.pass(299).await;
    assert_eq!(world.publish("two", Some(("h", Some("d")))).await.unwrap(), first);
    world.pass(1).await;
    let later = world.publish("three", Some(("g", Some("d")))).await.unwrap();
    assert_eq!(later.1.as_deref(), Some("10000000000000000001"));
    assert_eq!(bodies(&world.entries(0).await), ["one", "three"]);
    world.pass(301).await;
    world.restart_unchanged().await;
    assert_eq!(world.topic().await.seen, Default::default(), "it is forgotten");
}

#[tokio::test]
async fn content_and_groups_are_what_counts_where_a_topic_is_set_so() {
    let world = World::new("orders.fifo", FIFO).await;
    let refused = world.publish("one", Some(("g", None))).await.unwrap_err();
    assert!(refused.message.contains("ContentBasedDeduplication enabled"), "{}", refused.message);
    world.set("ContentBasedDeduplication", "true").await.unwrap();
    let first = world.publish("one", Some(("g", None))).await.unwrap();
    assert_eq!(world.publish("one", Some(("h", None))).await.unwrap(), first);
    world.set("FifoThroughputScope", "MessageGroup").await.unwrap();
    let other = world.publish("one", Some(("h", None))).await.unwrap();
    assert_ne!(other, first);
    assert_eq!(world.publish("one", Some(("h", None))).await.unwrap(), other);
}

#[tokio::test]
async fn entries_of_a_batch_succeed_or_fail_for_themselves() {
    let world = World::new("orders", &[]).await;
    let broken = PublishBatchRequestEntry { subject: Some(String::new()), ..entry("b", "two") };
    let answer = world.batch(vec![entry("a", "one"), broken, entry("c", "three")]).await.unwrap();
    let ids: Vec<_> =
        answer.successful.unwrap().into_iter().map(|entry| entry.id.unwrap()).collect();
    assert_eq!(ids, ["a", "c"]);
    let failed = answer.failed.unwrap();
    assert_eq!((&failed[0].id[..], &failed[0].code[..]), ("b", "InvalidParameter"));
    assert!(failed[0].sender_fault);
    assert_eq!(bodies(&world.entries(0).await), ["one", "three"]);
}

#[tokio::test]
async fn a_batch_is_as_large_as_a_message_may_be() {
    let world = World::new("orders", &[]).await;
    let half = "x".repeat(131_072);
    assert!(world.batch(vec![entry("a", &half), entry("b", &half)]).await.is_ok());
    let more = format!("{half}x");
    let refused = world.batch(vec![entry("a", &half), entry("b", &more)]).await.unwrap_err();
    assert_eq!(refused.code, "BatchRequestTooLong");
}

#[tokio::test]
async fn a_fifo_batch_is_deduplicated_within_itself_and_in_order() {
    let world = World::new("orders.fifo", FIFO).await;
    let fifo = |id: &str, message: &str, deduplication: &str| PublishBatchRequestEntry {
        message_group_id: Some("g".into()),
        message_deduplication_id: Some(deduplication.into()),
        ..entry(id, message)
    };
    let batch = vec![fifo("1", "one", "d"), fifo("2", "again", "d"), fifo("3", "two", "e")];
    let successful = world.batch(batch).await.unwrap().successful.unwrap();
    assert_eq!(successful[0].message_id, successful[1].message_id);
    assert_eq!(successful[2].sequence_number.as_deref(), Some("10000000000000000001"));
    assert_eq!(bodies(&world.entries(0).await), ["one", "two"]);
    let refused = world.batch(vec![fifo("1", "x", "f"), entry("2", "y")]).await.unwrap_err();
    assert!(refused.message.contains("MessageGroupId parameter is required"));
    let lacks = PublishBatchRequestEntry { message_group_id: Some("g".into()), ..entry("2", "y") };
    let refused = world.batch(vec![fifo("1", "x", "f"), lacks]).await.unwrap_err();
    assert!(refused.message.contains("MessageDeduplicationId provided explicitly"));
}
