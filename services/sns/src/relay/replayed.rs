//! How a message that is replayed differs from the message that was published: not in what it says, nor in
//! its id and its time, but in a mark that says that it is replayed, and in the id by which a queue knows it
//! again. AWS documents the mark's name, and not whether raw messages have it: here they have it as an
//! attribute.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-subscriber.html>

use std::fmt::Write;
use std::sync::Arc;

use runtime::delivery::{Attribute, Attributes, Value};
use sha2::{Digest, Sha256};

use crate::ids::SubscriptionId;
use crate::limits;
use crate::model::message_attributes;
use crate::model::{Message, outgoing::Outgoing};

/// The mark's name in documents, and as an attribute of raw messages.
pub(super) const REPLAYED: &str = "Replayed";
const TRUE: &str = "true";
const STRING: &str = "String";
/// Attributes that a message in a queue may have.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>
const ATTRIBUTES: usize = 10;

/// The attributes of a raw message: the mark too, unless the queue would refuse the message for that.
pub(super) fn attributes(outgoing: &Outgoing, message: &Message) -> Arc<Attributes> {
    let published = outgoing.attributes();
    let size = message.body_for("sqs").len() + message_attributes::size(&message.attributes);
    if published.len() >= ATTRIBUTES || published.contains_key(REPLAYED) || !has_room(size) {
        return Arc::clone(published);
    }
    let mark = Attribute { kind: STRING.into(), value: Value::Text(TRUE.into()) };
    let mut marked = Attributes::clone(published);
    marked.insert(REPLAYED.into(), mark);
    Arc::new(marked)
}

/// True if a message of this size fits with the mark wherever it fits without.
fn has_room(size: usize) -> bool {
    const MARK: usize = REPLAYED.len() + STRING.len() + TRUE.len();
    let mut limits = [limits::DEFAULT_MESSAGE_SIZE, *limits::MESSAGE_SIZE.end()].into_iter();
    limits.all(|most| (size <= most) == (size + MARK <= most))
}

/// What a FIFO queue knows it by: neither as what was published, nor as that of another replay, nor as another
/// message that was published with the same id at another time. Brought again, it has the same one.
pub(super) fn deduplication_id(subscription: SubscriptionId, number: u64) -> String {
    let mut hash = Sha256::new();
    hash.update(REPLAYED);
    hash.update(subscription.as_bytes());
    hash.update(number.to_be_bytes());
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use store::Position;

    use super::*;
    use crate::model::LogEntry;
    use crate::model::message_attributes::{Attribute as Published, AttributeValue};
    use crate::model::testing;

    fn marked(body: usize, names: &[&str]) -> bool {
        let LogEntry::Message(mut message) = testing::message(&"x".repeat(body)) else { panic!() };
        let value = || AttributeValue::Text("mine".into());
        let attribute =
            |name: &&str| ((*name).to_owned(), Published { kind: "String".into(), value: value() });
        message.attributes = names.iter().map(attribute).collect();
        let outgoing = Outgoing::new(Position(0), Arc::new(LogEntry::Message(message.clone())));
        let found = attributes(&outgoing, &message);
        let present = found.get(REPLAYED).map(|mark| &mark.value);
        present == Some(&Value::Text("true".into()))
    }

    #[test]
    fn a_raw_message_has_the_mark_where_a_queue_takes_it() {
        assert!(marked(1, &[]) && marked(1, &["a"]) && marked(262_145, &[]));
        let nine = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        assert!(marked(1, &nine) && !marked(1, &[&nine[..], &["j"]].concat()));
        assert!(!marked(1, &[REPLAYED]), "that of the publisher stays");
        assert!(marked(262_126, &[]) && !marked(262_127, &[]));
    }

    #[test]
    fn a_queue_knows_each_delivery_of_a_replay_by_an_id_of_its_own() {
        let id = SubscriptionId::from_bytes([1; 16]);
        let one = deduplication_id(id, 1);
        assert_eq!((one.len(), &one), (64, &deduplication_id(id, 1)));
        assert_ne!(one, deduplication_id(id, 2));
        assert_ne!(one, deduplication_id(SubscriptionId::from_bytes([2; 16]), 1));
    }
}
