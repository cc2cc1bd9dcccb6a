//! Messages on their way to another queue: dead letters, and what a move task has taken.
//!
//! A leaving message stays in its queue, where nobody can receive it, until the other queue has it for
//! certain. It is tracked, neither hidden nor visible, and has a number: numbers rise, are never given
//! twice in a queue's life, and are delivered in order, so that a receiver knows what it has taken. Queues of
//! both types share this; what else a leaving message does to its queue, each type says for itself.

use std::collections::BTreeMap;

use base::{Arn, Span, Timestamp};
use store::Position;

use crate::model::backlog::{Need, Stored, Taken, Tracked};

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
pub(crate) struct Leaving {
    numbers: BTreeMap<u64, Position>,
    last: u64,
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

impl Leaving {
    /// None, in a queue whose last number is this.
    pub(super) fn after(last: u64) -> Self {
        Leaving { numbers: BTreeMap::new(), last }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.numbers.len()
    }

    /// The last number that was given.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Where the message with this number stands.
    pub(super) fn position(&self, number: u64) -> Option<Position> {
        self.numbers.get(&number).copied()
    }

    /// The same, and its state among the tracked messages.
    pub(super) fn find<'t>(
        &self,
        number: u64,
        tracked: &'t BTreeMap<Position, Tracked>,
    ) -> Option<(Position, &'t Tracked)> {
        let position = self.position(number)?;
        Some((position, tracked.get(&position)?))
    }

    /// Where they stand, in the order in which they leave.
    pub(super) fn positions(&self) -> impl Iterator<Item = Position> {
        self.numbers.values().copied()
    }

    /// The numbers that come after one, and where their messages stand.
    pub(super) fn behind(&self, number: u64) -> impl Iterator<Item = (u64, Position)> {
        self.numbers
            .range(number.saturating_add(1)..)
            .map(|(number, position)| (*number, *position))
    }

    pub(super) fn add(&mut self, position: Position, departure: &Departure) {
        self.numbers.insert(departure.number, position);
        self.last = self.last.max(departure.number);
    }

    pub(super) fn remove(&mut self, departure: &Departure) {
        self.numbers.remove(&departure.number);
    }

    /// The first ones with their records, of which memory has some.
    pub(super) fn outgoing<'m>(
        &self,
        most: usize,
        tracked: &BTreeMap<Position, Tracked>,
        record: impl Fn(Position) -> Option<&'m Stored>,
    ) -> Result<Vec<Outgoing>, Need> {
        let first: Vec<Position> = self.positions().take(most).collect();
        let unfetched: Vec<_> = first.iter().filter(|at| record(**at).is_none()).copied().collect();
        if !unfetched.is_empty() {
            return Err(Need::Returned(unfetched));
        }
        let outgoing = first.iter().filter_map(|position| {
            let departure = tracked.get(position)?.leaving.clone()?;
            Some(Outgoing { departure, stored: record(*position)?.clone() })
        });
        Ok(outgoing.collect())
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
        let tracked = Tracked { leaving, attempt: None, ..message };
        self.leaving.push(Leave { position, tracked });
    }
}

impl Tracked {
    /// The same when it comes back from its way to another queue.
    pub(crate) fn returned(&self, settled: &Settled) -> Self {
        let by_policy = self.leaving.as_ref().is_some_and(|departure| !departure.by_task);
        let stays_until =
            if by_policy { settled.stays_until } else { self.stays_until.max(settled.at) };
        Tracked { leaving: None, visible_at: settled.at, stays_until, ..self.clone() }
    }

    /// Whether its queue's delay has a say in when it can be received: it was never received, and never left.
    pub(crate) fn waits_for_delay(&self) -> bool {
        self.receives == 0 && self.leaving.is_none() && self.stays_until == Timestamp::ZERO
    }
}
