//! The entries of a topic's log.

use std::collections::BTreeMap;

use base::Timestamp;
use bytes::Bytes;
use prost::Message as _;
use store::{Position, StoreError};
use uuid::Uuid;

use crate::ids::SubscriptionId;
use crate::keys::{self, AttributeRecord, Record};
use crate::model::message_attributes::{Attribute, AttributeValue, MessageAttributes};

/// A record of the log. Its position is its sequence number, and the number of its delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LogEntry {
    /// A message for all subscriptions whose filter takes it.
    Message(Box<Message>),
    /// The owner of a subscription's endpoint is to be asked to confirm it, if it still waits for that.
    Confirmation(Confirmation),
}

/// A request to confirm a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Confirmation {
    pub(crate) id: Uuid,
    pub(crate) asked: Timestamp,
    pub(crate) subscription: SubscriptionId,
    /// The address at which the subscriber reached this program.
    pub(crate) reached_at: String,
}

/// A message, with all that its delivery needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) published: Timestamp,
    /// The account of the publisher.
    pub(crate) publisher: String,
    /// The message; of a structured one its `default`.
    pub(crate) body: String,
    /// Of a structured message, what single protocols get instead.
    pub(crate) bodies: BTreeMap<String, String>,
    /// True for a structured message: attributes are not delivered with it.
    pub(crate) structured: bool,
    pub(crate) subject: Option<String>,
    pub(crate) attributes: MessageAttributes,
    /// `MessageGroupId`; standard topics give it to standard queues only.
    pub(crate) group_id: Option<String>,
    /// `MessageDeduplicationId`: that of the publisher, or the hash of the message.
    pub(crate) deduplication_id: Option<String>,
    /// The address at which the publisher reached this program: URLs for subscribers begin with it.
    pub(crate) reached_at: String,
}

/// `SequenceNumber` of the message at a position of a FIFO topic: twenty digits, rising.
/// <https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-ordering.html>
pub(crate) fn sequence_number(position: Position) -> String {
    const FIRST: u64 = 10_000_000_000_000_000_000;
    (FIRST + position.0).to_string()
}

impl Message {
    /// The body for endpoints of this protocol.
    pub(crate) fn body_for(&self, protocol: &str) -> &str {
        self.bodies.get(protocol).unwrap_or(&self.body)
    }
}

impl LogEntry {
    /// The time at which it came.
    pub(crate) fn at(&self) -> Timestamp {
        match self {
            LogEntry::Message(message) => message.published,
            LogEntry::Confirmation(confirmation) => confirmation.asked,
        }
    }

    /// Encodes it as a record.
    pub(crate) fn encode(&self) -> Bytes {
        let record = match self {
            LogEntry::Message(message) => to_record(message.as_ref().clone()),
            LogEntry::Confirmation(confirmation) => Record {
                id: id_bytes(confirmation.id),
                published_ms: confirmation.asked.millis(),
                confirms: Some(Bytes::copy_from_slice(confirmation.subscription.as_bytes())),
                reached_at: confirmation.reached_at.clone(),
                ..Record::default()
            },
        };
        record.encode_to_vec().into()
    }

    /// Reads a record.
    pub(crate) fn decode(bytes: Bytes) -> Result<Self, StoreError> {
        let record: Record = keys::decode(bytes)?;
        from_record(record).ok_or_else(|| StoreError::Damaged("a record of a topic".into()))
    }
}

fn id_bytes(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

fn to_record(message: Message) -> Record {
    let attributes = message.attributes.into_iter().map(|(name, attribute)| {
        let (text, bytes) = match attribute.value {
            AttributeValue::Text(text) => (Some(text), None),
            AttributeValue::Bytes(bytes) => (None, Some(bytes)),
        };
        AttributeRecord { name, kind: attribute.kind, text, bytes }
    });
    Record {
        id: id_bytes(message.id),
        published_ms: message.published.millis(),
        publisher: message.publisher,
        body: message.body,
        bodies: message.bodies,
        structured: message.structured,
        subject: message.subject,
        attributes: attributes.collect(),
        group_id: message.group_id,
        deduplication_id: message.deduplication_id,
        reached_at: message.reached_at,
        confirms: None,
    }
}

fn from_record(record: Record) -> Option<LogEntry> {
    let id = Uuid::from_slice(&record.id).ok()?;
    let published = Timestamp::from_millis(record.published_ms);
    if let Some(subscription) = record.confirms {
        let subscription = SubscriptionId::from_bytes(subscription[..].try_into().ok()?);
        let reached_at = record.reached_at;
        let confirmation = Confirmation { id, asked: published, subscription, reached_at };
        return Some(LogEntry::Confirmation(confirmation));
    }
    let attribute = |record: AttributeRecord| {
        let text = record.text.map(AttributeValue::Text);
        let value = text.or(record.bytes.map(AttributeValue::Bytes))?;
        Some((record.name, Attribute { kind: record.kind, value }))
    };
    Some(LogEntry::Message(Box::new(Message {
        id,
        published,
        publisher: record.publisher,
        body: record.body,
        bodies: record.bodies,
        structured: record.structured,
        subject: record.subject,
        attributes: record.attributes.into_iter().map(attribute).collect::<Option<_>>()?,
        group_id: record.group_id,
        deduplication_id: record.deduplication_id,
        reached_at: record.reached_at,
    })))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(body: String) -> Message {
        Message {
            id: Uuid::from_u128(7),
            published: Timestamp::from_millis(5),
            publisher: "000000000000".into(),
            body,
            bodies: BTreeMap::new(),
            structured: false,
            subject: Some("s".into()),
            attributes: MessageAttributes::new(),
            group_id: None,
            deduplication_id: None,
            reached_at: "http://localhost".into(),
        }
    }

    proptest! {
        #[test]
        fn a_message_survives_its_record(
            body: String,
            name: String,
            bytes: Vec<u8>,
            group_id: Option<String>,
            bodies: BTreeMap<String, String>,
        ) {
            let value = AttributeValue::Bytes(bytes.into());
            let attribute = Attribute { kind: "Binary".into(), value };
            let attributes = MessageAttributes::from([(name, attribute)]);
            let structured = !bodies.is_empty();
            let message = Message { group_id, bodies, structured, attributes, ..message(body) };
            let entry = LogEntry::Message(Box::new(message));
            prop_assert_eq!(LogEntry::decode(entry.encode()), Ok(entry));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            _ = LogEntry::decode(bytes.into());
        }
    }

    #[test]
    fn a_wish_to_confirm_survives_its_record() {
        let entry = LogEntry::Confirmation(Confirmation {
            id: Uuid::from_u128(7),
            asked: Timestamp::from_millis(5),
            subscription: SubscriptionId::from_bytes([3; 16]),
            reached_at: "http://localhost".into(),
        });
        assert_eq!(LogEntry::decode(entry.encode()), Ok(entry));
    }

    #[test]
    fn protocols_get_their_text_or_the_default() {
        let bodies = BTreeMap::from([("sqs".to_owned(), "q".to_owned())]);
        let message = Message { bodies, structured: true, ..message("d".into()) };
        assert_eq!((message.body_for("sqs"), message.body_for("http")), ("q", "d"));
    }
}
