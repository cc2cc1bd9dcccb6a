//! SendMessage, and each entry of SendMessageBatch.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use super::*;

/// What tells duplicates: the group, if ids count within groups only, and the deduplication id or, in its
/// place, the body.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html>
pub(super) type Key = (Option<String>, Result<String, String>);

impl Model {
    /// Judges the answer to a message that is sent, and takes the message.
    pub(crate) fn send(&mut self, number: usize, send: &Send, answer: &Answer<Sent>) -> Verdict {
        let (now, queue) = (self.now, &self.queues[number]);
        if let Some(refusal) = queue.refuses(send) {
            return same("the answer", answer, &Err(refusal));
        }
        let sent = answer.as_ref().map_err(|refusal| format!("was refused: {refusal:?}"))?;
        let is_fifo = queue.kind == Kind::Fifo;
        same("whether there is a sequence number", sent.sequence.is_some(), is_fifo)?;
        let group = send.group.clone().filter(|_| queue.deduplication_within_groups);
        let id = send.deduplication_id.clone();
        let key = (group, id.ok_or_else(|| send.body.clone()));
        if let Some((_, original, _)) = queue.seen.iter().find(|s| s.0 == key && s.2 > now) {
            return same("the answer to a duplicate", sent, original);
        }
        // A FIFO queue has one delay for all: the only one that a sender may give, zero, says nothing.
        let own = send.delay_seconds.filter(|_| !is_fifo).map(|seconds| seconds * 1000);
        let message = self.arrive(number, send.clone(), own);
        (message.id, message.sequence) = (Some(sent.id.clone()), sent.sequence.clone());
        let queue = &mut self.queues[number];
        if is_fifo {
            queue.seen.push((key, sent.clone(), now + FIVE_MINUTES));
        }
        queue.judge_order()
    }

    /// A new message is the last one; its queue delays it unless it has a delay of its own.
    pub(super) fn arrive(&mut self, to: usize, send: Send, delay: Option<Millis>) -> &mut Message {
        let (serial, now, queue) = (self.birth(), self.now, &mut self.queues[to]);
        queue.messages.push(Message {
            serial,
            id: None,
            sequence: None,
            send,
            sent: now,
            was_delayed: queue.delay > 0,
            visible_at: now + delay.unwrap_or(queue.delay),
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
    /// A FIFO queue wants a group and a way to tell duplicates. A standard queue knows no duplicates.
    fn refuses(&self, send: &Send) -> Option<Refusal> {
        let has_id = send.deduplication_id.is_some();
        let is_delayed = send.delay_seconds.is_some_and(|seconds| seconds > 0);
        let is_wrong = match self.kind {
            Kind::Standard => has_id,
            Kind::Fifo if send.group.is_none() => return Some(Refusal::MissingParameter),
            Kind::Fifo => is_delayed || !has_id && !self.content_based_deduplication,
        };
        is_wrong.then_some(Refusal::InvalidParameterValue)
    }

    /// Sequence numbers rise in the order of arrival.
    pub(super) fn judge_order(&self) -> Verdict {
        let known: Vec<_> = self.messages.iter().filter_map(|m| m.sequence.as_ref()).collect();
        ensure(known.is_sorted_by(|a, b| a < b), || format!("sequence numbers: {known:?}"))
    }
}
