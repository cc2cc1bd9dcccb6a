//! ReceiveMessage, without waiting.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>

use super::*;

type Receipts = Result<Vec<Receipt>, String>;

impl Model {
    /// Judges what a receive got, and which messages (by id) it sent to the dead-letter queue. Answers what
    /// the handles stand for.
    pub(crate) fn receive(
        &mut self,
        number: usize,
        asked: &Receive,
        answer: &Answer<Vec<Received>>,
        left: &[String],
    ) -> Receipts {
        let (now, queue) = (self.now, &mut self.queues[number]);
        if queue.kind == Kind::Standard && asked.attempt.is_some() {
            let refusal = Some(&Refusal::InvalidParameterValue);
            return same("the answer", answer.as_ref().err(), refusal).map(|()| Vec::new());
        }
        let got = answer.as_ref().map_err(|refusal| format!("was refused: {refusal:?}"))?;
        let timeout = asked.visibility_timeout.map(|seconds| seconds * 1000);
        let hidden_until = now + timeout.unwrap_or(queue.visibility_timeout);
        if let Some(again) = asked.attempt.and_then(|attempt| queue.unchanged(attempt, now)) {
            same("messages that left", left, &[])?;
            return queue.give_again(&again, got, hidden_until);
        }
        queue.judge(asked.max_number_of_messages, got, left, now)?;
        let receipts = got.iter().map(|one| queue.give(one, now, hidden_until));
        let receipts = receipts.collect::<Receipts>()?;
        queue.judge_order()?;
        queue.attempts.extend(asked.attempt.map(|attempt| (attempt, now, receipts.clone())));
        left.iter().for_each(|id| self.bury(number, id));
        Ok(receipts)
    }
}

impl Queue {
    /// What a receive may find now, as lines: out of a line, messages come in order. In a standard queue each
    /// message is one. In a FIFO queue each group is one, up to its first delayed message; while one of a group
    /// is in flight, nobody receives the others. So a group either gives messages or loses overdue ones.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html>
    pub(crate) fn lines(&self, now: Millis) -> Vec<Vec<&Message>> {
        let mut lines: Vec<Vec<&Message>> = Vec::new();
        for message in &self.messages {
            let is_mine = |line: &&mut Vec<&Message>| line[0].send.group == message.send.group;
            match lines.iter_mut().find(is_mine).filter(|_| self.kind == Kind::Fifo) {
                Some(line) => line.push(message),
                None => lines.push(vec![message]),
            }
        }
        lines.retain(|line| line.iter().all(|m| !m.is_in_flight(now)) && !line[0].is_delayed(now));
        for line in &mut lines {
            let first = self.is_overdue(line[0]);
            let is_like = |m: &&&Message| !m.is_delayed(now) && self.is_overdue(m) == first;
            line.truncate(line.iter().take_while(is_like).count());
        }
        lines
    }

    /// Whether the next receive that finds it sends it to the dead-letter queue.
    pub(crate) fn is_overdue(&self, message: &Message) -> bool {
        self.max_receive_count.is_some_and(|most| message.receives >= most)
    }

    /// A receive gets as many messages as it asked for, or all that there are (a short poll of SQS may give
    /// fewer; Millpond looks everywhere), and as many as possible of one group. Overdue messages that it finds
    /// leave instead; when it got fewer than it asked for, it has found them all.
    fn judge(&self, most: usize, got: &[Received], left: &[String], now: Millis) -> Verdict {
        let is_overdue = |line: &Vec<&Message>| self.is_overdue(line[0]);
        let (overdue, lines): (Vec<_>, Vec<_>) = self.lines(now).into_iter().partition(is_overdue);
        let has_left = |message: &&Message| left.iter().any(|id| message.id.as_ref() == Some(id));
        let (gone, stayed): (Vec<_>, Vec<_>) = overdue.concat().into_iter().partition(has_left);
        same("messages that left, of those that may", gone.len(), left.len())?;
        same("whether one stayed", !stayed.is_empty() && got.len() < most, false)?;
        let there = lines.iter().map(Vec::len).sum::<usize>();
        same("number of messages received", got.len(), there.min(most))?;
        let (mut judged, mut partial) = (0, 0);
        for line in &lines {
            let is_mine = |one: &&Received| line.iter().any(|message| message.is_same(one));
            let mine: Vec<_> = got.iter().filter(is_mine).collect();
            let in_order = line.iter().zip(&mine).filter(|(message, one)| message.is_same(one));
            judged += in_order.count();
            partial += usize::from(!mine.is_empty() && mine.len() < line.len());
        }
        same("messages received once, in order, and allowed", judged, got.len())?;
        same("whether as many as possible came from one group", partial <= 1, true)
    }

    /// A receiver gets a message, and nobody else does for a while.
    fn give(&mut self, one: &Received, now: Millis, until: Millis) -> Result<Receipt, String> {
        let (kind, life) = (self.kind, self.life);
        let message = self.messages.iter_mut().find(|m| m.is_same(one)).ok_or("unknown")?;
        message.first_received = if message.receives == 0 { now } else { message.first_received };
        message.receives += 1;
        (message.received, message.visible_at, message.was_changed) = (now, until, false);
        // What a moved message is called is seen here first.
        message.id = Some(one.id.clone());
        message.sequence = message.sequence.take().or_else(|| one.sequence.clone());
        message.judge(kind, one)?;
        Ok(Receipt { life, serial: message.serial, receive: message.receives })
    }

    /// What an attempt got, if it can be given again: for five minutes, as long as all of it is in flight and
    /// nothing was deleted nor had its visibility changed.
    fn unchanged(&self, id: u8, now: Millis) -> Option<Vec<Receipt>> {
        let is_unchanged = |receipt: &Receipt| {
            let message = self.message(*receipt).filter(|m| m.receives == receipt.receive);
            message.is_some_and(|message| message.is_in_flight(now) && !message.was_changed)
        };
        let mut attempts = self.attempts.iter().filter(|a| a.0 == id && now < a.1 + FIVE_MINUTES);
        let whole = attempts.find(|(_, _, got)| !got.is_empty() && got.iter().all(is_unchanged));
        whole.map(|(_, _, got)| got.clone())
    }

    /// The same messages with the same handles, hidden anew; they do not count as received again.
    fn give_again(&mut self, again: &[Receipt], got: &[Received], until: Millis) -> Receipts {
        same("number of messages of the attempt", got.len(), again.len())?;
        let mut left = again.to_vec();
        let mut give = |one: &Received| {
            let message = self.messages.iter_mut().find(|message| message.is_same(one));
            let message = message.ok_or("a message that is not there")?;
            let index = left.iter().position(|receipt| receipt.serial == message.serial);
            message.visible_at = until.min(message.received + TWELVE_HOURS);
            message.judge(self.kind, one)?;
            Ok(left.remove(index.ok_or("a message that is not of this attempt, or came twice")?))
        };
        got.iter().map(&mut give).collect()
    }
}

impl Message {
    /// Whether this is what somebody received.
    fn is_same(&self, one: &Received) -> bool {
        let is_alike = self.send.body == one.send.body && self.send.group == one.send.group;
        self.id.as_ref().map_or(is_alike, |id| *id == one.id)
    }

    /// Whether its receiver reads what it should.
    fn judge(&self, kind: Kind, one: &Received) -> Verdict {
        let send = Send { delay_seconds: None, ..self.send.clone() };
        same("what was sent", &one.send, &send)?;
        same("SentTimestamp", one.sent, self.sent)?;
        same("ApproximateFirstReceiveTimestamp", one.first_received, self.first_received)?;
        same("ApproximateReceiveCount", one.receives, self.receives)?;
        same("DeadLetterQueueSourceArn", one.source, self.source)?;
        same("whether it is numbered", one.sequence.is_some(), kind == Kind::Fifo)?;
        same("SequenceNumber", &one.sequence, &self.sequence)
    }
}
