//! The source's side of a delivery: order, timeouts, and what happens to deliveries that are not accepted.

use std::sync::Arc;

use base::{Arn, Incarnation, Span, Timestamp};

use super::{Batch, Delivered, Sender, Sequenced};
use crate::node::Node;
use crate::plan::Trouble;

/// Delivers for one source, such as a topic.
pub struct DeliveryClient {
    node: Arc<Node>,
    sender: Sender,
}

/// A receiver, and the stream of this source to it.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'d> {
    /// The receiver.
    pub to: &'d Arn,
    /// The stream's id.
    pub stream: Incarnation,
    /// The receiver of what `to` will never accept; without one, that is dropped.
    pub dead_letters: Option<DeadLetters<'d>>,
}

/// A dead-letter queue, and the stream of dead letters to it.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetters<'d> {
    /// The queue.
    pub to: &'d Arn,
    /// The stream's id: another one than the destination's.
    pub stream: Incarnation,
}

/// How a delivery is attempted.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The first delivery is given up if it fails this time: its retries are exhausted.
    pub is_last: bool,
    /// How long the receiver may take to answer. In the last attempt the dead-letter queue has as long again.
    pub timeout: Span,
}

/// The result of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// How far it came.
    pub outcome: Outcome,
    /// How long receivers took to answer.
    pub took: Span,
    /// How many deliveries were dropped: refused, and not accepted as dead letters.
    pub dropped: usize,
}

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Each delivery has arrived, is a dead letter, or was dropped.
    Done,
    /// The outcome of the deliveries from this number on is unknown: they are to be attempted again.
    Failed(u64),
}

/// One attempt under way.
struct Running<'r> {
    client: &'r DeliveryClient,
    destination: &'r Destination<'r>,
    deadline: Timestamp,
    dead_letter_deadline: Timestamp,
    dropped: usize,
}

impl DeliveryClient {
    /// The client of a source.
    pub fn new(node: &Arc<Node>, sender: Sender) -> Self {
        DeliveryClient { node: Arc::clone(node), sender }
    }

    /// Delivers to one destination, in order. What it refuses becomes a dead letter; what neither it nor its
    /// dead-letter queue accepts is dropped.
    pub async fn deliver(
        &self,
        destination: &Destination<'_>,
        deliveries: &[Sequenced],
        attempt: Attempt,
    ) -> Report {
        let begins = self.node.timers().now();
        let deadline = begins + attempt.timeout;
        let extra = if attempt.is_last { attempt.timeout } else { Span::ZERO };
        let dead_letter_deadline = deadline + extra;
        let mut running =
            Running { client: self, destination, deadline, dead_letter_deadline, dropped: 0 };
        let outcome = running.deliver(deliveries, attempt.is_last).await;
        let took = self.node.timers().now().since(begins);
        Report { outcome, took, dropped: running.dropped }
    }

    /// Sends a batch. A receiver that does not answer in time is trouble: what has arrived all the same is known
    /// there when it is sent again.
    async fn send(&self, batch: Batch<'_>, deadline: Timestamp) -> Result<Delivered, Trouble> {
        tokio::select! {
            biased;
            delivered = self.node.targets().deliver(batch) => delivered,
            () = self.node.timers().sleep_until(deadline) => {
                Err(Trouble::Unavailable("the receiver does not answer".into()))
            }
        }
    }
}

impl Running<'_> {
    async fn deliver(&mut self, deliveries: &[Sequenced], mut is_last: bool) -> Outcome {
        let mut rest = deliveries;
        while let Some(first) = rest.first() {
            let (accepted, given_up, reason) = match self.send(rest).await {
                Ok(Delivered { accepted, refused: None }) => (accepted, 0, String::new()),
                Ok(Delivered { accepted, refused: Some(refusal) }) => {
                    (accepted, refusal.concerns(rest.len() - accepted), refusal.to_string())
                }
                Err(trouble) if is_last => (0, 1, trouble.to_string()),
                Err(trouble) => {
                    let (source, to) = (&self.client.sender.source, self.destination.to);
                    tracing::debug!(%source, %to, %trouble, "a delivery failed");
                    return Outcome::Failed(first.number);
                }
            };
            // The retries of those after the first one are not exhausted.
            is_last = false;
            let (lost, others) = rest[accepted..].split_at(given_up);
            if let Some(failed) = self.give_up(lost, &reason).await {
                return Outcome::Failed(failed);
            }
            rest = others;
        }
        Outcome::Done
    }

    /// Sends deliveries that will never be accepted to the dead-letter queue. Without one, or if that refuses
    /// them too, they are dropped. Answers the number of the first one whose outcome is unknown.
    async fn give_up(&mut self, deliveries: &[Sequenced], reason: &str) -> Option<u64> {
        let Some(queue) = &self.destination.dead_letters else {
            self.drop(deliveries, reason);
            return None;
        };
        let mut rest = deliveries;
        while let Some(first) = rest.first() {
            let Ok(Delivered { accepted, refused }) = self.send_dead_letters(queue, rest).await
            else {
                return Some(first.number);
            };
            rest = &rest[accepted..];
            if let Some(refusal) = refused {
                let (lost, others) = rest.split_at(refusal.concerns(rest.len()));
                self.drop(lost, &refusal.to_string());
                rest = others;
            }
        }
        None
    }

    fn drop(&mut self, deliveries: &[Sequenced], reason: &str) {
        let count = deliveries.len();
        if count > 0 {
            self.dropped += count;
            let (source, to) = (&self.client.sender.source, self.destination.to);
            tracing::warn!(%source, %to, deliveries = count, reason, "deliveries are dropped");
        }
    }

    async fn send(&self, deliveries: &[Sequenced]) -> Result<Delivered, Trouble> {
        let Destination { to, stream, .. } = *self.destination;
        let batch = Batch { to, sender: &self.client.sender, stream, deliveries };
        self.client.send(batch, self.deadline).await
    }

    async fn send_dead_letters(
        &self,
        queue: &DeadLetters<'_>,
        deliveries: &[Sequenced],
    ) -> Result<Delivered, Trouble> {
        let DeadLetters { to, stream } = *queue;
        let batch = Batch { to, sender: &self.client.sender, stream, deliveries };
        self.client.send(batch, self.dead_letter_deadline).await
    }
}
