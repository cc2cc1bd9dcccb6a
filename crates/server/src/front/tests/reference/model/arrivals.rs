//! How messages come into queues: SendMessage and each entry of SendMessageBatch, dead letters, move tasks.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html>

use super::*;

/// What tells duplicates: the group, if ids count within groups, and the deduplication id or else the body.
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
        let key = (group, send.deduplication_id.clone().ok_or_else(|| send.body.clone()));
        if let Some((_, original, _)) = queue.seen.iter().find(|s| s.0 == key && s.2 > now) {
            return same("the answer to a duplicate", sent, original);
        }
        // A FIFO queue has one delay for all: the only one that a sender may give, zero, says nothing.
        let own = send.delay_seconds.filter(|_| !is_fifo).map(|seconds| seconds * 1000);
        let message = self.arrive(number, send.clone(), own);
        (message.id, message.sequence) = (Some(sent.id.clone()), sent.sequence.clone());
        let queue = &mut self.queues[number];
        queue.seen.extend(is_fifo.then(|| (key, sent.clone(), now + FIVE_MINUTES)));
        queue.judge_order()
    }

    /// A new message is the last one; its queue delays it unless it has a delay of its own.
    pub(super) fn arrive(&mut self, to: usize, send: Send, delay: Option<Millis>) -> &mut Message {
        self.born += 1;
        let (serial, now, queue) = (self.born, self.now, &mut self.queues[to]);
        queue.messages.push_mut(Message {
            serial,
            send,
            sent: now,
            was_delayed: queue.delay > 0,
            visible_at: now + delay.unwrap_or(queue.delay),
            ..Message::default()
        })
    }

    /// A dead letter arrives with all that its sender gave, its id and its source. In a standard queue its
    /// retention goes on; in a FIFO queue it is dated anew.
    pub(super) fn bury(&mut self, source: usize, id: &str) {
        let Some(dead) = self.take(source, id) else { return };
        let sent = if self.queues[source].kind == Kind::Fifo { self.now } else { dead.sent };
        let arrived = self.arrive(self.queues.len() - 1, dead.send, None);
        (arrived.id, arrived.source, arrived.sent) = (dead.id, Some(source), sent);
        self.pass(0);
    }

    /// Takes a message out of its queue; what leaves a FIFO queue is told from others by its id from then on.
    fn take(&mut self, queue: usize, id: &str) -> Option<Message> {
        let queue = &mut self.queues[queue];
        let index = queue.messages.iter().position(|m| m.id.as_deref() == Some(id))?;
        let mut taken = queue.messages.remove(index);
        if queue.kind == Kind::Fifo {
            taken.send.deduplication_id = taken.id.clone();
        }
        Some(taken)
    }

    /// StartMessageMoveTask from the dead-letter queue, which must be one, to a queue or to where each message
    /// came from; it is judged when the task has ended. A moved message is a new one, with a new id. One that
    /// was sent to the dead-letter queue itself came from nowhere: there the task fails, and it is open which
    /// others it moves.
    pub(crate) fn start_move(
        &mut self,
        to: Option<usize>,
        answer: &Answer<()>,
        moved: &[String],
    ) -> Verdict {
        if self.queues.iter().all(|queue| queue.max_receive_count.is_none()) {
            return same("the answer", answer, &Err(Refusal::InvalidParameterValue));
        }
        same("the answer", answer, &Ok(()))?;
        let from = self.queues.len() - 1;
        let movable = self.queues[from].lines(self.now).concat();
        let fails = to.is_none() && movable.iter().any(|message| message.source.is_none());
        same("whether all were moved", moved.len() == movable.len() || fails, true)?;
        for id in moved {
            let message = self.take(from, id).ok_or("a message was moved that is not there")?;
            let to = to.or(message.source).ok_or("a message was moved to nowhere")?;
            self.arrive(to, message.send, None);
        }
        Ok(())
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

    /// Sequence numbers rise within a group.
    pub(super) fn judge_order(&self) -> Verdict {
        let known = || self.messages.iter().filter(|message| message.sequence.is_some());
        let of = |group| known().filter(move |m| m.send.group == group).map(|m| &m.sequence);
        let rise = known().all(|m| of(m.send.group.clone()).is_sorted_by(|a, b| a < b));
        same("whether sequence numbers rise", rise, true)
    }
}
