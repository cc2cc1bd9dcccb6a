//! ReceiveMessage, without waiting.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>

use super::{Answer, Kind, Message, Millis, Model, Queue, Refusal, Verdict, ensure, same};

/// What a receiver asks for.
#[derive(Clone, Debug)]
pub(in super::super) struct Receive {
    pub(in super::super) max_number_of_messages: usize,
    /// Seconds.
    pub(in super::super) visibility_timeout: Option<u64>,
    /// `ReceiveRequestAttemptId`.
    pub(in super::super) attempt: Option<u8>,
}

/// A message as its receiver reads it.
#[derive(Clone, Debug)]
pub(in super::super) struct Received {
    pub(in super::super) id: String,
    pub(in super::super) body: String,
    pub(in super::super) receipt_handle: String,
    pub(in super::super) attribute: Option<String>,
    pub(in super::super) group: Option<String>,
    pub(in super::super) deduplication_id: Option<String>,
    pub(in super::super) sequence: Option<String>,
    pub(in super::super) sent: Millis,
    pub(in super::super) first_received: Millis,
    pub(in super::super) receives: u32,
    /// `DeadLetterQueueSourceArn`, as the queue's number.
    pub(in super::super) source: Option<usize>,
}

/// What a receipt handle stands for: a receive of a message of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Receipt {
    pub(super) life: u64,
    pub(super) serial: u64,
    pub(super) receive: u32,
}

impl Model {
    /// Judges what a receive got, and which messages (by id) it sent to the dead-letter queue. Answers what
    /// each handle stands for.
    pub(in super::super) fn receive(
        &mut self,
        number: usize,
        asked: &Receive,
        answer: &Answer<Vec<Received>>,
        left: &[String],
    ) -> Result<Vec<Receipt>, String> {
        let (now, queue) = (self.now, &mut self.queues[number]);
        if queue.kind == Kind::Standard && asked.attempt.is_some() {
            same("the answer", answer.as_ref().err(), Some(&Refusal::InvalidParameterValue))?;
            return Ok(Vec::new());
        }
        let got = answer.as_ref().map_err(|refusal| format!("was refused: {refusal:?}"))?;
        let timeout = asked.visibility_timeout.map(|seconds| seconds * 1000);
        let timeout = timeout.unwrap_or(queue.visibility_timeout);
        if let Some(again) = asked.attempt.and_then(|attempt| queue.complete(attempt, now)) {
            same("what left", left, &[])?;
            return queue.give_again(&again, got, now, timeout);
        }
        queue.judge(asked, got, left, now)?;
        let receipts: Result<Vec<_>, _> =
            got.iter().map(|one| queue.give(one, now, timeout)).collect();
        if let (Some(attempt), Ok(receipts)) = (asked.attempt, &receipts) {
            queue.remember(attempt, now, receipts.clone());
        }
        left.iter().for_each(|id| self.bury(number, id));
        receipts
    }

    /// What the next receive may send to the dead-letter queue, by id.
    pub(in super::super) fn overdue(&self, queue: usize) -> Vec<String> {
        let queue = &self.queues[queue];
        let lines = queue.lines(self.now);
        let overdue = lines.iter().flatten().filter(|message| queue.is_overdue(message));
        overdue.filter_map(|message| message.id.clone()).collect()
    }
}

impl Queue {
    /// What can be received now, as lines: out of a line, messages come in order. In a standard queue each
    /// message is a line of its own; in a FIFO queue each group is one, up to its first delayed message, unless
    /// one of the group is in flight: then nobody receives the others.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html>
    fn lines(&self, now: Millis) -> Vec<Vec<&Message>> {
        if self.kind == Kind::Standard {
            let visible = self.messages.iter().filter(|message| !message.is_hidden(now));
            return visible.map(|message| vec![message]).collect();
        }
        let mut groups: Vec<_> = self.messages.iter().map(|message| &message.send.group).collect();
        groups.sort();
        groups.dedup();
        let line = |group| {
            let line: Vec<_> = self.messages.iter().filter(|m| &m.send.group == group).collect();
            let is_locked = line.iter().any(|message| message.is_in_flight(now));
            let line = line.into_iter().take_while(|message| !message.is_delayed(now));
            if is_locked { Vec::new() } else { line.collect() }
        };
        groups.into_iter().map(line).collect()
    }

    /// Whether the next receive that finds it sends it to the dead-letter queue.
    fn is_overdue(&self, message: &Message) -> bool {
        self.max_receive_count.is_some_and(|most| message.receives >= most)
    }

    /// A receive gets as many messages as it asked for, or all that there are: a short poll of SQS may
    /// give fewer, Millpond looks everywhere. Overdue messages that it finds on the way leave instead; when it
    /// got fewer than it asked for, it has found them all.
    fn judge(&self, asked: &Receive, got: &[Received], left: &[String], now: Millis) -> Verdict {
        let mut lines = self.lines(now);
        let has_left = |message: &Message| message.id.as_ref().is_some_and(|id| left.contains(id));
        let overdue: Vec<_> = lines.iter().flatten().filter(|m| self.is_overdue(m)).collect();
        let gone = overdue.iter().filter(|message| has_left(message)).count();
        same("messages that left, of those that had to", gone, left.len())?;
        let most = asked.max_number_of_messages;
        let has_seen_all = got.len() < most;
        ensure(!has_seen_all || gone == overdue.len(), || "an overdue message stayed".into())?;
        lines.iter_mut().for_each(|line| line.retain(|message| !has_left(message)));
        let allowed =
            lines.iter().map(|line| line.iter().take_while(|m| !self.is_overdue(m)).count());
        same("messages received", got.len(), allowed.sum::<usize>().min(most))?;
        let mut rest = got.to_vec();
        let mut partial = 0;
        for line in &lines {
            let (mine, others) = split(rest, |one| line.iter().any(|m| m.is_same(one)));
            rest = others;
            for (message, one) in line.iter().zip(&mine) {
                ensure(message.is_same(one), || format!("{one:?} came before {message:?}"))?;
                ensure(!self.is_overdue(message), || format!("{one:?} is overdue"))?;
            }
            ensure(mine.len() <= line.len(), || format!("some came twice: {mine:?}"))?;
            partial += usize::from(!mine.is_empty() && mine.len() < line.len());
        }
        ensure(rest.is_empty(), || format!("nobody may receive {rest:?}"))?;
        ensure(partial <= 1, || "as many as possible come from one group".into())
    }

    /// A receiver gets a message, and nobody else does for a while.
    fn give(&mut self, one: &Received, now: Millis, timeout: Millis) -> Result<Receipt, String> {
        let life = self.life;
        let kind = self.kind;
        let message = self.messages.iter_mut().find(|m| m.is_same(one)).ok_or("unknown")?;
        if message.receives == 0 {
            message.first_received = now;
        }
        message.receives += 1;
        (message.received, message.was_changed) = (now, false);
        message.visible_at = now + timeout;
        message.id = Some(one.id.clone());
        if kind == Kind::Fifo {
            ensure(one.sequence.is_some(), || "there is no sequence number".into())?;
            message.sequence.get_or_insert(one.sequence.clone().unwrap_or_default());
        }
        message.judge(kind, one)?;
        let receipt = Receipt { life, serial: message.serial, receive: message.receives };
        self.judge_order()?;
        Ok(receipt)
    }
}

impl Message {
    /// Whether this is what somebody received.
    pub(super) fn is_same(&self, one: &Received) -> bool {
        match &self.id {
            Some(id) => *id == one.id,
            None => self.send.body == one.body && self.send.group == one.group,
        }
    }

    /// Whether its receiver reads what it should.
    pub(super) fn judge(&self, kind: Kind, one: &Received) -> Verdict {
        same("body", &one.body, &self.send.body)?;
        same("message attribute", &one.attribute, &self.send.attribute)?;
        same("MessageGroupId", &one.group, &self.send.group)?;
        same("SentTimestamp", one.sent, self.sent)?;
        same("ApproximateFirstReceiveTimestamp", one.first_received, self.first_received)?;
        same("ApproximateReceiveCount", one.receives, self.receives)?;
        same("DeadLetterQueueSourceArn", one.source, self.source)?;
        same("SequenceNumber", &one.sequence, &self.sequence)?;
        let shown = one.deduplication_id.clone().unwrap_or_default();
        match (kind, &self.send.deduplication_id) {
            (Kind::Standard, _) => same("MessageDeduplicationId", shown.as_str(), ""),
            (Kind::Fifo, Some(given)) => same("MessageDeduplicationId", &shown, given),
            (Kind::Fifo, None) => same("length of the body's hash", shown.len(), 64),
        }
    }
}

fn split(all: Vec<Received>, is_one: impl Fn(&Received) -> bool) -> (Vec<Received>, Vec<Received>) {
    all.into_iter().partition(is_one)
}
