//! The topics, and the ten subscriptions to them.

use serde_json::json;

use super::letter::{self, KINDS};
use super::place::Place;
use crate::crash::message::Token;
use crate::crash::queue::ACCOUNT;

/// A topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::crash) enum Topic {
    /// A standard topic.
    Standard,
    /// A FIFO topic.
    Fifo,
}

/// A subscription of a queue, by what it is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::crash) enum Subscription {
    /// Gets everything of the standard topic.
    All,
    /// Gets what has certain attributes.
    ByAttributes,
    /// Gets what has a certain body.
    ByBody,
    /// Gets signed documents, and few of them: each costs a signature.
    Signed,
    /// Comes and goes.
    Guest,
    /// Its queue is deleted for good.
    Deleted,
    /// Its queue is deleted and made again.
    Recreated,
    /// A FIFO queue that gets everything of the FIFO topic.
    Fifo,
    /// A FIFO queue that lets the topic in now and then only.
    Denied,
    /// A standard queue that gets documents of the FIFO topic.
    Unordered,
}

impl Topic {
    /// Both.
    pub(in crate::crash) const ALL: [Topic; 2] = [Topic::Standard, Topic::Fifo];

    /// `Name`.
    pub(in crate::crash) fn name(self) -> &'static str {
        match self {
            Topic::Standard => "fan",
            Topic::Fifo => "fan.fifo",
        }
    }

    /// `TopicArn`.
    pub(in crate::crash) fn arn(self) -> String {
        format!("arn:aws:sns:us-east-1:{ACCOUNT}:{}", self.name())
    }

    /// With what it is created.
    pub(in crate::crash) fn attributes(self) -> Vec<(&'static str, String)> {
        match self {
            Topic::Standard => Vec::new(),
            Topic::Fifo => vec![("FifoTopic", "true".into())],
        }
    }
}

impl Subscription {
    /// All of them.
    pub(in crate::crash) const ALL: [Subscription; 10] = [
        Subscription::All,
        Subscription::ByAttributes,
        Subscription::ByBody,
        Subscription::Signed,
        Subscription::Guest,
        Subscription::Deleted,
        Subscription::Recreated,
        Subscription::Fifo,
        Subscription::Denied,
        Subscription::Unordered,
    ];

    /// What it subscribes to.
    pub(in crate::crash) fn topic(self) -> Topic {
        match self {
            Subscription::Fifo | Subscription::Denied | Subscription::Unordered => Topic::Fifo,
            _ => Topic::Standard,
        }
    }

    /// Whether its endpoint is a FIFO queue.
    pub(in crate::crash) fn is_fifo_queue(self) -> bool {
        matches!(self, Subscription::Fifo | Subscription::Denied)
    }

    /// Whether messages come as they were published, and not in a document.
    pub(in crate::crash) fn is_raw(self) -> bool {
        !matches!(self, Subscription::Signed | Subscription::Unordered)
    }

    /// Whether what cannot be delivered goes to a queue of its own.
    pub(in crate::crash) fn has_dead_letters(self) -> bool {
        matches!(self, Subscription::Deleted | Subscription::Recreated | Subscription::Denied)
    }

    /// Whether its filter takes a message.
    pub(in crate::crash) fn takes(self, token: Token) -> bool {
        let kind = letter::kind(token);
        match self {
            Subscription::ByAttributes => kind < KINDS / 2,
            Subscription::ByBody => ["light", "dark"].contains(&letter::shade(token)),
            Subscription::Signed => kind == 0,
            Subscription::Denied => kind != 1,
            _ => true,
        }
    }

    /// `FilterPolicy`, and where it looks.
    fn filter(self) -> Option<(String, &'static str)> {
        let attributes = "MessageAttributes";
        let (filter, scope) = match self {
            Subscription::ByAttributes => {
                (json!({ "Kind": [{ "numeric": [">=", 0, "<", KINDS / 2] }] }), attributes)
            }
            Subscription::ByBody => (json!({ "shade": ["light", "dark"] }), "MessageBody"),
            Subscription::Signed => (json!({ "Kind": [{ "numeric": ["=", 0] }] }), attributes),
            Subscription::Denied => {
                (json!({ "Name": [{ "anything-but": ["kind-1"] }] }), attributes)
            }
            _ => return None,
        };
        Some((filter.to_string(), scope))
    }

    /// With what it is made.
    pub(in crate::crash) fn attributes(self) -> Vec<(&'static str, String)> {
        let mut attributes = vec![("RawMessageDelivery", self.is_raw().to_string())];
        if let Some((filter, scope)) = self.filter() {
            attributes.push(("FilterPolicyScope", scope.into()));
            attributes.push(("FilterPolicy", filter));
        }
        if self.has_dead_letters() {
            let policy = json!({ "deadLetterTargetArn": Place::DeadLetters(self).arn() });
            attributes.push(("RedrivePolicy", policy.to_string()));
        }
        attributes
    }

    /// A word for it.
    pub(in crate::crash) fn word(self) -> &'static str {
        match self {
            Subscription::All => "all",
            Subscription::ByAttributes => "by-attributes",
            Subscription::ByBody => "by-body",
            Subscription::Signed => "signed",
            Subscription::Guest => "guest",
            Subscription::Deleted => "deleted",
            Subscription::Recreated => "recreated",
            Subscription::Fifo => "fifo",
            Subscription::Denied => "denied",
            Subscription::Unordered => "unordered",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_takes_some_and_leaves_some() {
        let filtered = Subscription::ALL.into_iter().filter(|one| one.filter().is_some());
        for subscription in filtered {
            let taken = (0..1_000).filter(|number| subscription.takes(Token(*number))).count();
            assert!((20..980).contains(&taken), "{subscription:?} takes {taken}");
        }
    }

    #[test]
    fn what_everybody_takes_is_found() {
        let found = (0..1_000).map(Token).find(|token| letter::is_for_all(*token));
        assert!(found.is_some_and(|token| Subscription::ALL.iter().all(|one| one.takes(token))));
    }
}
