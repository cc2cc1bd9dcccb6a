//! The messages of a FIFO queue: their order within groups, and who may receive what.
//!
//! Messages stand in the same log as those of a standard queue, and those that were received or delayed have
//! the same rows. Beside them an index of the first messages (at most [`LOOKAHEAD`]) is in memory: of each
//! message its group, of each group its messages in order. Only *ready* groups give messages: none of
//! their messages is in flight or on its way to another queue, and the first one is not delayed. As such a
//! message was in the index when it was received, and a row names its message's group, a group is known to be
//! locked even while the index is not complete.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html>

mod ahead;
mod attempts;
pub(crate) mod attributes;
pub(crate) mod bodies;
mod check;
pub(crate) mod forget;
mod gone;
mod group;
mod groups;
mod leaving;
mod load;
mod look;
mod records;
pub(crate) mod rows;
pub(crate) mod seen;
mod supply;
mod take;

use std::collections::{BTreeMap, BTreeSet};

use base::{Span, Timestamp};
use store::Position;

use crate::model::backlog::{Need, Stored, Tracked};
use crate::model::leaving::Leaving;
use ahead::Ahead;
pub(crate) use attempts::Attempt;
use attempts::Attempts;
pub(crate) use group::Group;
use groups::Groups;
use records::{Place, Records};
pub(crate) use seen::Seen;

/// How many messages a receive looks through to find groups that it can receive from. Messages behind these
/// wait until some are deleted, whatever their group.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html>
pub(crate) const LOOKAHEAD: usize = 120_000;

/// A message of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    group: Group,
    sent: Timestamp,
    /// The length of its record.
    bytes: u32,
    /// Where its record is, if that is in memory.
    place: Place,
}

/// The messages of a FIFO queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fifo {
    tail: Position,
    /// Each message below is in the index.
    end: Position,
    /// How many messages were never received and are not tracked.
    fresh: u64,
    /// The index.
    known: BTreeMap<Position, Known>,
    groups: Groups,
    /// Records of the index that are in memory.
    records: Records,
    ahead: Ahead,
    /// Messages that were received or delayed, in the index or not.
    tracked: BTreeMap<Position, Tracked>,
    /// Tracked messages that are in flight or delayed, by when they no longer are.
    hidden: BTreeSet<(Timestamp, Position)>,
    /// How many of the hidden were never received: the delayed ones.
    delayed: u64,
    /// Tracked messages that are on their way to another queue: each locks its group.
    leaving: Leaving,
    attempts: Attempts,
    /// Messages that went before the index had reached them: a fetch under way may still have them.
    gone: BTreeSet<Position>,
    /// What was sent in the last five minutes.
    pub(crate) seen: Seen,
}

impl Fifo {
    pub(crate) fn fresh(&self) -> u64 {
        self.fresh
    }

    /// How many of these positions were never received and are not tracked.
    pub(crate) fn count_fresh(&self, positions: impl Iterator<Item = Position>) -> u64 {
        positions.filter(|position| !self.tracked.contains_key(position)).count() as u64
    }

    pub(crate) fn tail(&self) -> Position {
        self.tail
    }

    /// No message is below.
    pub(crate) fn head(&self) -> Position {
        self.known.keys().next().copied().unwrap_or(self.end)
    }

    pub(crate) fn tracked(&self, position: Position) -> Option<&Tracked> {
        self.tracked.get(&position)
    }

    /// Whether a message is in flight or delayed now.
    pub(crate) fn is_hidden(&self, position: Position) -> bool {
        let visible_at = self.tracked.get(&position).map(|message| message.visible_at);
        visible_at.is_some_and(|at| self.hidden.contains(&(at, position)))
    }

    /// Hidden messages whose time has come are hidden no longer.
    pub(crate) fn observe(&mut self, now: Timestamp) {
        while let Some((at, position)) = self.hidden.first().copied().filter(|(at, _)| *at <= now) {
            self.hidden.remove(&(at, position));
            let Some(message) = self.tracked.get(&position) else { continue };
            let group = message.group;
            if message.receives == 0 {
                self.delayed -= 1;
            } else {
                self.groups.unlock(group);
                if self.known.contains_key(&position) {
                    self.groups.wait(group, position);
                }
            }
            self.place(group);
        }
    }

    /// A message has come; one that is delayed is tracked from the beginning.
    pub(crate) fn send(
        &mut self,
        position: Position,
        stored: Stored,
        delayed_until: Option<Timestamp>,
    ) {
        self.tail = position.next();
        let (group, sent) = (stored.group, stored.sent);
        match delayed_until {
            Some(at) => self.track(position, Tracked::delayed(sent, at).in_group(group)),
            None => self.fresh += 1,
        }
        if self.end == position && self.known.len() < LOOKAHEAD {
            self.end = position.next();
            self.add(position, stored);
            self.place(group);
        }
    }

    /// A message's visibility changes.
    pub(crate) fn change_visibility(&mut self, position: Position, visible_at: Timestamp) {
        if let Some(message) = self.untrack(position) {
            self.track(position, message.hidden_until(visible_at));
            self.place(message.group);
        }
    }

    /// A message is gone.
    pub(crate) fn remove(&mut self, position: Position) {
        if let Some(message) = self.untrack(position) {
            self.drop_known(position);
            self.place(message.group);
        }
    }

    /// The queue's delay changes, for messages that are there too as far as they were delayed when they came.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html>
    pub(crate) fn set_delay(&mut self, delay: Span) {
        let waiting = self.tracked.iter().filter(|(_, message)| message.waits_for_delay());
        let positions: Vec<Position> = waiting.map(|(position, _)| *position).collect();
        for position in positions {
            if let Some(message) = self.untrack(position) {
                self.track(position, message.hidden_until(message.sent + delay));
                self.place(message.group);
            }
        }
    }

    /// Whether messages are missing in the index that it has room for.
    fn lacks(&self) -> bool {
        self.end < self.tail && self.known.len() < LOOKAHEAD
    }

    /// What to fetch when the index does not reach far enough.
    fn need(&self) -> Need {
        Need::Fresh { from: self.end, upto: self.tail }
    }

    fn is_delayed(&self, position: Position) -> bool {
        is_delayed(position, self.tracked.get(&position), &self.hidden)
    }

    /// The record of a message, if it is in memory.
    fn record(&self, position: Position) -> Option<&Stored> {
        self.records.get(self.known.get(&position)?.place, position)
    }

    fn is_leaving(&self, position: Position) -> bool {
        self.tracked.get(&position).is_some_and(|message| message.leaving.is_some())
    }

    /// Whether a message locks its group: it is in flight or leaving.
    fn locks(&self, position: Position) -> bool {
        let is_in_flight = self.is_hidden(position) && !self.is_delayed(position);
        is_in_flight || self.is_leaving(position)
    }

    /// A message comes into the index.
    fn add(&mut self, position: Position, stored: Stored) {
        if !self.locks(position) {
            self.groups.wait(stored.group, position);
        }
        let bytes = u32::try_from(stored.bytes.len()).unwrap_or(u32::MAX);
        let (group, sent) = (stored.group, stored.sent);
        let place = self.records.offer(position, stored);
        self.known.insert(position, Known { group, sent, bytes, place });
    }

    /// A message leaves the index.
    fn drop_known(&mut self, position: Position) {
        match self.known.remove(&position) {
            Some(known) => {
                self.records.remove(known.place, position);
                self.groups.leave(known.group, position);
            }
            None => _ = self.gone.insert(position),
        }
    }

    fn track(&mut self, position: Position, message: Tracked) {
        if message.receives == 0 && message.leaving.is_none() {
            self.delayed += 1;
        } else {
            self.groups.lock(message.group);
        }
        match &message.leaving {
            Some(departure) => self.leaving.add(position, departure),
            None => _ = self.hidden.insert((message.visible_at, position)),
        }
        self.attempts.add(position, &message);
        self.tracked.insert(position, message);
    }

    fn untrack(&mut self, position: Position) -> Option<Tracked> {
        let message = self.tracked.remove(&position)?;
        self.attempts.remove(position, &message);
        if let Some(departure) = &message.leaving {
            self.leaving.remove(departure);
            self.groups.unlock(message.group);
        } else if self.hidden.remove(&(message.visible_at, position)) {
            if message.receives == 0 {
                self.delayed -= 1;
            } else {
                self.groups.unlock(message.group);
            }
        }
        Some(message)
    }

    /// Finds out anew whether a group is ready.
    fn place(&mut self, group: Group) {
        let (tracked, hidden) = (&self.tracked, &self.hidden);
        self.groups.place(group, |head| is_delayed(head, tracked.get(&head), hidden));
    }
}

/// Whether the message at a position, in this state of its own if it has one, is delayed now.
fn is_delayed(
    position: Position,
    message: Option<&Tracked>,
    hidden: &BTreeSet<(Timestamp, Position)>,
) -> bool {
    let new = message.filter(|message| message.receives == 0);
    new.is_some_and(|message| hidden.contains(&(message.visible_at, position)))
}
