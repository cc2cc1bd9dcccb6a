//! What other services deliver to queues.

use std::sync::Arc;

use api::types::Message;
use base::{Arn, Incarnation};
use runtime::Trouble;
use runtime::delivery::{
    Attribute, Batch, Delivered, Delivery, Event, EventParameters, Message as Delivering,
    MessageParameters, Refusal, Sender, Sequenced, Text, Value,
};
use store::memory::Room;

use super::World;
use super::crossing::arn;

const STREAM: Incarnation = Incarnation::from_bytes([7; 16]);

fn sender(checked: bool) -> Sender {
    let source = "arn:aws:sns:us-east-1:000000000000:news".parse().unwrap();
    Sender { principal: "sns.amazonaws.com", id: "THETOPICSERVICE", source, checked }
}

/// A message of the group `g` with its body as its deduplication id.
fn message(body: &str) -> Delivering {
    let id = |text: &str| Some(Arc::from(text));
    let parameters = MessageParameters {
        group_id: id("g"),
        deduplication_id: id(body),
        ..MessageParameters::default()
    };
    Delivering { parameters, ..Delivering::text(body) }
}

fn sequenced(number: u64, message: Delivering) -> Sequenced {
    Sequenced { number, delivery: Delivery::Message(message) }
}

fn all_of(bodies: &[(u64, &str)]) -> Vec<Sequenced> {
    bodies.iter().map(|(number, body)| sequenced(*number, message(body))).collect()
}

fn attribute(kind: &str, value: Value) -> Attribute {
    Attribute { kind: kind.into(), value }
}

impl World {
    async fn deliver_as(
        &self,
        sender: &Sender,
        queue: &str,
        deliveries: &[Sequenced],
    ) -> Result<Delivered, Trouble> {
        let to: Arn = arn(queue).parse().unwrap();
        let batch = Batch { to: &to, sender, stream: STREAM, deliveries };
        self.node.targets().deliver(batch).await
    }

    async fn deliver(&self, queue: &str, bodies: &[(u64, &str)]) -> Delivered {
        self.deliver_as(&sender(false), queue, &all_of(bodies)).await.unwrap()
    }

    async fn deliver_one(&self, queue: &str, message: Delivering) -> Delivered {
        let deliveries = [sequenced(1, message)];
        self.deliver_as(&sender(false), queue, &deliveries).await.unwrap()
    }
}

fn all(accepted: usize) -> Delivered {
    Delivered { accepted, refused: None }
}

fn reason(delivered: Delivered) -> String {
    match delivered.refused {
        Some(Refusal::Denied(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

fn system<'m>(message: &'m Message, name: &str) -> Option<&'m str> {
    message.attributes.as_ref()?.get(name).map(String::as_str)
}

#[tokio::test]
async fn a_delivery_is_a_message_with_its_attributes_its_trace_and_its_sender() {
    let world = World::new(&[]).await;
    let attributes = [
        ("text", attribute("String.Array", Value::Text(r#"["a"]"#.into()))),
        ("bytes", attribute("Binary", Value::Bytes("b".into()))),
    ];
    let attributes = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let trace_header = Some(Arc::from("Root=1-5759e988-bd862e3fe1be46a994272793"));
    let hello = message("hello");
    let parameters = MessageParameters { trace_header, ..hello.parameters };
    let message = Delivering { attributes: Arc::new(attributes), parameters, ..hello };
    assert_eq!(world.deliver_one("q", message).await, all(1));
    let received = world.receive_from("q", 30).await.remove(0);
    assert_eq!(received.body.as_deref(), Some("hello"));
    assert_eq!(received.md5_of_body.as_deref(), Some("5d41402abc4b2a76b9719d911017c592"));
    assert!(received.md5_of_message_attributes.is_some());
    let attributes = received.message_attributes.as_ref().unwrap();
    assert_eq!(attributes["text"].data_type, "String.Array");
    assert_eq!(attributes["text"].string_value.as_deref(), Some(r#"["a"]"#));
    assert_eq!(attributes["bytes"].binary_value.as_deref(), Some(&b"b"[..]));
    assert_eq!(system(&received, "SenderId"), Some("THETOPICSERVICE"));
    assert!(system(&received, "AWSTraceHeader").is_some());
    assert_eq!(
        system(&received, "MessageGroupId"),
        Some("g"),
        "groups are fair shares in a standard queue"
    );
}

#[tokio::test]
async fn what_is_delivered_again_after_a_crash_is_there_once() {
    let mut world = World::new(&[]).await;
    assert_eq!(world.deliver("q", &[(1, "a"), (2, "b")]).await, all(2));
    world.restart().await;
    assert_eq!(world.deliver("q", &[(1, "a"), (2, "b"), (5, "c")]).await, all(3));
    world.restart().await;
    assert_eq!(world.bodies("q").await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_hundred_deliveries_are_one_commit() {
    let world = World::new(&[]).await;
    let before = world.node.slots().store().stats().commits;
    let texts: Vec<String> = (1..=100).map(|number| number.to_string()).collect();
    let bodies: Vec<_> = (1..=100).zip(texts.iter().map(String::as_str)).collect();
    assert_eq!(world.deliver("q", &bodies).await, all(100));
    assert_eq!(world.node.slots().store().stats().commits - before, 1);
    assert_eq!(world.counts().await, [100, 0, 0]);
}

#[tokio::test]
async fn deliveries_too_large_for_one_commit_all_arrive() {
    let world = World::new(&[]).await;
    let body = "x".repeat(1 << 20);
    let bodies: Vec<_> = (1..=20).map(|number| (number, &body[..])).collect();
    assert_eq!(world.deliver("q", &bodies).await, all(20));
    assert_eq!(world.counts().await, [20, 0, 0]);
}

#[tokio::test]
async fn what_no_queue_takes_is_refused_and_what_came_before_it_is_there() {
    let world = World::new(&[]).await;
    let mut brought = all_of(&[(1, "a"), (2, "bad\u{1}"), (3, "c")]);
    let delivered = world.deliver_as(&sender(false), "q", &brought).await.unwrap();
    assert_eq!(delivered.accepted, 1);
    assert!(reason(delivered).starts_with("Invalid characters found."));
    brought.remove(1);
    let delivered = world.deliver_as(&sender(false), "q", &brought).await.unwrap();
    assert_eq!(delivered, all(2), "the sender has settled it, and goes on");
    assert_eq!(world.bodies("q").await, ["a", "c"]);
}

#[tokio::test]
async fn more_than_ten_attributes_are_refused_as_sendmessage_does() {
    let world = World::new(&[]).await;
    let some = |count: usize| {
        let one = |n: usize| (format!("a{n}"), attribute("String", Value::Text("x".into())));
        Delivering { attributes: Arc::new((0..count).map(one).collect()), ..message("hello") }
    };
    let delivered = world.deliver_one("q", some(11)).await;
    assert!(reason(delivered).contains("[11] exceeds the allowed maximum [10]"));
    assert_eq!(world.deliver_one("q", some(10)).await, all(1));
}

#[tokio::test]
async fn a_queue_takes_no_more_than_its_maximum_size_and_delays_as_it_is_told() {
    let world = World::new(&[("MaximumMessageSize", "1024"), ("DelaySeconds", "5")]).await;
    let delivered = world.deliver("q", &[(1, "small"), (2, &"x".repeat(1025))]).await;
    assert_eq!(delivered.accepted, 1);
    assert!(reason(delivered).contains("must be shorter than 1024 bytes"));
    assert_eq!(world.counts().await, [0, 0, 1]);
    world.pass(5).await;
    assert_eq!(world.bodies("q").await, ["small"]);
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_gone() {
    let world = World::new(&[]).await;
    let gone = Delivered { accepted: 0, refused: Some(Refusal::Gone) };
    assert_eq!(world.deliver("nobody", &[(1, "a")]).await, gone);
}

#[tokio::test]
async fn a_full_disk_is_trouble_and_the_message_may_come_again() {
    let world = World::new(&[]).await;
    world.controls.set_room(Room::OnlyToFree);
    let brought = all_of(&[(1, "a")]);
    assert!(world.deliver_as(&sender(false), "q", &brought).await.is_err());
    world.controls.set_room(Room::Plenty);
    assert_eq!(world.deliver_as(&sender(false), "q", &brought).await, Ok(all(1)));
    assert_eq!(world.bodies("q").await, ["a"]);
}

#[tokio::test]
async fn a_fifo_queue_keeps_the_order_and_counts_a_duplicate_as_taken() {
    let world = World::new(&[]).await;
    world.create("q.fifo", &[("FifoQueue", "true")]).await.unwrap();
    let brought = [(1, "a"), (2, "b"), (3, "a"), (4, "c")];
    assert_eq!(world.deliver("q.fifo", &brought).await, all(4));
    let received = world.receive_from("q.fifo", 30).await;
    let bodies: Vec<_> = received.iter().filter_map(|message| message.body.as_deref()).collect();
    assert_eq!(bodies, ["a", "b", "c"]);
    assert_eq!(system(&received[0], "MessageGroupId"), Some("g"));
    assert_eq!(system(&received[0], "MessageDeduplicationId"), Some("a"));
}

#[tokio::test]
async fn a_fifo_queue_needs_a_group_and_an_id_or_content_to_know_a_message_by() {
    let world = World::new(&[]).await;
    world.create("q.fifo", &[("FifoQueue", "true")]).await.unwrap();
    let none = world.deliver_one("q.fifo", Delivering::text("a")).await;
    assert!(reason(none).contains("MessageGroupId"));
    let group_only = || {
        let mut message = message("a");
        message.parameters.deduplication_id = None;
        message
    };
    let no_id = world.deliver_one("q.fifo", group_only()).await;
    assert!(reason(no_id).contains("ContentBasedDeduplication"));
    let content = [("FifoQueue", "true"), ("ContentBasedDeduplication", "true")];
    world.create("content.fifo", &content).await.unwrap();
    let twice = [1, 2].map(|number| sequenced(number, group_only()));
    let delivered = world.deliver_as(&sender(false), "content.fifo", &twice).await;
    assert_eq!(delivered, Ok(all(2)));
    assert_eq!(world.bodies("content.fifo").await, ["a"]);
}

#[tokio::test]
async fn where_callers_are_authorized_the_queues_policy_must_let_the_service_in() {
    let world = World::new(&[]).await;
    let brought = all_of(&[(1, "a")]);
    let delivered = world.deliver_as(&sender(true), "q", &brought).await.unwrap();
    assert!(reason(delivered).starts_with("sns.amazonaws.com is not authorized"));
    let queue = arn("q");
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Service":"sns.amazonaws.com"}},"Action":"sqs:SendMessage","Resource":"{queue}","Condition":{{"ArnEquals":{{"aws:SourceArn":"arn:aws:sns:us-east-1:000000000000:news"}}}}}}}}"#
    );
    world.set(&[("Policy", &policy)]).await.unwrap();
    assert_eq!(world.deliver_as(&sender(true), "q", &brought).await, Ok(all(1)));
    world.set(&[("Policy", "")]).await.unwrap();
    let again = all_of(&[(1, "a"), (2, "b")]);
    let delivered = world.deliver_as(&sender(true), "q", &again).await.unwrap();
    assert_eq!(delivered.accepted, 1, "what was taken is there, whoever is let in now");
    assert_eq!(world.bodies("q").await, ["a"]);
}

#[tokio::test]
async fn a_queue_accepts_messages_and_refuses_events_by_name() {
    let world = World::new(&[]).await;
    let event = Event { payload: Text::shared("{}"), parameters: EventParameters::default() };
    let event = Sequenced { number: 2, delivery: Delivery::Event(event) };
    let batch = [sequenced(1, message("a")), event, sequenced(3, message("b"))];
    let delivered = world.deliver_as(&sender(false), "q", &batch).await.unwrap();
    assert_eq!(delivered.accepted, 1);
    assert!(reason(delivered).starts_with("an event cannot be delivered to arn:aws:sqs:"));
    assert_eq!(world.bodies("q").await, ["a"]);
}
