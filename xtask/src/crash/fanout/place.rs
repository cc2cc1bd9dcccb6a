//! The queues that topics deliver to, and those for what could not be delivered.

use serde_json::{Value, json};

use super::subscription::{Subscription, Topic};
use crate::crash::queue::ACCOUNT;

/// A queue, by the subscription that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::crash) enum Place {
    /// Its endpoint.
    Queue(Subscription),
    /// Its dead-letter queue.
    DeadLetters(Subscription),
}

impl Place {
    /// All queues.
    pub(in crate::crash) fn all() -> Vec<Place> {
        let queues = Subscription::ALL.into_iter().map(Place::Queue);
        let redriven = Subscription::ALL.into_iter().filter(|one| one.has_dead_letters());
        queues.chain(redriven.map(Place::DeadLetters)).collect()
    }

    /// Whose messages come here.
    pub(in crate::crash) fn subscription(self) -> Subscription {
        match self {
            Place::Queue(subscription) | Place::DeadLetters(subscription) => subscription,
        }
    }

    /// Whether it is a FIFO queue: a dead-letter queue is of its topic's type.
    pub(in crate::crash) fn is_fifo(self) -> bool {
        match self {
            Place::Queue(subscription) => subscription.is_fifo_queue(),
            Place::DeadLetters(subscription) => subscription.topic() == Topic::Fifo,
        }
    }

    /// Whether it is deleted during the run, with all that it has.
    pub(in crate::crash) fn is_deleted(self) -> bool {
        matches!(self, Place::Queue(Subscription::Deleted | Subscription::Recreated))
    }

    /// `QueueName`.
    pub(in crate::crash) fn name(self) -> String {
        let dead = if matches!(self, Place::DeadLetters(_)) { "-dead" } else { "" };
        let end = if self.is_fifo() { ".fifo" } else { "" };
        format!("fan-{}{dead}{end}", self.subscription().word())
    }

    /// `QueueUrl`.
    pub(in crate::crash) fn url(self) -> String {
        format!("http://localhost/{ACCOUNT}/{}", self.name())
    }

    /// `QueueArn`.
    pub(in crate::crash) fn arn(self) -> String {
        format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{}", self.name())
    }

    /// With what it is created: its topic is let in.
    pub(in crate::crash) fn attributes(self) -> Value {
        let mut attributes = self.policy(true);
        if self.is_fifo() {
            attributes["FifoQueue"] = "true".into();
        }
        attributes
    }

    /// The attribute that says whether the topic is let in; nobody is let in without saying so.
    pub(in crate::crash) fn policy(self, is_let_in: bool) -> Value {
        let allow = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": "sns.amazonaws.com" },
                "Action": "sqs:SendMessage",
                "Resource": self.arn(),
                "Condition": { "ArnEquals": { "aws:SourceArn": self.subscription().topic().arn() } },
            }],
        });
        json!({ "Policy": if is_let_in { allow.to_string() } else { String::new() } })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn queues_have_names_of_their_own() {
        let names: BTreeSet<String> = Place::all().into_iter().map(Place::name).collect();
        assert_eq!(names.len(), Place::all().len());
        assert!(names.contains("fan-denied-dead.fifo"), "{names:?}");
    }
}
