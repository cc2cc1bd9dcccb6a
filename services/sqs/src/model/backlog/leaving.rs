//! Messages on their way to another queue: dead letters, and what a move task has taken.
//!
//! A leaving message stays in its queue, where nobody can receive it, until the other queue has it for
//! certain. It is tracked, neither hidden nor visible, and has a number: numbers rise, are never given
//! twice in a queue's life, and are delivered in order, so that a receiver knows what it has taken.

use std::collections::BTreeMap;

use base::{Arn, Span, Timestamp};
use store::Position;

use crate::model::backlog::{Backlog, Need, Stored, Taken, Tracked};

/// Where a leaving message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Departure {
    pub(crate) number: u64,
    /// The queue that takes it; none for the one that it came from, as its record says.
    pub(crate) to: Option<Arn>,
    /// Whether a move task sends it, and not a redrive policy.
    pub(crate) by_task: bool,
}

/// A message that leaves from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leave {
    pub(crate) position: Position,
    /// Its state from now on.
    pub(crate) tracked: Tracked,
}

/// A leaving message and its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) departure: Departure,
    pub(crate) stored: Stored,
}

/// What became of leaving messages, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The other queue has them.
    pub(crate) delivered: Vec<u64>,
    /// The other queue is gone or denies them: they can be received here again.
    pub(crate) returned: Vec<u64>,
    /// Since when.
    pub(crate) at: Timestamp,
    /// Until when no redrive policy sends the returned ones off again.
    pub(crate) stays_until: Timestamp,
}

/// Leaving messages by number, and the last number that was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Leaving {
    pub(super) numbers: BTreeMap<u64, Position>,
    pub(super) last: u64,
}

/// What a move task takes, and how much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move<'a> {
    /// Messages from here on came after the task began.
    pub(crate) below: Position,
    pub(crate) most: usize,
    pub(crate) to: Option<&'a Arn>,
    pub(crate) now: Timestamp,
    pub(crate) retention: Span,
}

impl Backlog {
    /// How many messages are leaving.
    pub(crate) fn leaving(&self) -> usize {
        self.leaving.numbers.len()
    }

    /// The last number that a leaving message was given.
    pub(crate) fn last_number(&self) -> u64 {
        self.leaving.last
    }

    /// The state, before it is settled, of a leaving message.
    pub(crate) fn departing(&self, number: u64) -> Option<(Position, &Tracked)> {
        let position = *self.leaving.numbers.get(&number)?;
        Some((position, self.tracked.get(&position)?))
    }

    /// The first leaving messages, in order, with their records.
    pub(crate) fn outgoing(&self, most: usize) -> Result<Vec<Outgoing>, Need> {
        let first: Vec<Position> = self.leaving.numbers.values().take(most).copied().collect();
        let is_unfetched = |position: &&Position| !self.fetched.contains_key(position);
        let unfetched: Vec<Position> = first.iter().filter(is_unfetched).copied().collect();
        if !unfetched.is_empty() {
            return Err(Need::Returned(unfetched));
        }
        let outgoing = first.iter().filter_map(|position| {
            let departure = self.tracked.get(position)?.leaving.clone()?;
            Some(Outgoing { departure, stored: self.fetched.get(position)?.clone() })
        });
        Ok(outgoing.collect())
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
                taken.leave(
                    self.leaving.last,
                    *position,
                    message.clone(),
                    wanted.to.cloned(),
                    true,
                );
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
                let message = Tracked::delayed(stored.sent, wanted.now).in_group(stored.group);
                taken.leave(self.leaving.last, *position, message, wanted.to.cloned(), true);
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
            if let Some(position) = self.leaving.numbers.get(number).copied() {
                self.untrack(position);
            }
        }
        for number in &settled.returned {
            if let Some((position, message)) = self.departing(*number) {
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

impl Taken {
    /// Takes a message that leaves; `last` is the last number given before.
    pub(super) fn leave(
        &mut self,
        last: u64,
        position: Position,
        message: Tracked,
        to: Option<Arn>,
        by_task: bool,
    ) {
        let number = last + 1 + self.leaving.len() as u64;
        let leaving = Some(Departure { number, to, by_task });
        self.leaving.push(Leave { position, tracked: Tracked { leaving, ..message } });
    }
}

impl Tracked {
    /// The same when it comes back from its way to another queue.
    pub(crate) fn returned(&self, settled: &Settled) -> Self {
        let by_policy = self.leaving.as_ref().is_some_and(|departure| !departure.by_task);
        let stays_until = if by_policy { settled.stays_until } else { self.stays_until };
        Tracked { leaving: None, visible_at: settled.at, stays_until, ..self.clone() }
    }
}
