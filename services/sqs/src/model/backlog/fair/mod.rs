//! Fair turns: in a standard queue whose messages name groups, a noisy group does not delay the others.
//!
//! A group is *noisy* while it has more than a tenth of what is in flight and was received lately; so at
//! most nine groups are. The oldest message of a group that is not noisy comes first; when there is none,
//! that of the noisy group with the least. A message without a group is nobody's neighbour and never noisy.
//!
//! None of this is on disk. Beside the window an index of fresh messages by group is in memory. It begins
//! when a message with a group enters the window and ends when no fresh message waits; a queue without
//! groups has none.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html>

mod index;
mod shares;
mod turns;

use store::Position;

use crate::model::backlog::window::Window;
use crate::model::backlog::{Backlog, Stored};
use crate::model::fifo::Group;
use crate::model::fifo::bodies::Bodies;
use index::Index;
pub(super) use shares::Shares;
pub(super) use turns::{Fresh, Next};

/// Most pages of the log that are read between two receives in search of groups that are not noisy. After
/// that noisy ones have their turn, and the next receive reads on.
const MOST_PAGES: usize = 128;

/// What fair turns need to know of fresh messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fair {
    index: Index,
    /// Records of the index that the window does not have.
    bodies: Bodies,
    /// Pages that were read for the index since the last receive.
    pages: usize,
}

impl Group {
    /// Whether this stands for a group, and not for none.
    pub(super) fn is_some(self) -> bool {
        self != Group::default()
    }
}

impl Fair {
    /// Of all that a window has.
    fn of(window: &Window, cursor: Position) -> Self {
        let mut fair = Fair { index: Index::at(cursor), ..Fair::default() };
        for (position, stored) in window.iter() {
            if !fair.index.admit(*position, stored.group) {
                return fair;
            }
        }
        fair.index.raise(window.end());
        fair
    }

    /// A fresh message has come. Records of quiet groups are kept, as far as there is room: they are
    /// wanted first.
    pub(super) fn send(&mut self, position: Position, stored: &Stored, is_kept: bool) {
        if self.index.reach() == position && self.index.admit(position, stored.group) && is_kept {
            self.bodies.offer(position, stored.clone());
        }
    }

    /// A position that has no fresh message.
    pub(super) fn skip(&mut self, position: Position) {
        if self.index.reach() == position {
            self.index.raise(position.next());
        }
    }

    /// A fresh message is fresh no longer.
    fn remove(&mut self, position: Position, group: Group) {
        self.index.remove(position, group);
        self.bodies.remove(position);
    }

    /// No fresh message is below.
    pub(super) fn move_cursor(&mut self, cursor: Position) {
        self.index.raise(cursor);
    }

    /// Messages were received: the next receive may read again.
    pub(super) fn rest(&mut self) {
        self.pages = 0;
    }

    /// Keeps a record that was fetched, if its message is still fresh.
    pub(super) fn keep(&mut self, records: Vec<(Position, Stored)>) {
        let is_listed =
            |(position, stored): &(Position, Stored)| self.index.is_listed(*position, stored.group);
        let fresh = records.into_iter().filter(is_listed).collect();
        self.bodies.insert(fresh);
    }

    /// Takes a message off whose record is not there; answers whether there was one.
    pub(super) fn lose(&mut self, position: Position) -> bool {
        self.index.lose(position)
    }
}

#[cfg(test)]
mod tests;

impl Backlog {
    /// Begins fair turns if the window has a message of a group.
    pub(super) fn be_fair(&mut self) {
        if self.fair.is_none() && self.window.is_grouped() {
            self.fair = Some(Box::new(Fair::of(&self.window, self.cursor)));
        }
    }

    /// When no fresh message waits, fair turns end, and what was received before counts no longer.
    pub(super) fn rest(&mut self) {
        if self.fresh > 0 {
            return;
        }
        self.shares.forget_recent();
        if self.fair.take().is_some() {
            self.window = Window::at(self.tail);
        }
    }

    /// A fresh message is received, dropped or sent off.
    pub(super) fn drop_fresh(&mut self, position: Position) {
        let stored = self.window.take(position);
        if let Some(fair) = &mut self.fair {
            let stored = stored.as_ref().or_else(|| fair.bodies.get(position));
            let group = stored.map(|stored| stored.group);
            group.into_iter().for_each(|group| fair.remove(position, group));
        }
        self.fresh -= 1;
    }

    /// Takes fresh messages of a part of the log into the index.
    pub(super) fn supply_index(
        &mut self,
        (from, upto): (Position, Position),
        records: &[(Position, Stored)],
    ) {
        if let Some(fair) = &mut self.fair {
            let groups = records.iter().map(|(position, stored)| (*position, stored.group));
            fair.index.supply(from, upto, groups);
        }
    }

    /// Keeps records that were read for the index and are wanted soon.
    pub(super) fn supply_bodies(&mut self, records: Vec<(Position, Stored)>) {
        let in_flight = self.in_flight();
        let Some(fair) = &mut self.fair else { return };
        fair.pages += 1;
        for (position, stored) in records {
            let is_wanted = position >= self.window.end()
                && fair.index.is_listed(position, stored.group)
                && !self.shares.is_noisy(stored.group, in_flight);
            if is_wanted {
                fair.bodies.offer(position, stored);
            }
        }
    }
}
