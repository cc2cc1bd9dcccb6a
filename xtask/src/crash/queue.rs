//! The queues that the clients share.

use serde_json::{Value, json};

/// A queue, by what it is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Queue {
    /// A standard queue without dead letters.
    Standard,
    /// The dead-letter queue of `Source`.
    Dead,
    /// A standard queue whose messages are received a few times at most.
    Source,
    /// A FIFO queue without dead letters.
    Fifo,
    /// The dead-letter queue of `FifoSource`.
    FifoDead,
    /// A FIFO queue whose messages are received a few times at most.
    FifoSource,
}

/// Every queue, each dead-letter queue before its source.
const ALL: [Queue; 6] =
    [Queue::Standard, Queue::Dead, Queue::Source, Queue::Fifo, Queue::FifoDead, Queue::FifoSource];

/// `maxReceiveCount` of the queues that have dead letters.
pub(super) const MOST_RECEIVES: u32 = 2;

/// Whose all of them are.
pub(super) const ACCOUNT: &str = "000000000000";

impl Queue {
    /// The queues that take part, in the order in which they can be created.
    pub(super) fn all() -> &'static [Queue] {
        &ALL
    }

    /// Those that messages are sent to.
    pub(super) fn senders() -> Vec<Queue> {
        Queue::all().iter().copied().filter(|queue| queue.source().is_none()).collect()
    }

    /// Those whose messages are other queues' dead letters.
    pub(super) fn dead_letter_queues() -> Vec<Queue> {
        Queue::all().iter().copied().filter(|queue| queue.source().is_some()).collect()
    }

    /// Whether it is a FIFO queue.
    pub(super) fn is_fifo(self) -> bool {
        matches!(self, Queue::Fifo | Queue::FifoDead | Queue::FifoSource)
    }

    /// Where its messages go that were received too often.
    pub(super) fn dead_letters(self) -> Option<Queue> {
        match self {
            Queue::Source => Some(Queue::Dead),
            Queue::FifoSource => Some(Queue::FifoDead),
            _ => None,
        }
    }

    /// Whose dead letters it takes.
    pub(super) fn source(self) -> Option<Queue> {
        ALL.into_iter().find(|queue| queue.dead_letters() == Some(self))
    }

    /// Whether messages come to it from another queue, or go from it to another.
    pub(super) fn is_redriven(self) -> bool {
        self.dead_letters().is_some() || self.source().is_some()
    }

    /// `QueueName`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Queue::Standard => "crash",
            Queue::Dead => "crash-dead",
            Queue::Source => "crash-source",
            Queue::Fifo => "crash.fifo",
            Queue::FifoDead => "crash-dead.fifo",
            Queue::FifoSource => "crash-source.fifo",
        }
    }

    /// `QueueUrl`.
    pub(super) fn url(self) -> String {
        format!("http://localhost/{ACCOUNT}/{}", self.name())
    }

    /// `QueueArn`.
    pub(super) fn arn(self) -> String {
        format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{}", self.name())
    }

    /// With what it is created.
    pub(super) fn attributes(self) -> Value {
        let mut attributes = json!({});
        if self.is_fifo() {
            attributes["FifoQueue"] = "true".into();
        }
        if let Some(dead) = self.dead_letters() {
            let policy = json!({
                "deadLetterTargetArn": dead.arn(), "maxReceiveCount": MOST_RECEIVES,
            });
            attributes["RedrivePolicy"] = policy.to_string().into();
        }
        attributes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_and_its_dead_letter_queue_know_each_other() {
        for queue in ALL {
            if let Some(dead) = queue.dead_letters() {
                assert_eq!((dead.source(), dead.is_fifo()), (Some(queue), queue.is_fifo()));
            }
        }
        assert_eq!(ALL.into_iter().filter(|queue| queue.source().is_some()).count(), 2);
    }
}
