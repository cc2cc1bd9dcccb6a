//! SendMessage, and each entry of SendMessageBatch.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use super::{Answer, FIVE_MINUTES, Kind, Message, Millis, Model, Queue, Refusal, Verdict, same};

/// What a sender gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Send {
    pub(in super::super) body: String,
    /// `MessageGroupId`.
    pub(in super::super) group: Option<String>,
    /// `MessageDeduplicationId`.
    pub(in super::super) deduplication_id: Option<String>,
    pub(in super::super) delay_seconds: Option<u64>,
    /// The value of a message attribute.
    pub(in super::super) attribute: Option<String>,
}

/// What a sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Sent {
    pub(in super::super) id: String,
    /// `SequenceNumber`.
    pub(in super::super) sequence: Option<String>,
}

/// A message that a FIFO queue has taken: until then another one with its key is a duplicate.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    key: Key,
    original: Sent,
    pub(super) until: Millis,
}

/// The group, if ids count within groups only, and the deduplication id, or the body in its place.
type Key = (Option<String>, Result<String, String>);

impl Model {
    /// Judges the answer to a message that is sent, and takes the message.
    pub(in super::super) fn send(
        &mut self,
        queue: usize,
        send: &Send,
        answer: &Answer<Sent>,
    ) -> Verdict {
        let queue_ = &self.queues[queue];
        if let Some(refusal) = queue_.refuses(send) {
            return same("the answer", answer, &Err(refusal));
        }
        let sent = answer.as_ref().map_err(|refusal| format!("was refused: {refusal:?}"))?;
        let key = queue_.key(send);
        let is_fifo = queue_.kind == Kind::Fifo;
        same("whether there is a sequence number", sent.sequence.is_some(), is_fifo)?;
        let is_same = |seen: &&Seen| seen.key == key && seen.until > self.now;
        if let Some(seen) = queue_.seen.iter().find(is_same) {
            return same("the answer to a duplicate", sent, &seen.original);
        }
        // A FIFO queue has one delay for all: of one's own, only none is taken, and says nothing.
        let own = send.delay_seconds.filter(|_| !is_fifo);
        let delay = own.map_or(queue_.delay, |seconds| seconds * 1000);
        self.arrive(queue, send.clone(), delay);
        let until = self.now + FIVE_MINUTES;
        let queue = &mut self.queues[queue];
        if let Some(message) = queue.messages.last_mut() {
            (message.id, message.sequence) = (Some(sent.id.clone()), sent.sequence.clone());
        }
        if is_fifo {
            queue.seen.push(Seen { key, original: sent.clone(), until });
        }
        queue.judge_order()
    }

    /// A new message is the last one.
    pub(super) fn arrive(&mut self, queue: usize, send: Send, delay: Millis) -> &mut Message {
        let (serial, now) = (self.birth(), self.now);
        let queue = &mut self.queues[queue];
        queue.messages.push(Message {
            serial,
            id: None,
            sequence: None,
            send,
            sent: now,
            was_delayed: queue.delay > 0,
            visible_at: now + delay,
            receives: 0,
            first_received: 0,
            received: 0,
            was_changed: false,
            source: None,
        });
        let last = queue.messages.len() - 1;
        &mut queue.messages[last]
    }
}

impl Queue {
    /// A FIFO queue wants a group and a way to tell duplicates, and has one delay for all. A standard queue
    /// knows no duplicates.
    fn refuses(&self, send: &Send) -> Option<Refusal> {
        let is_known = send.deduplication_id.is_some();
        match self.kind {
            Kind::Standard => is_known.then_some(Refusal::InvalidParameterValue),
            Kind::Fifo if send.group.is_none() => Some(Refusal::MissingParameter),
            Kind::Fifo => {
                let is_delayed = send.delay_seconds.is_some_and(|seconds| seconds > 0);
                let is_wrong = is_delayed || !is_known && !self.content_based;
                is_wrong.then_some(Refusal::InvalidParameterValue)
            }
        }
    }

    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html>
    fn key(&self, send: &Send) -> Key {
        let group = send.group.clone().filter(|_| self.within_groups);
        (group, send.deduplication_id.clone().ok_or_else(|| send.body.clone()))
    }
}
