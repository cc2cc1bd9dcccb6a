//! What is published reaches every subscription that it is for.

use serde_json::Value;

use super::*;

const FIFO: &[(&str, &str)] = &[("FifoTopic", "true"), ("ContentBasedDeduplication", "true")];

impl World {
    /// Publishes with one attribute.
    pub(super) async fn publish_with(
        &self,
        message: &str,
        (name, kind, value): (&str, &str, &str),
    ) {
        let attribute = MessageAttributeValue {
            data_type: kind.into(),
            string_value: Some(value.into()),
            binary_value: None,
        };
        let input = PublishInput {
            topic_arn: Some(self.topic.clone()),
            message: message.into(),
            message_attributes: Some([(name.to_owned(), attribute)].into()),
            ..PublishInput::default()
        };
        ops::publish::run(self.sns.clone(), call(), input).await.unwrap();
    }
}

#[tokio::test]
async fn every_subscription_gets_every_message_once_and_in_order() {
    let mut world = World::delivering("orders", &[]).await;
    for queue in ["a", "b", "c"] {
        world.subscribe(call(), queue, &[RAW]).await.unwrap();
    }
    for message in ["1", "2", "3"] {
        world.publish(message, None).await.unwrap();
    }
    world.pass(0).await;
    world.restart_unchanged().await;
    world.publish("4", None).await.unwrap();
    world.pass(0).await;
    for queue in ["a", "b", "c"] {
        assert_eq!(world.receivers.bodies(queue), ["1", "2", "3", "4"]);
    }
    assert_eq!(world.entries(0).await, [], "and nothing stays behind");
    let topic = world.topic().await;
    assert_eq!((topic.relay.deliver_at, topic.relay.delivered, topic.end.0), (None, topic.end, 4));
}

#[tokio::test]
async fn a_position_is_not_used_twice_when_all_is_delivered_and_released() {
    let mut world = World::delivering("orders.fifo", FIFO).await;
    for batch in 0..3 {
        let (_, number) = world.publish(&batch.to_string(), Some(("g", None))).await.unwrap();
        assert_eq!(number, Some(format!("1000000000000000000{batch}")));
        world.pass(0).await;
        world.restart_unchanged().await;
    }
}

#[tokio::test]
async fn a_subscription_gets_what_is_published_after_it() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe(call(), "a", &[RAW]).await.unwrap();
    world.publish("before", None).await.unwrap();
    world.subscribe(call(), "b", &[RAW]).await.unwrap();
    world.publish("after", None).await.unwrap();
    world.pass(0).await;
    assert_eq!(world.receivers.bodies("a"), ["before", "after"]);
    assert_eq!(world.receivers.bodies("b"), ["after"]);
}

#[tokio::test]
async fn filters_of_attributes_and_of_bodies_choose() {
    let world = World::delivering("orders", &[]).await;
    let reds = ("FilterPolicy", r#"{"colour":["red"]}"#);
    world.subscribe(call(), "reds", &[RAW, reds]).await.unwrap();
    let large = ("FilterPolicy", r#"{"size":{"cm":[{"numeric":[">",10]}]}}"#);
    let body = ("FilterPolicyScope", "MessageBody");
    world.subscribe(call(), "large", &[RAW, large, body]).await.unwrap();
    world.subscribe(call(), "all", &[RAW]).await.unwrap();
    world.publish_with("r", ("colour", "String", "red")).await;
    world.publish_with("b", ("colour", "String", "blue")).await;
    world.publish(r#"{"size":{"cm":11}}"#, None).await.unwrap();
    world.publish(r#"{"size":{"cm":10}}"#, None).await.unwrap();
    world.pass(0).await;
    assert_eq!(world.receivers.bodies("reds"), ["r"]);
    assert_eq!(world.receivers.bodies("large"), [r#"{"size":{"cm":11}}"#]);
    assert_eq!(world.receivers.bodies("all").len(), 4);
}

#[tokio::test]
async fn a_filter_that_changes_holds_from_then_on() {
    let mut world = World::delivering("orders", &[]).await;
    let none = ("FilterPolicy", r#"{"colour":["none"]}"#);
    let arn = world.subscribe(call(), "q", &[RAW, none]).await.unwrap();
    world.publish("1", None).await.unwrap();
    world.pass(0).await;
    world.restart().await;
    world.set_subscription(&arn, "FilterPolicy", "{}").await.unwrap();
    world.publish("2", None).await.unwrap();
    world.pass(0).await;
    world.set_subscription(&arn, "FilterPolicy", none.1).await.unwrap();
    world.publish("3", None).await.unwrap();
    world.pass(0).await;
    assert_eq!(world.receivers.bodies("q"), ["2"]);
}

#[tokio::test]
async fn without_raw_delivery_a_signed_document_comes_with_all_in_it() {
    let world = World::delivering("orders", &[]).await;
    let arn = world.subscribe(call(), "q", &[]).await.unwrap();
    world.publish_with("hello", ("colour", "String", "red")).await;
    world.pass(0).await;
    let bodies = world.receivers.bodies("q");
    let document: Value = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!(
        (&document["Type"], &document["Message"]),
        (&"Notification".into(), &"hello".into())
    );
    assert_eq!(document["MessageAttributes"]["colour"]["Value"], "red");
    assert_eq!(document["SignatureVersion"], "1");
    assert!(document["Signature"].as_str().unwrap().len() > 300);
    let certificate = document["SigningCertURL"].as_str().unwrap();
    assert!(certificate.starts_with("http://localhost:4566/SimpleNotificationService-"));
    assert!(document["UnsubscribeURL"].as_str().unwrap().ends_with(&arn));
    let file = certificate.strip_prefix("http://localhost:4566").unwrap();
    assert!(world.sns.signing.file(file).await.unwrap().is_some());
    assert!(world.receivers.messages("q")[0].attributes.is_empty());
}

#[tokio::test]
async fn with_raw_delivery_the_message_comes_as_it_was() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe(call(), "q", &[RAW]).await.unwrap();
    world.publish_with("hello", ("colour", "String", "red")).await;
    let input = PublishInput {
        topic_arn: Some(world.topic.clone()),
        message: r#"{"default":"d","sqs":"q"}"#.into(),
        message_structure: Some("json".into()),
        message_group_id: Some("g".into()),
        ..PublishInput::default()
    };
    ops::publish::run(world.sns.clone(), call(), input).await.unwrap();
    world.pass(0).await;
    let messages = world.receivers.messages("q");
    assert_eq!(
        (&messages[0].body[..], &messages[0].attributes["colour"].kind[..]),
        ("hello", "String")
    );
    assert_eq!(
        (&messages[1].body[..], messages[1].parameters.group_id.as_deref()),
        ("q", Some("g"))
    );
}

#[tokio::test]
async fn fifo_topics_give_their_ids_and_numbers_and_no_signature() {
    let world = World::delivering("orders.fifo", FIFO).await;
    world.subscribe(call(), "raw.fifo", &[RAW]).await.unwrap();
    world.subscribe(call(), "q.fifo", &[]).await.unwrap();
    world.publish("1", Some(("g", Some("d")))).await.unwrap();
    world.publish("again", Some(("g", Some("d")))).await.unwrap();
    world.pass(0).await;
    let messages = world.receivers.messages("raw.fifo");
    assert_eq!(messages.len(), 1);
    let ids = (
        messages[0].parameters.group_id.as_deref(),
        messages[0].parameters.deduplication_id.as_deref(),
    );
    assert_eq!(ids, (Some("g"), Some("d")));
    let document: Value = serde_json::from_str(&world.receivers.bodies("q.fifo")[0]).unwrap();
    assert_eq!(document["SequenceNumber"], "10000000000000000000");
    assert_eq!(document.get("Signature"), None);
}

#[tokio::test]
async fn the_owner_of_a_queue_is_asked_to_confirm_and_gets_messages_from_then_on() {
    let world = World::delivering("orders", &[]).await;
    world.subscribe(stranger(), "q", &[RAW]).await.unwrap();
    world.publish("before", None).await.unwrap();
    world.pass(0).await;
    let asked = world.receivers.bodies("q");
    let document: Value = serde_json::from_str(&asked[0]).unwrap();
    assert_eq!((asked.len(), &document["Type"]), (1, &"SubscriptionConfirmation".into()));
    let token = document["Token"].as_str().unwrap();
    assert!(document["SubscribeURL"].as_str().unwrap().ends_with(token));
    world.confirm(stranger(), token).await.unwrap();
    world.publish("after", None).await.unwrap();
    world.pass(0).await;
    assert_eq!(world.receivers.bodies("q")[1..], ["after"]);
}

#[tokio::test]
async fn a_subscription_that_has_ended_and_a_topic_that_is_deleted_deliver_nothing() {
    let world = World::delivering("orders", &[]).await;
    let arn = world.subscribe(call(), "a", &[RAW]).await.unwrap();
    world.subscribe(call(), "b", &[RAW]).await.unwrap();
    world.publish("1", None).await.unwrap();
    world.pass(0).await;
    world.unsubscribe(&arn).await.unwrap();
    world.publish("2", None).await.unwrap();
    world.pass(0).await;
    world.publish("3", None).await.unwrap();
    world.delete().await;
    let streams = world.receivers.streams();
    world.create("orders", &[]).await.unwrap();
    world.subscribe(call(), "b", &[RAW]).await.unwrap();
    world.publish("4", None).await.unwrap();
    world.pass(0).await;
    assert_eq!(world.receivers.bodies("a"), ["1"]);
    let b = world.receivers.bodies("b");
    assert_eq!((&b[..2], b.last()), (&["1".to_owned(), "2".into()][..], Some(&"4".into())));
    assert_eq!(world.receivers.streams(), streams + 1, "it starts anew");
}

#[tokio::test]
async fn a_thousand_messages_and_subscriptions_take_many_batches_and_pages() {
    let world = World::delivering("orders", &[]).await;
    for queue in 0..600 {
        let filter = format!(r#"{{"for":["{queue}"]}}"#);
        let filter = ("FilterPolicy", if queue < 300 { "{}" } else { &filter });
        world.subscribe(call(), &format!("q{queue}"), &[RAW, filter]).await.unwrap();
    }
    for message in 0..250 {
        world.publish_with(&message.to_string(), ("for", "String", "599")).await;
    }
    world.pass(0).await;
    let all: Vec<String> = (0..250).map(|message: u32| message.to_string()).collect();
    for queue in ["q0", "q299", "q599"] {
        assert_eq!(world.receivers.bodies(queue), all, "{queue}");
    }
    assert_eq!(world.receivers.attempts("q300"), 0);
}
