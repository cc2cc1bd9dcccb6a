//! What SendMessage and SendMessageBatch have in common.

use std::collections::BTreeMap;

use api::sqs::types::{
    MessageAttributeValue, MessageSystemAttributeValue, SendMessageBatchRequestEntry,
    SendMessageRequest,
};
use base::{Span, Timestamp};
use runtime::Call;
use store::Position;
use uuid::Uuid;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::backlog::Stored;
use crate::model::checksum::Sum;
use crate::model::message::Given;
use crate::model::{Change, Message, Queue};

/// What a sender gives for one message.
pub(super) struct Asked {
    body: String,
    delay_seconds: Option<i32>,
    attributes: Option<BTreeMap<String, MessageAttributeValue>>,
    system_attributes: Option<BTreeMap<String, MessageSystemAttributeValue>>,
    has_group_or_deduplication_id: bool,
}

/// A message that is ready to be stored: encoded before the lane is entered.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) accepted: Accepted,
    pub(crate) stored: Stored,
    pub(crate) size: usize,
    pub(crate) delay: Option<Span>,
}

/// What a sender is told about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(super) id: Uuid,
    pub(super) body_md5: Sum,
    pub(super) attributes_md5: Option<Sum>,
    pub(super) system_attributes_md5: Option<Sum>,
}

impl From<SendMessageRequest> for Asked {
    fn from(input: SendMessageRequest) -> Self {
        Asked {
            body: input.message_body,
            delay_seconds: input.delay_seconds,
            attributes: input.message_attributes,
            system_attributes: input.message_system_attributes,
            has_group_or_deduplication_id: input.message_group_id.is_some()
                || input.message_deduplication_id.is_some(),
        }
    }
}

impl From<SendMessageBatchRequestEntry> for Asked {
    fn from(entry: SendMessageBatchRequestEntry) -> Self {
        Asked {
            body: entry.message_body,
            delay_seconds: entry.delay_seconds,
            attributes: entry.message_attributes,
            system_attributes: entry.message_system_attributes,
            has_group_or_deduplication_id: entry.message_group_id.is_some()
                || entry.message_deduplication_id.is_some(),
        }
    }
}

/// Checks what does not depend on the queue, and encodes the message.
pub(super) fn check(sqs: &Sqs, call: &Call, asked: Asked) -> Result<Sending, Error> {
    if asked.has_group_or_deduplication_id {
        return Err(Error::NotImplemented("Sending with a group or a deduplication id".into()));
    }
    let delay = asked.delay_seconds.map(delay).transpose()?;
    let given = Given {
        body: asked.body,
        attributes: asked.attributes,
        system_attributes: asked.system_attributes,
    };
    let node = sqs.queues.node();
    let message = given.check(node.random().uuid(), call.caller.account.to_string())?;
    Ok(Sending::new(message, node.timers().now(), delay))
}

impl Sending {
    /// A message, encoded as sent at that time.
    pub(crate) fn new(message: Message, sent: Timestamp, delay: Option<Span>) -> Self {
        let accepted = Accepted {
            id: message.id,
            body_md5: message.body_md5,
            attributes_md5: message.attributes_md5,
            system_attributes_md5: message.system_attributes_md5(),
        };
        Sending { accepted, size: message.size(), stored: message.encode(sent), delay }
    }
}

fn delay(seconds: i32) -> Result<Span, Error> {
    if limits::DELAY.contains(&i64::from(seconds)) {
        return Ok(Span::from_seconds(u64::from(seconds.unsigned_abs())));
    }
    Err(Error::InvalidValue {
        parameter: "DelaySeconds",
        value: seconds.to_string(),
        reason: "DelaySeconds must be >= 0 and <= 900.".into(),
    })
}

/// The change by which a queue takes a message, when so many go before it in the same plan. The first
/// message of an empty queue brings the sweep that will find it over.
pub(crate) fn send(
    queue: &Queue,
    now: Timestamp,
    before: usize,
    sending: &Sending,
) -> Result<Change, Error> {
    let most = queue.attributes.maximum_message_size;
    if sending.size > most {
        return Err(Error::InvalidParameter(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {most} bytes."
        )));
    }
    let delay = sending.delay.unwrap_or(queue.attributes.delay);
    let brings_sweep = queue.sweep_at.is_none() && before == 0;
    Ok(Change::Sent {
        position: Position(queue.backlog.tail().0 + before as u64),
        stored: sending.stored.clone(),
        delayed_until: (delay > Span::ZERO).then(|| now + delay),
        sweep_at: brings_sweep.then(|| sending.stored.sent + queue.attributes.retention),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::testing;

    /// A message of that size, sent five milliseconds after 1970.
    pub(crate) fn sending(size: usize, delay: Option<u64>) -> Sending {
        let accepted = Accepted {
            id: Uuid::nil(),
            body_md5: [0; 16],
            attributes_md5: None,
            system_attributes_md5: None,
        };
        let delay = delay.map(Span::from_seconds);
        Sending { accepted, stored: testing::stored(5), size, delay }
    }

    fn send_first(queue: &Queue, size: usize, delay: Option<u64>) -> Result<Change, Error> {
        send(queue, Timestamp::from_millis(5), 0, &sending(size, delay))
    }

    #[test]
    fn a_delay_of_the_message_wins_over_the_queues() {
        let mut lane = testing::lane();
        let queue = lane.queue.as_mut().unwrap();
        queue.attributes.delay = Span::from_seconds(7);
        for (given, expected) in [(None, Some(7005)), (Some(9), Some(9005)), (Some(0), None)] {
            let Ok(Change::Sent { delayed_until, .. }) = send_first(queue, 10, given) else {
                panic!("refused")
            };
            assert_eq!(delayed_until.map(Timestamp::millis), expected);
        }
    }

    #[test]
    fn a_message_as_large_as_the_queue_takes_is_taken_and_a_larger_one_is_not() {
        let lane = testing::lane();
        let queue = lane.queue.as_ref().unwrap();
        assert!(send_first(queue, 1_048_576, None).is_ok());
        let error = send_first(queue, 1_048_577, None).unwrap_err().to_string();
        assert!(error.ends_with("Message must be shorter than 1048576 bytes."));
    }
}
