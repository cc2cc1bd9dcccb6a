//! The common part of Publish and PublishBatch.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{PublishBatchRequestEntry, PublishInput};
use base::Arn;
use bytes::Bytes;
use runtime::{Call, Moment};
use store::Position;
use uuid::Uuid;

use crate::Sns;
use crate::error::Error;
use crate::ids::SeenKey;
use crate::limits;
use crate::model::attributes::FifoAttributes;
use crate::model::change::{Published, Remembered};
use crate::model::message;
use crate::model::seen::{self, Original};
use crate::model::structure::{self, Structured};
use crate::model::{Change, LogEntry, Message, Topic, message_attributes};
use crate::ops::deduplication::{Ids, Keys};

/// A message that is ready to be stored: encoded before the lane is entered.
#[derive(Debug)]
pub(super) struct PreparedMessage {
    id: Uuid,
    entry: Arc<LogEntry>,
    record: Bytes,
    size: usize,
    /// Its deduplication keys, for a FIFO topic.
    keys: Option<Keys>,
}

/// The answer to a publisher about one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) id: Uuid,
    /// Its position in a FIFO topic.
    position: Option<Position>,
}

impl Accepted {
    /// `SequenceNumber`. Only FIFO topics have it.
    pub(super) fn sequence_number(&self) -> Option<String> {
        self.position.map(message::sequence_number)
    }
}

/// An entry of a batch as the input of a single Publish.
pub(super) fn single(entry: PublishBatchRequestEntry) -> PublishInput {
    PublishInput {
        message: entry.message,
        subject: entry.subject,
        message_structure: entry.message_structure,
        message_attributes: entry.message_attributes,
        message_group_id: entry.message_group_id,
        message_deduplication_id: entry.message_deduplication_id,
        ..PublishInput::default()
    }
}

/// Checks what depends on no more than the topic's name, and encodes the message.
pub(super) fn check(
    sns: &Sns,
    call: &Call,
    topic: &Arn,
    input: PublishInput,
) -> Result<PreparedMessage, Error> {
    let node = sns.topics.node();
    let keys = ids(&input).check(topic, &input.message)?;
    let attributes = message_attributes::parse(input.message_attributes.unwrap_or_default())?;
    let size = input.message.len() + message_attributes::size(&attributes);
    check_subject(input.subject.as_deref())?;
    if input.message.is_empty() {
        return Err(Error::invalid("Empty message"));
    }
    let deduplication_id = match keys {
        Some(_) => {
            input.message_deduplication_id.or_else(|| Some(seen::content_id(&input.message)))
        }
        None => None,
    };
    let (body, bodies, structured) = match input.message_structure.as_deref() {
        None => (input.message, BTreeMap::new(), false),
        Some("json") => {
            let Structured { default, others } = structure::parse(&input.message)?;
            (default, others, true)
        }
        Some(_) => return Err(Error::invalid("MessageStructure")),
    };
    let id = node.random().uuid();
    let message = Message {
        id,
        published: node.timers().now(),
        publisher: call.caller.account.to_string(),
        body,
        bodies,
        structured,
        subject: input.subject,
        attributes,
        group_id: input.message_group_id,
        deduplication_id,
        reached_at: call.endpoint.to_string(),
    };
    let entry = Arc::new(LogEntry::Message(Box::new(message)));
    Ok(PreparedMessage { id, record: entry.encode(), entry, size, keys })
}

fn ids(input: &PublishInput) -> Ids<'_> {
    Ids {
        group: input.message_group_id.as_deref(),
        deduplication: input.message_deduplication_id.as_deref(),
    }
}

fn check_subject(subject: Option<&str>) -> Result<(), Error> {
    let fits = |subject: &str| {
        limits::SUBJECT.contains(&subject.chars().count()) && !subject.chars().any(char::is_control)
    };
    match subject {
        Some(subject) if !fits(subject) => Err(Error::invalid("Subject")),
        _ => Ok(()),
    }
}

impl PreparedMessage {
    /// Bytes of the message with its attributes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Checks what only the topic can judge.
    pub(super) fn suits(&self, topic: &Topic) -> Result<(), Error> {
        if self.size > topic.attributes.message_size() {
            return Err(Error::invalid("Message too long"));
        }
        self.suits_deduplication(topic.attributes.fifo.as_ref())
    }

    /// Checks that the topic can deduplicate the message, if it must.
    pub(super) fn suits_deduplication(&self, fifo: Option<&FifoAttributes>) -> Result<(), Error> {
        match (self.keys, fifo) {
            (Some(keys), Some(fifo)) if keys.is_content && !fifo.content_based => {
                Err(Error::invalid(
                    "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Adds the changes by which a topic takes a message, and says what its publisher is told. The duplicate of
/// a message in a FIFO topic changes nothing and is answered like the first.
pub(super) fn accept(
    topic: &Topic,
    moment: Moment<'_>,
    changes: &mut Vec<Change>,
    publishing: &PreparedMessage,
) -> Result<Accepted, Error> {
    publishing.suits(topic)?;
    let before = changes.iter().filter(|change| matches!(change, Change::Published(_))).count();
    let position = Position(topic.end.0 + before as u64);
    let published = Change::Published(Published {
        position,
        entry: Arc::clone(&publishing.entry),
        record: publishing.record.clone(),
        deliver_at: topic.relay.wake(moment.now).filter(|_| before == 0),
    });
    let (Some(fifo), Some(keys)) = (&topic.attributes.fifo, publishing.keys) else {
        changes.push(published);
        return Ok(Accepted { id: publishing.id, position: None });
    };
    let key = keys.within(fifo.scope());
    if let Some(original) = original(topic, moment, changes, key) {
        return Ok(Accepted { id: original.id, position: Some(original.position) });
    }
    let until = moment.now + limits::DEDUPLICATION;
    let original = Original { id: publishing.id, position, until };
    changes.push(published);
    changes.push(Change::Remembered(Remembered { key, original }));
    Ok(Accepted { id: publishing.id, position: Some(position) })
}

/// The message that has this key already, in the same plan too.
fn original(
    topic: &Topic,
    moment: Moment<'_>,
    changes: &[Change],
    key: SeenKey,
) -> Option<Original> {
    let in_plan = changes.iter().find_map(|change| match change {
        Change::Remembered(remembered) if remembered.key == key => Some(remembered.original),
        _ => None,
    });
    in_plan.or_else(|| topic.seen.find(&key, moment.now).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_line_of_a_hundred_characters() {
        for good in ["s", "Grüße, 世界!", &"ä".repeat(100)] {
            assert_eq!(check_subject(Some(good)), Ok(()), "{good}");
        }
        for bad in ["", "a\nb", "a\tb", &"a".repeat(101)] {
            assert_eq!(check_subject(Some(bad)), Err(Error::invalid("Subject")), "{bad}");
        }
    }
}
