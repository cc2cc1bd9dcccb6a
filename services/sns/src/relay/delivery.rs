//! Delivering a topic's messages to one subscription.

use base::{Arn, Incarnation};
use runtime::Trouble;
use runtime::delivery::{
    Attempt, DeadLetters, DeliveryClient, Destination, Outcome, Report, Sender,
};
use sha2::{Digest, Sha256};

use super::messages::MessageWriter;
use super::recipients::{Origin, RecipientBatch};
use crate::Sns;

/// Delivers messages of a topic.
pub(super) struct TopicDelivery<'t> {
    writer: MessageWriter<'t>,
    client: DeliveryClient,
}

/// The streams of a subscription. Each has another one for replays.
#[derive(Clone, Copy)]
enum Stream {
    Endpoint = 0,
    DeadLetters = 1,
}

/// The id of a stream of a subscription to this incarnation of a topic.
fn stream(topic: &Incarnation, recipient: &RecipientBatch, stream: Stream) -> Incarnation {
    let mut hash = Sha256::new();
    hash.update(topic.as_bytes());
    hash.update(recipient.id.as_bytes());
    hash.update([stream as u8]);
    if recipient.replay_base.is_some() {
        hash.update("replay");
    }
    let hash = hash.finalize();
    Incarnation::from_bytes(std::array::from_fn(|index| hash[index]))
}

impl<'t> TopicDelivery<'t> {
    pub(super) fn new(sns: &'t Sns, topic: &'t Arn, origin: Origin) -> Self {
        let node = sns.topics.node();
        let sender = Sender {
            principal: "sns.amazonaws.com",
            id: "SNS",
            source: topic.clone(),
            checked: node.targets().policies_are_checked(),
        };
        let client = DeliveryClient::new(node, sender);
        TopicDelivery { writer: MessageWriter { sns, topic, origin }, client }
    }

    /// Delivers its messages to a recipient, in order. An error concerns all recipients: messages cannot be
    /// written.
    ///
    /// What the endpoint refuses goes to the subscription's dead-letter queue. Without one, or if that
    /// refuses it too, it is dropped, as in AWS.
    /// <https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html>
    pub(super) async fn deliver(
        &self,
        recipient: &RecipientBatch,
        attempt: Attempt,
    ) -> Result<Report, Trouble> {
        let deliveries = self.writer.deliveries(recipient).await?;
        let Ok(endpoint) = recipient.endpoint.parse() else {
            let reason = format!("{} is no receiver", recipient.endpoint);
            return Err(Trouble::Unavailable(reason));
        };
        let incarnation = &self.writer.origin.incarnation;
        let redrive = recipient.attributes.redrive.as_ref();
        let dead_letters = redrive.map(|redrive| DeadLetters {
            to: redrive.target(),
            stream: stream(incarnation, recipient, Stream::DeadLetters),
        });
        let stream = stream(incarnation, recipient, Stream::Endpoint);
        let destination = Destination { to: &endpoint, stream, dead_letters };
        // The time starts now: signing the messages is not the receiver's fault.
        let report = self.client.deliver(&destination, &deliveries, attempt).await;
        self.writer.sns.dropped.add(report.dropped);
        if let Outcome::Failed(_) = report.outcome {
            tracing::debug!(topic = %self.writer.topic, subscription = ?recipient.id, "to be delivered again");
        }
        Ok(report)
    }
}
