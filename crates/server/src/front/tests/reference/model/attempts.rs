//! Receive request attempt ids: whoever has lost the answer to a receive asks for the same messages again.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>

use super::{FIVE_MINUTES, Message, Millis, Queue, Receipt, Received, ensure, same};

/// No message is in flight for longer than this after it was received.
const TWELVE_HOURS: Millis = 12 * 3_600_000;

/// A receive that had an attempt id, and what it got.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    id: u8,
    pub(super) at: Millis,
    got: Vec<Receipt>,
}

impl Queue {
    pub(super) fn remember(&mut self, id: u8, at: Millis, got: Vec<Receipt>) {
        self.attempts.push(Attempt { id, at, got });
    }

    /// What an attempt got, if it can be given again: for five minutes, as long as all of it is in flight and
    /// nothing was deleted nor had its visibility changed.
    pub(super) fn complete(&self, id: u8, now: Millis) -> Option<Vec<Receipt>> {
        let is_unchanged = |receipt: &Receipt| {
            let message = self.message(*receipt);
            message.is_some_and(|m| {
                m.receives == receipt.receive && m.is_in_flight(now) && !m.was_changed
            })
        };
        let attempts = self.attempts.iter().filter(|a| a.id == id && now < a.at + FIVE_MINUTES);
        let mut attempts = attempts.filter(|attempt| !attempt.got.is_empty());
        attempts.find(|attempt| attempt.got.iter().all(is_unchanged)).map(|a| a.got.clone())
    }

    /// The same messages with the same handles, hidden anew; they do not count as received again.
    pub(super) fn give_again(
        &mut self,
        again: &[Receipt],
        got: &[Received],
        now: Millis,
        timeout: Millis,
    ) -> Result<Vec<Receipt>, String> {
        same("messages of the attempt", got.len(), again.len())?;
        let kind = self.kind;
        let mut receipts = Vec::new();
        for one in got {
            let is_meant = |m: &&mut Message| {
                m.is_same(one) && again.iter().any(|receipt| receipt.serial == m.serial)
            };
            let message = self.messages.iter_mut().find(is_meant);
            let message = message.ok_or_else(|| format!("not of this attempt: {one:?}"))?;
            message.visible_at = (now + timeout).min(message.received + TWELVE_HOURS);
            message.judge(kind, one)?;
            let serial = message.serial;
            receipts.extend(again.iter().copied().filter(|receipt| receipt.serial == serial));
        }
        let is_once = (1..receipts.len()).all(|n| !receipts[..n].contains(&receipts[n]));
        ensure(is_once, || format!("some came twice: {got:?}"))?;
        Ok(receipts)
    }

    pub(super) fn message(&self, receipt: Receipt) -> Option<&Message> {
        let is_here = receipt.life == self.life;
        self.messages.iter().find(|message| is_here && message.serial == receipt.serial)
    }
}
