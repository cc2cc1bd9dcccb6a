//! FIFO queues as a whole, without a server.

mod crossing;
mod dead_letters;
mod deduplication;
mod model;
mod moves;
mod order;
mod pages;
mod random;
mod random_redrive;
mod redrive_model;

use api::types::*;
use shape::Fault;

use super::{World, call, pairs};
use crate::model::{Queue, testing};
use crate::ops;

const URL: &str = "orders.fifo";

/// A world whose test is about a FIFO queue.
pub(super) struct FifoWorld(World);

impl FifoWorld {
    /// A new world with an empty FIFO queue.
    async fn new(attributes: &[(&str, &str)]) -> Self {
        let world = World::new(&[]).await;
        let attributes = [&[("FifoQueue", "true")], attributes].concat();
        let attributes = Some(pairs(&attributes));
        let input = CreateQueueRequest { queue_name: URL.into(), attributes, tags: None };
        ops::create_queue::run(world.sqs.clone(), call(), input).await.unwrap();
        FifoWorld(world)
    }

    async fn send(&self, body: &str, group: &str, id: Option<&str>) -> Result<Sent, Fault> {
        let input = SendMessageRequest {
            queue_url: URL.into(),
            message_body: body.into(),
            message_group_id: Some(group.into()),
            message_deduplication_id: id.map(str::to_owned),
            ..Default::default()
        };
        let sent = ops::send_message::run(self.0.sqs.clone(), call(), input).await?;
        Ok((sent.message_id.unwrap(), sent.sequence_number.unwrap()))
    }

    /// Sends messages whose deduplication ids are their bodies: (body, group).
    async fn send_all(&self, messages: &[(&str, &str)]) {
        for (body, group) in messages {
            self.send(body, group, Some(body)).await.unwrap();
        }
    }

    /// Sends a batch of (body, group, deduplication id).
    async fn send_batch(&self, messages: &[(String, String, String)]) -> Vec<Sent> {
        let entry = |(number, (body, group, id)): (usize, &(String, String, String))| {
            SendMessageBatchRequestEntry {
                id: number.to_string(),
                message_body: body.clone(),
                message_group_id: Some(group.clone()),
                message_deduplication_id: Some(id.clone()),
                ..Default::default()
            }
        };
        let entries = messages.iter().enumerate().map(entry).collect();
        let input = SendMessageBatchRequest { queue_url: URL.into(), entries };
        let sent = ops::send_message_batch::run(self.0.sqs.clone(), call(), input).await.unwrap();
        assert_eq!(sent.failed, []);
        let sent = sent.successful.into_iter();
        sent.map(|one| (one.message_id, one.sequence_number.unwrap())).collect()
    }

    async fn receive(&self, most: i32, visibility: i32) -> Vec<Message> {
        self.receive_as(most, visibility, None).await
    }

    async fn receive_as(&self, most: i32, visibility: i32, attempt: Option<&str>) -> Vec<Message> {
        let input = ReceiveMessageRequest {
            queue_url: URL.into(),
            max_number_of_messages: Some(most),
            visibility_timeout: Some(visibility),
            attribute_names: Some(vec!["All".into()]),
            receive_request_attempt_id: attempt.map(str::to_owned),
            ..Default::default()
        };
        let received = ops::receive_message::run(self.0.sqs.clone(), call(), input).await.unwrap();
        received.messages.unwrap_or_default()
    }

    /// Receives as many as possible for 30 seconds, and gives their bodies.
    async fn bodies(&self) -> Vec<String> {
        bodies(&self.receive(10, 30).await)
    }

    async fn delete(&self, handle: &str) -> Result<(), Fault> {
        let input = DeleteMessageRequest { queue_url: URL.into(), receipt_handle: handle.into() };
        ops::delete_message::run(self.0.sqs.clone(), call(), input).await.map(|_| ())
    }

    async fn change(&self, handle: &str, timeout: i32) -> Result<(), Fault> {
        let input = ChangeMessageVisibilityRequest {
            queue_url: URL.into(),
            receipt_handle: handle.into(),
            visibility_timeout: timeout,
        };
        ops::change_message_visibility::run(self.0.sqs.clone(), call(), input).await.map(|_| ())
    }

    async fn set(&self, attributes: &[(&str, &str)]) -> Result<(), Fault> {
        let attributes = pairs(attributes);
        let input = SetQueueAttributesRequest { queue_url: URL.into(), attributes };
        ops::set_queue_attributes::run(self.0.sqs.clone(), call(), input).await.map(|_| ())
    }

    async fn purge(&self) {
        let input = PurgeQueueRequest { queue_url: URL.into() };
        ops::purge_queue::run(self.0.sqs.clone(), call(), input).await.unwrap();
    }

    async fn attributes(&self) -> std::collections::BTreeMap<String, String> {
        let attribute_names = Some(vec!["All".into()]);
        let input = GetQueueAttributesRequest { queue_url: URL.into(), attribute_names };
        let sqs = self.0.sqs.clone();
        ops::get_queue_attributes::run(sqs, call(), input).await.unwrap().attributes.unwrap()
    }

    /// Visible, in flight, delayed.
    async fn counts(&self) -> [usize; 3] {
        let found = self.attributes().await;
        let names =
            ["", "NotVisible", "Delayed"].map(|kind| format!("ApproximateNumberOfMessages{kind}"));
        names.map(|name| found[&name].parse().unwrap())
    }

    async fn queue(&self) -> Queue {
        let arn = self.0.sqs.queue(&call(), URL).unwrap();
        let copy = |lane: &crate::model::QueueLane, _: runtime::Moment<'_>| {
            runtime::Decision::<_, _, runtime::Trouble>::answer(lane.queue.clone().unwrap())
        };
        testing::without_caches(self.0.sqs.queues.enter(&arn, copy).await.unwrap())
    }

    /// Restarts; the queue must be the same when it is loaded from the disk.
    async fn restart(&mut self) {
        let before = self.queue().await;
        self.0.restart().await;
        assert_eq!(self.queue().await, before);
    }
}

/// A message's id and sequence number.
type Sent = (String, String);

fn bodies(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.body.clone().unwrap()).collect()
}

fn handle(message: &Message) -> &str {
    message.receipt_handle.as_deref().unwrap()
}
