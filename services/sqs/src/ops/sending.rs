//! What SendMessage and SendMessageBatch have in common.

use std::collections::BTreeMap;

use api::types::{
    MessageAttributeValue, MessageSystemAttributeValue, SendMessageBatchRequestEntry,
    SendMessageRequest,
};
use base::{Arn, Span, Timestamp};
use runtime::{Call, Moment};
use store::Position;
use uuid::Uuid;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::backlog::Stored;
use crate::model::checksum::Sum;
use crate::model::fifo::seen::Original;
use crate::model::message::Given;
use crate::model::{Change, Message, Queue};
use crate::ops::fifo::{self, Ids, Keys, Verdict};

/// What a sender gives for one message.
pub(super) struct Asked {
    body: String,
    delay_seconds: Option<i32>,
    attributes: Option<BTreeMap<String, MessageAttributeValue>>,
    system_attributes: Option<BTreeMap<String, MessageSystemAttributeValue>>,
    ids: Ids,
}

/// A message that is ready to be stored: encoded before the lane is entered.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) accepted: Accepted,
    pub(crate) stored: Stored,
    pub(crate) size: usize,
    pub(crate) delay: Option<Span>,
    /// How a FIFO queue knows it again.
    pub(crate) keys: Option<Keys>,
    /// How much later than it should it arrives, where faults are made on purpose.
    pub(crate) late: Span,
}

/// What a sender is told about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(super) id: Uuid,
    pub(super) body_md5: Sum,
    pub(super) attributes_md5: Option<Sum>,
    pub(super) system_attributes_md5: Option<Sum>,
    /// Where it stands in a FIFO queue.
    pub(super) position: Option<Position>,
}

impl Accepted {
    /// `SequenceNumber`; only FIFO queues have it.
    pub(super) fn sequence_number(&self) -> Option<String> {
        self.position.map(fifo::sequence_number)
    }
}

impl From<SendMessageRequest> for Asked {
    fn from(input: SendMessageRequest) -> Self {
        Asked {
            body: input.message_body,
            delay_seconds: input.delay_seconds,
            attributes: input.message_attributes,
            system_attributes: input.message_system_attributes,
            ids: Ids {
                group: input.message_group_id,
                deduplication: input.message_deduplication_id,
            },
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
            ids: Ids {
                group: entry.message_group_id,
                deduplication: entry.message_deduplication_id,
            },
        }
    }
}

/// Checks what depends on no more than the queue's name, and encodes the message.
pub(super) fn check(sqs: &Sqs, call: &Call, queue: &Arn, asked: Asked) -> Result<Sending, Error> {
    let keys = asked.ids.check(queue, &asked.body)?;
    let delay = asked.delay_seconds.map(delay).transpose()?;
    let given = Given {
        body: asked.body,
        body_md5: None,
        attributes: asked.attributes,
        system_attributes: asked.system_attributes,
    };
    let node = sqs.queues.node();
    let mut message = given.check(node.random().uuid(), call.caller.account.to_string())?;
    message.group_id = asked.ids.group;
    message.deduplication_id = asked.ids.deduplication;
    let late = if keys.is_none() { node.faults().lateness(queue) } else { Span::ZERO };
    Ok(Sending { keys, late, ..Sending::new(message, node.timers().now(), delay) })
}

impl Sending {
    /// A message, encoded as sent at that time.
    pub(crate) fn new(message: Message, sent: Timestamp, delay: Option<Span>) -> Self {
        let accepted = Accepted {
            id: message.id,
            body_md5: message.body_md5,
            attributes_md5: message.attributes_md5,
            system_attributes_md5: message.system_attributes_md5(),
            position: None,
        };
        let size = message.size();
        Sending {
            accepted,
            size,
            stored: message.encode(sent),
            delay,
            keys: None,
            late: Span::ZERO,
        }
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

/// Adds the changes by which a queue takes a message, and says what its sender is told. The duplicate of a
/// message in a FIFO queue changes nothing and is answered like the first.
pub(crate) fn accept(
    queue: &Queue,
    moment: Moment<'_>,
    changes: &mut Vec<Change>,
    sending: &Sending,
) -> Result<Accepted, Error> {
    let before = changes.iter().filter(|change| matches!(change, Change::Sent { .. })).count();
    let sent = |delay_from| send(queue, delay_from, before, sending);
    let Some(attributes) = &queue.attributes.fifo else {
        changes.push(sent(moment.now)?);
        return Ok(sending.accepted);
    };
    match fifo::judge(queue, attributes, moment, changes, sending)? {
        Verdict::Duplicate(original) => {
            let position = Some(original.position);
            Ok(Accepted { id: original.id, position, ..sending.accepted })
        }
        Verdict::New(key) => {
            // The delay of a FIFO queue counts from when a message was sent: it may change later.
            let sent = sent(sending.stored.sent)?;
            let position = Position(queue.backlog.tail().0 + before as u64);
            changes.push(sent);
            let original = Original { id: sending.accepted.id, position };
            fifo::remember(changes, key, moment, original);
            Ok(Accepted { position: Some(position), ..sending.accepted })
        }
    }
}

/// The change by which a queue takes a message, when so many go before it in the same plan. The first
/// message of an empty queue brings the sweep that will find it over.
fn send(queue: &Queue, now: Timestamp, before: usize, sending: &Sending) -> Result<Change, Error> {
    let most = queue.attributes.maximum_message_size;
    if sending.size > most {
        return Err(Error::InvalidParameter(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {most} bytes."
        )));
    }
    // The messages of a FIFO queue have no delays of their own.
    let own = sending.delay.filter(|_| queue.attributes.fifo.is_none());
    let delay = own.unwrap_or(queue.attributes.delay);
    let brings_sweep = queue.sweep_at.is_none() && before == 0;
    Ok(Change::Sent {
        position: Position(queue.backlog.tail().0 + before as u64),
        stored: sending.stored.clone(),
        delayed_until: (delay.max(sending.late) > Span::ZERO).then(|| now + delay + sending.late),
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
            position: None,
        };
        let delay = delay.map(Span::from_seconds);
        Sending { accepted, stored: testing::stored(5), size, delay, keys: None, late: Span::ZERO }
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
