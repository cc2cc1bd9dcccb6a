//! Bringing letters to one receiver, and what is done with those that it does not take.

use base::{Arn, Incarnation, Span, Timestamp};
use runtime::Trouble;
use runtime::targets::{Delivered, Delivery, Parcel, Refusal, Sender};
use sha2::{Digest, Sha256};
use store::Position;

use super::letter::Writer;
use super::round::{Addressee, Origin};
use crate::Sns;

/// Who brings letters of a topic.
pub(super) struct Courier<'c> {
    writer: Writer<'c>,
    sender: Sender,
}

/// How a delivery is tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    /// Whether a message that cannot be brought now is given up.
    pub(super) is_last: bool,
    /// How long the receiver may take to answer; in the last attempt its dead-letter queue as long again.
    pub(super) patience: Span,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tried {
    pub(super) outcome: Outcome,
    /// How long receivers took.
    pub(super) took: Span,
}

/// Until when receivers may answer.
#[derive(Clone, Copy)]
struct Until {
    until: Timestamp,
    dead_letters_until: Timestamp,
}

/// What came of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Everything has arrived, or will never be taken and is where such messages go.
    Done,
    /// From this position on nobody knows; it is to be tried again.
    Failed(Position),
}

/// Where letters of a subscription go: each has a stream of its own, and another one for replays.
#[derive(Clone, Copy)]
enum Way {
    Endpoint = 0,
    DeadLetters = 1,
}

/// The stream of a subscription of a topic's life.
fn stream(life: &Incarnation, addressee: &Addressee, way: Way) -> Incarnation {
    let mut hash = Sha256::new();
    hash.update(life.as_bytes());
    hash.update(addressee.id.as_bytes());
    hash.update([way as u8]);
    if addressee.replay_base.is_some() {
        hash.update("replay");
    }
    let hash = hash.finalize();
    Incarnation::from_bytes(std::array::from_fn(|index| hash[index]))
}

impl<'c> Courier<'c> {
    pub(super) fn new(sns: &'c Sns, topic: &'c Arn, origin: Origin) -> Self {
        let sender = Sender {
            principal: "sns.amazonaws.com",
            id: "SNS",
            source: topic.clone(),
            checked: sns.topics.node().targets().policies_are_checked(),
        };
        Courier { writer: Writer { sns, topic, origin }, sender }
    }

    /// Brings an addressee its messages, in order. An error concerns all addressees: letters cannot be
    /// written.
    pub(super) async fn deliver(
        &self,
        addressee: &Addressee,
        attempt: Attempt,
    ) -> Result<Tried, Trouble> {
        let parcels = self.writer.parcels(addressee).await?;
        let Ok(endpoint) = addressee.endpoint.parse() else {
            let reason = format!("{} is no receiver", addressee.endpoint);
            return Err(Trouble::Unavailable(reason));
        };
        // Letters may have waited for their signatures: that is not their receiver's fault.
        let timers = self.writer.sns.topics.node().timers();
        let begins = timers.now();
        let until = begins + attempt.patience;
        let dead_letters_until = if attempt.is_last { until + attempt.patience } else { until };
        let until = Until { until, dead_letters_until };
        let outcome =
            self.bring_all(&endpoint, addressee, &parcels, (attempt.is_last, until)).await;
        Ok(Tried { outcome, took: timers.now().since(begins) })
    }

    async fn bring_all(
        &self,
        endpoint: &Arn,
        addressee: &Addressee,
        parcels: &[Parcel],
        (mut is_last, until): (bool, Until),
    ) -> Outcome {
        let mut rest = parcels;
        while let Some(first) = rest.first() {
            let (accepted, given_up, reason) = match self
                .bring(endpoint, (addressee, Way::Endpoint), rest, until.until)
                .await
            {
                Ok(Delivered { accepted, refused: None }) => (accepted, 0, String::new()),
                Ok(Delivered { accepted, refused: Some(refusal) }) => {
                    let behind = rest.len() - accepted;
                    (accepted, refusal.concerns(behind), refusal.reason())
                }
                Err(trouble) if is_last => (0, 1, trouble.to_string()),
                Err(trouble) => {
                    let subscription = &addressee.id;
                    tracing::debug!(topic = %self.writer.topic, ?subscription, %trouble, "a delivery failed");
                    return Outcome::Failed(addressee.position(first.number));
                }
            };
            is_last = false;
            let (lost, others) = rest[accepted..].split_at(given_up);
            if let Some(at) = self.give_up(addressee, lost, &reason, until).await {
                return Outcome::Failed(at);
            }
            rest = others;
        }
        Outcome::Done
    }

    /// Brings messages that an endpoint will never take to the subscription's dead-letter queue. Without
    /// one, or if that takes them no more than the endpoint, they are dropped, as in AWS. Answers the
    /// first one of which nobody knows.
    /// <https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html>
    async fn give_up(
        &self,
        addressee: &Addressee,
        parcels: &[Parcel],
        reason: &str,
        until: Until,
    ) -> Option<Position> {
        let Some(redrive) = &addressee.attributes.redrive else {
            self.drop(addressee, parcels, reason);
            return None;
        };
        let mut rest = parcels;
        while let Some(first) = rest.first() {
            let (to, way) = (redrive.target(), (addressee, Way::DeadLetters));
            let delivered = self.bring(to, way, rest, until.dead_letters_until).await;
            let Ok(Delivered { accepted, refused }) = delivered else {
                return Some(addressee.position(first.number));
            };
            rest = &rest[accepted..];
            if let Some(refusal) = refused {
                let (lost, others) = rest.split_at(refusal.concerns(rest.len()));
                self.drop(addressee, lost, &refusal.reason());
                rest = others;
            }
        }
        None
    }

    fn drop(&self, addressee: &Addressee, parcels: &[Parcel], reason: &str) {
        let (topic, endpoint) = (self.writer.topic, &addressee.endpoint);
        let messages = parcels.len();
        if messages > 0 {
            self.writer.sns.dropped.add(messages);
            tracing::warn!(%topic, %endpoint, messages, reason, "messages are dropped");
        }
    }

    /// Whoever does not answer in time is tried again: what has arrived all the same is known there.
    async fn bring(
        &self,
        to: &Arn,
        (addressee, way): (&Addressee, Way),
        parcels: &[Parcel],
        until: Timestamp,
    ) -> Result<Delivered, Trouble> {
        let node = self.writer.sns.topics.node();
        let stream = stream(&self.writer.origin.incarnation, addressee, way);
        let delivery = Delivery { to, sender: &self.sender, stream, parcels };
        tokio::select! {
            biased;
            delivered = node.targets().deliver(delivery) => delivered,
            () = node.timers().sleep_until(until) => {
                Err(Trouble::Unavailable("the receiver does not answer".into()))
            }
        }
    }
}

/// How final answers are dealt with.
trait Final {
    /// How many of the messages it is about.
    fn concerns(&self, messages: usize) -> usize;
    fn reason(&self) -> String;
}

impl Final for Refusal {
    /// A receiver that is gone takes none; other reasons may be those of one message.
    fn concerns(&self, messages: usize) -> usize {
        match self {
            Refusal::Gone => messages,
            Refusal::Denied(_) => messages.min(1),
        }
    }

    fn reason(&self) -> String {
        match self {
            Refusal::Gone => "there is no such receiver".into(),
            Refusal::Denied(reason) => reason.clone(),
        }
    }
}
