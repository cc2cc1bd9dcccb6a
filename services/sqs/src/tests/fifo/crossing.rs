//! FIFO queues whose dead letters go to other FIFO queues.

use api::types::*;
use shape::Fault;

use super::super::crossing::arn;
use super::{World, call, pairs};
use crate::ops;

pub(super) const SOURCE: &str = "q.fifo";
pub(super) const DEAD: &str = "dlq.fifo";

/// A redrive policy to a queue.
pub(super) fn redrive(target: &str, max_receive_count: u32) -> String {
    let target = arn(target);
    format!(r#"{{"deadLetterTargetArn":"{target}","maxReceiveCount":{max_receive_count}}}"#)
}

/// A world with a FIFO queue `q.fifo` whose dead letters go to `dlq.fifo`.
pub(super) struct Pair(pub(super) World);

impl Pair {
    /// After so many receives.
    pub(super) async fn new(max_receive_count: u32) -> Self {
        let pair = Pair(World::new(&[]).await);
        pair.create(DEAD, &[]).await;
        pair.create(SOURCE, &[("RedrivePolicy", &redrive(DEAD, max_receive_count))]).await;
        pair
    }

    pub(super) async fn create(&self, queue: &str, attributes: &[(&str, &str)]) {
        let attributes = [&[("FifoQueue", "true")], attributes].concat();
        self.0.create(queue, &attributes).await.unwrap();
    }

    pub(super) async fn set(&self, queue: &str, attributes: &[(&str, &str)]) -> Result<(), Fault> {
        let attributes = pairs(attributes);
        let input = SetQueueAttributesRequest { queue_url: queue.into(), attributes };
        ops::set_queue_attributes::run(self.0.sqs.clone(), call(), input).await.map(|_| ())
    }

    /// Sends a message whose first letter is its group, with its body as its deduplication id; answers its
    /// id.
    pub(super) async fn send_to(&self, queue: &str, body: &str) -> String {
        self.send_as(queue, body, body).await.message_id.unwrap()
    }

    pub(super) async fn send_as(&self, queue: &str, body: &str, id: &str) -> SendMessageResult {
        let input = SendMessageRequest {
            queue_url: queue.into(),
            message_body: body.into(),
            message_group_id: Some(body[..1].into()),
            message_deduplication_id: Some(id.into()),
            ..Default::default()
        };
        ops::send_message::run(self.0.sqs.clone(), call(), input).await.unwrap()
    }

    pub(super) async fn send(&self, bodies: &[&str]) {
        for body in bodies {
            self.send_to(SOURCE, body).await;
        }
    }

    /// Bodies that are received at once, in order; they are visible again afterwards.
    pub(super) async fn look(&self, queue: &str) -> Vec<String> {
        bodies(&self.0.receive_from(queue, 0).await)
    }

    /// Receives what can be received, and lets what leaves arrive.
    pub(super) async fn fail(&self) -> Vec<String> {
        let failed = self.look(SOURCE).await;
        self.0.pass(1).await;
        failed
    }

    /// Visible, in flight and delayed.
    pub(super) async fn counts(&self, queue: &str) -> [usize; 3] {
        self.0.counts_of(queue).await
    }

    /// Restarts; both queues must be the same when they are loaded from the disk.
    pub(super) async fn restart(&mut self) {
        let before = (self.0.queue_named(SOURCE).await, self.0.queue_named(DEAD).await);
        self.0.restart().await;
        assert_eq!((self.0.queue_named(SOURCE).await, self.0.queue_named(DEAD).await), before);
    }
}

pub(super) fn bodies(messages: &[Message]) -> Vec<String> {
    super::bodies(messages)
}

/// A system attribute of a message.
pub(super) fn attribute<'m>(message: &'m Message, name: &str) -> Option<&'m String> {
    message.attributes.as_ref()?.get(name)
}
