//! A message as it stands in its queue's log.

use std::collections::BTreeMap;

use api::types::{MessageAttributeValue, MessageSystemAttributeValue};
use base::Timestamp;
use bytes::{BufMut, Bytes, BytesMut};
use prost::Message as _;
use store::StoreError;
use uuid::Uuid;

use crate::error::Error;
use crate::keys::{AttributeRecord, Record};
use crate::model::backlog::Stored;
use crate::model::checksum::{self, Sum};
use crate::model::fifo::Group;
use crate::model::message_attributes::{self, Attribute, Attributes, Value};

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) body: String,
    pub(crate) body_md5: Sum,
    pub(crate) attributes: Attributes,
    pub(crate) attributes_md5: Option<Sum>,
    /// `SenderId`.
    pub(crate) sender: String,
    /// `AWSTraceHeader`.
    pub(crate) trace_header: Option<String>,
    /// `DeadLetterQueueSourceArn`: the queue that it was a dead letter of.
    pub(crate) source: Option<String>,
    /// `MessageGroupId`.
    pub(crate) group_id: Option<String>,
    /// `MessageDeduplicationId`, if the sender gave one.
    pub(crate) deduplication_id: Option<String>,
}

/// The record's format: the first byte. What follows is the time it was sent, in eight bytes, and the
/// protocol buffer of [`Record`].
const FORMAT: u8 = 1;
const HEAD: usize = 9;
/// The format of a message in a group: what stands for the group, in eight bytes, follows the time.
const GROUPED: u8 = 2;
const GROUPED_HEAD: usize = 17;

impl Message {
    /// How much of the queue's `MaximumMessageSize` it takes: body and attributes.
    pub(crate) fn size(&self) -> usize {
        self.body.len() + message_attributes::size(&self.attributes)
    }

    /// The sum of the one system attribute that senders may give.
    pub(crate) fn system_attributes_md5(&self) -> Option<Sum> {
        let value = Value::Text(self.trace_header.clone()?);
        let header = Attribute { kind: "String".into(), value };
        checksum::of_attributes([("AWSTraceHeader", &header)])
    }

    /// Its record.
    pub(crate) fn encode(self, sent: Timestamp) -> Stored {
        let group = self.group_id.as_deref().map(Group::of);
        let record = self.into_record();
        let mut bytes = BytesMut::with_capacity(GROUPED_HEAD + record.encoded_len());
        bytes.put_u8(if group.is_some() { GROUPED } else { FORMAT });
        bytes.put_u64(sent.millis());
        if let Some(group) = group {
            bytes.put_u64(group.0);
        }
        record.encode_raw(&mut bytes);
        Stored { sent, bytes: bytes.freeze(), group: group.unwrap_or_default() }
    }

    /// Reads a record.
    pub(crate) fn decode(stored: &Stored) -> Result<Self, StoreError> {
        let mut bytes = stored.bytes.clone();
        let head = if bytes.first() == Some(&GROUPED) { GROUPED_HEAD } else { HEAD };
        let record = Record::decode(bytes.split_off(head.min(bytes.len())));
        let record = record.map_err(|error| damaged(&error.to_string()))?;
        Self::from_record(record).ok_or_else(|| damaged("its sums or its id"))
    }

    fn into_record(self) -> Record {
        let attributes = self.attributes.into_iter().map(|(name, attribute)| {
            let (text, bytes) = match attribute.value {
                Value::Text(text) => (Some(text), None),
                Value::Bytes(bytes) => (None, Some(bytes)),
            };
            AttributeRecord { name, kind: attribute.kind, text, bytes }
        });
        Record {
            id: Bytes::copy_from_slice(self.id.as_bytes()),
            body: self.body,
            body_md5: Bytes::copy_from_slice(&self.body_md5),
            attributes_md5: self.attributes_md5.map_or_else(Bytes::new, |sum| sum.to_vec().into()),
            attributes: attributes.collect(),
            sender: self.sender,
            trace_header: self.trace_header,
            source: self.source,
            group_id: self.group_id,
            deduplication_id: self.deduplication_id,
        }
    }

    fn from_record(record: Record) -> Option<Self> {
        let attribute = |record: AttributeRecord| {
            let value = record.text.map(Value::Text).or(record.bytes.map(Value::Bytes))?;
            Some((record.name, Attribute { kind: record.kind, value }))
        };
        let attributes_md5 = match record.attributes_md5.len() {
            0 => None,
            _ => Some(record.attributes_md5[..].try_into().ok()?),
        };
        Some(Message {
            id: Uuid::from_slice(&record.id).ok()?,
            body: record.body,
            body_md5: record.body_md5[..].try_into().ok()?,
            attributes: record.attributes.into_iter().map(attribute).collect::<Option<_>>()?,
            attributes_md5,
            sender: record.sender,
            trace_header: record.trace_header,
            source: record.source,
            group_id: record.group_id,
            deduplication_id: record.deduplication_id,
        })
    }
}

impl Stored {
    /// A record as the log has it.
    pub(crate) fn read(bytes: Bytes) -> Result<Self, StoreError> {
        let number = |at: usize| {
            let number = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
            number.map(|number| u64::from_be_bytes(*number))
        };
        let group = match bytes.first() {
            Some(&FORMAT) => Some(0),
            Some(&GROUPED) => number(HEAD),
            _ => None,
        };
        let head = number(1).zip(group).ok_or_else(|| damaged("its head"))?;
        Ok(Stored { sent: Timestamp::from_millis(head.0), group: Group(head.1), bytes })
    }
}

/// What a sender gives, beside what only the queue can judge.
pub(crate) struct Given {
    pub(crate) body: String,
    /// The body's sum, if it is known.
    pub(crate) body_md5: Option<Sum>,
    pub(crate) attributes: Option<BTreeMap<String, MessageAttributeValue>>,
    pub(crate) system_attributes: Option<BTreeMap<String, MessageSystemAttributeValue>>,
}

impl Given {
    /// Checks what does not depend on the queue.
    pub(crate) fn check(self, id: Uuid, sender: String) -> Result<Message, Error> {
        if self.body.is_empty() {
            return Err(Error::MissingParameter("MessageBody".into()));
        }
        if !has_allowed_characters(&self.body) {
            return Err(Error::InvalidMessageContents);
        }
        let attributes = message_attributes::parse(self.attributes.unwrap_or_default())?;
        let sums = attributes.iter().map(|(name, attribute)| (name.as_str(), attribute));
        Ok(Message {
            id,
            body_md5: self.body_md5.unwrap_or_else(|| checksum::of_body(&self.body)),
            body: self.body,
            attributes_md5: checksum::of_attributes(sums),
            attributes,
            sender,
            trace_header: trace_header(self.system_attributes.unwrap_or_default())?,
            source: None,
            group_id: None,
            deduplication_id: None,
        })
    }
}

/// The one system attribute that senders may give.
fn trace_header(
    given: BTreeMap<String, MessageSystemAttributeValue>,
) -> Result<Option<String>, Error> {
    let mut header = None;
    for (name, value) in given {
        if name != "AWSTraceHeader" {
            return Err(Error::InvalidParameter(format!(
                "Message system attribute name '{name}' is invalid."
            )));
        }
        let text = value.string_value.filter(|text| !text.is_empty());
        match text {
            Some(text) if value.data_type == "String" => header = Some(text),
            _ => {
                return Err(Error::InvalidParameter(format!(
                    "The message system attribute '{name}' must contain non-empty message system attribute value for message system attribute type 'String'."
                )));
            }
        }
    }
    Ok(header)
}

/// Whether a text has only the characters that XML 1.0 allows.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
pub(crate) fn has_allowed_characters(text: &str) -> bool {
    is_plain(text.as_bytes())
        || text.chars().all(|c| {
            matches!(c, '\u{9}' | '\u{A}' | '\u{D}')
                || c >= '\u{20}' && c != '\u{FFFE}' && c != '\u{FFFF}'
        })
}

/// Whether each byte alone says that its character is allowed. Looked at in chunks without a way out of the
/// middle of one, which the compiler makes into comparisons of many bytes at a time.
fn is_plain(bytes: &[u8]) -> bool {
    let plain = |b: u8| (0x20..0xEF).contains(&b) | (b == 9) | (b == 10) | (b == 13);
    let all = |chunk: &[u8]| chunk.iter().fold(true, |all, &b| all & plain(b));
    let (chunks, rest) = bytes.as_chunks::<64>();
    chunks.iter().all(|chunk| all(chunk)) && all(rest)
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("a message's record: {what}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(body: String, attributes: Attributes) -> Message {
        Message {
            id: Uuid::from_u128(7),
            body_md5: checksum::of_body(&body),
            body,
            attributes_md5: checksum::of_attributes(
                attributes.iter().map(|(name, attribute)| (name.as_str(), attribute)),
            ),
            attributes,
            sender: "000000000000".into(),
            trace_header: Some("Root=1".into()),
            source: Some("arn:aws:sqs:us-east-1:000000000000:q".into()),
            group_id: None,
            deduplication_id: None,
        }
    }

    proptest! {
        #[test]
        fn a_message_survives_its_record(
            body: String,
            name: String,
            bytes: Vec<u8>,
            at in 0_u64..1 << 50,
            group_id: Option<String>,
        ) {
            let value = Value::Bytes(bytes.into());
            let attribute = Attribute { kind: "Binary".into(), value };
            let message =
                Message { group_id, ..message(body, Attributes::from([(name, attribute)])) };
            let stored = message.clone().encode(Timestamp::from_millis(at));
            prop_assert_eq!(Stored::read(stored.bytes.clone()), Ok(stored.clone()));
            prop_assert_eq!(Message::decode(&stored), Ok(message));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            if let Ok(stored) = Stored::read(bytes.into()) {
                _ = Message::decode(&stored);
            }
        }
    }

    #[test]
    fn characters_that_xml_forbids_are_not_allowed() {
        for good in ["a\t\n\r", "ä€😀", "\u{FFFD}", "\u{D7FF}\u{E000}", "\u{10FFFF}"] {
            assert!(has_allowed_characters(good), "{good:?}");
        }
        let long = "ä\n ".repeat(100);
        assert!(has_allowed_characters(&long));
        for place in [0, 3, 62, 64, 127, 128, 400] {
            for bad in ["\0", "\u{1f}", "\u{FFFE}", "\u{FFFF}"] {
                let mut text = long.clone();
                text.insert_str(text.floor_char_boundary(place), bad);
                assert!(!has_allowed_characters(&text), "{bad:?} at {place}");
            }
        }
        for bad in ["\0", "\u{1f}", "a\u{b}", "\u{FFFE}", "\u{FFFF}", "ok\u{FFFF}ä"] {
            assert!(!has_allowed_characters(bad), "{bad:?}");
        }
    }
}
