//! Messages of a standard queue on their way to another one.

use base::Timestamp;
use store::Position;

use crate::model::backlog::{Backlog, Need, Taken, Tracked};
use crate::model::leaving::{Leaving, Move, Outgoing, Settled};

impl Backlog {
    /// The messages that are leaving.
    pub(crate) fn leaving(&self) -> &Leaving {
        &self.leaving
    }

    /// The first leaving messages, in order, with their records.
    pub(crate) fn outgoing(&self, most: usize) -> Result<Vec<Outgoing>, Need> {
        self.leaving.outgoing(most, &self.tracked, |position| self.fetched.get(&position))
    }

    /// What a move task takes now: messages that can be received and were there when it began.
    pub(crate) fn to_move(&self, wanted: Move<'_>) -> Result<Taken, Need> {
        let mut taken =
            Taken { cursor: self.cursor, fresh_first: self.fresh_first, ..Taken::default() };
        let is_over = |sent: Timestamp| sent + wanted.retention <= wanted.now;
        for (_, position) in self.visible.iter().filter(|(_, position)| *position < wanted.below) {
            if taken.leaving.len() == wanted.most {
                return Ok(taken);
            }
            let Some(message) = self.tracked.get(position) else { continue };
            if !is_over(message.sent) {
                let to = wanted.to.cloned();
                taken.leave(self.leaving.last(), *position, message.clone(), to, true);
            }
        }
        if self.fresh > 0 {
            self.move_fresh(wanted, &mut taken)?;
        }
        Ok(taken)
    }

    fn move_fresh(&self, wanted: Move<'_>, taken: &mut Taken) -> Result<(), Need> {
        for (position, stored) in self.window.iter() {
            let is_full = taken.leaving.len() + taken.dead.len() >= wanted.most;
            if is_full || *position >= wanted.below {
                return Ok(());
            }
            taken.cursor = position.next();
            if stored.sent + wanted.retention <= wanted.now {
                taken.dead.push(*position);
            } else {
                let message = Tracked::delayed(stored.sent, wanted.now);
                taken.leave(self.leaving.last(), *position, message, wanted.to.cloned(), true);
            }
        }
        // A window that has given something is filled again for the next step.
        let has_nothing = taken.leaving.is_empty() && taken.dead.is_empty();
        if has_nothing && self.window.end() < self.tail.min(wanted.below) {
            return Err(self.window.need(self.tail));
        }
        Ok(())
    }

    /// Leaving messages are gone, or can be received again.
    pub(crate) fn settle(&mut self, settled: &Settled) {
        for number in &settled.delivered {
            if let Some(position) = self.leaving.position(*number) {
                self.untrack(position);
            }
        }
        for number in &settled.returned {
            if let Some((position, message)) = self.leaving.find(*number, &self.tracked) {
                let message = message.returned(settled);
                self.untrack(position);
                self.track(position, message);
            }
        }
    }

    /// Fresh messages were sent in the order of their positions, up to this time: what was sent before and
    /// comes only now would be found too late by whoever looks for the oldest, and is tracked instead.
    pub(crate) fn newest(&self) -> Timestamp {
        if self.fresh == 0 { Timestamp::ZERO } else { self.newest }
    }
}

impl Backlog {
    /// Whether the message at a position was never received and is not delayed.
    pub(crate) fn is_fresh(&self, position: Position) -> bool {
        position >= self.cursor && !self.tracked.contains_key(&position)
    }

    /// The last fresh message of a queue that was just loaded was sent then. Where the log ends with a
    /// tracked one it is not known, and all that comes counts as late.
    pub(crate) fn know_newest(&mut self, sent: Option<Timestamp>) {
        self.newest = sent.unwrap_or(self.newest);
    }
}
