//! What is done with receipt handles.

use std::time::Duration;

use super::life::Hidden;
use super::{Began, Ledger};
use crate::crash::breach::Breach;
use crate::crash::message::Token;
use crate::crash::queue::Queue;

/// A message in somebody's hands.
#[derive(Clone, Debug)]
pub(in crate::crash) struct Held {
    /// Which one.
    pub(in crate::crash) token: Token,
    /// Where it was received.
    pub(in crate::crash) queue: Queue,
    /// Its `MessageId`.
    pub(in crate::crash) id: String,
    /// Its receive count, which tells this receive from others.
    pub(in crate::crash) count: u32,
    /// Its `ReceiptHandle`.
    pub(in crate::crash) handle: String,
}

impl Ledger {
    /// A message's visibility timeout is about to be changed.
    pub(in crate::crash) fn hide_begins(&mut self, began: Began, held: &Held, hidden: Duration) {
        if let Some(life) = self.life(held) {
            life.may_be_hidden(began, hidden);
        }
    }

    /// The change was acknowledged.
    pub(in crate::crash) fn hidden(&mut self, began: Began, held: &Held, hidden: Duration) {
        self.step += 1;
        self.totals.hidden += 1;
        let step = self.step;
        // An older receive's handle may have had no effect on the newer one.
        if let Some(life) = self.life(held).filter(|life| life.highest() == held.count) {
            life.hidden = Some(Hidden::by(began, step, hidden));
        }
    }

    /// A delete is about to be sent.
    pub(in crate::crash) fn delete_begins(&mut self, held: &Held) {
        if let Some(entry) = self.entry_mut(held.token) {
            entry.deletes.under_way += 1;
        }
    }

    /// It ended without an answer.
    pub(in crate::crash) fn delete_lost(&mut self, held: &Held) {
        self.delete_ends(held, true);
    }

    /// It was refused, because the handle was said to be out of date or for another reason.
    pub(in crate::crash) fn delete_refused(&mut self, held: &Held) {
        self.delete_ends(held, false);
    }

    fn delete_ends(&mut self, held: &Held, perhaps: bool) {
        self.step += 1;
        let step = self.step;
        if let Some(entry) = self.entry_mut(held.token) {
            entry.deletes.end(step, perhaps);
        }
    }

    /// The delete was acknowledged. A handle deletes nothing when somebody else has received the message
    /// meanwhile, and whether anybody has is certain only while the message is hidden; a FIFO queue would
    /// have refused it, unless the message was no longer there at all.
    pub(in crate::crash) fn deleted(&mut self, began: Began, held: &Held) {
        self.delete_ends(held, true);
        self.totals.deleted += 1;
        let step = self.step;
        let is_held = self.life(held).is_some_and(|life| life.is_held(held.count, began));
        let is_certain = is_held || (held.queue.is_fifo() && !held.queue.is_redriven());
        let Some(entry) = self.entry_mut(held.token) else { return };
        let was_there = !std::mem::replace(&mut entry.deletes.acknowledged, true);
        let home = entry.home;
        let backlog = self.backlog.entry(home).or_default();
        *backlog = backlog.saturating_sub(u64::from(was_there));
        if is_certain {
            self.is_gone(held.token, step);
        }
    }

    fn is_gone(&mut self, token: Token, step: u64) {
        let Some(entry) = self.entry_mut(token) else { return };
        entry.deletes.certain.get_or_insert(step);
        let place = entry.lives.last().and_then(|life| Some((life.queue, life.sequence?)));
        if let Some((queue, sequence)) = place {
            self.groups.remove(queue, token, sequence);
        }
    }

    /// A handle was said to be out of date, and maybe is.
    pub(in crate::crash) fn expired(&mut self, began: Began, held: &Held, why: &str) {
        self.totals.expired += 1;
        let is_held = self.life(held).is_some_and(|life| life.is_held(held.count, began));
        let may_be_gone = self.entry(held.token).is_none_or(|entry| entry.deletes.may_have());
        if is_held && !may_be_gone {
            let what = format!("the handle of message {}: {why}", held.token.0);
            self.breaches.add(Breach::Refused, what);
        }
    }

    fn life(&mut self, held: &Held) -> Option<&mut super::Life> {
        self.entry_mut(held.token)?.life(held.queue, &held.id)
    }
}
