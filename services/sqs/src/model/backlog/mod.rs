//! The messages of a standard queue, by position.
//!
//! A position below the cursor was received, or dropped, before; what is still there of these is
//! *tracked*. A position from the cursor on is *fresh*, never received, unless it is tracked because it
//! is delayed, or had its turn before older ones. Of fresh messages the *window* holds the first few in
//! memory; the rest is only in the log.

mod check;
mod fair;
mod gone;
mod leaving;
mod look;
mod removed;
mod supply;
mod take;
mod tracked;
mod window;

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use bytes::Bytes;
use store::Position;

use crate::keys::Marks;
use crate::model::fifo::Group;
use crate::model::leaving::Leaving;

use fair::{Fair, Shares};
pub(crate) use look::State;
use removed::Removed;
pub(crate) use take::{MOST_DEAD, MOST_LEAVING, Pick, Receive, Taken};
pub(crate) use tracked::Tracked;
use window::Window;
pub(crate) use window::{Need, Supply, WINDOW};

/// A record of the log, with the one thing that decisions need of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// When it was sent: retention counts from here.
    pub(crate) sent: Timestamp,
    /// The record.
    pub(crate) bytes: Bytes,
    /// Its group; of no meaning for a message without one.
    pub(crate) group: Group,
}

/// The messages of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Backlog {
    cursor: Position,
    tail: Position,
    /// How many fresh messages there are.
    fresh: u64,
    window: Window,
    tracked: BTreeMap<Position, Tracked>,
    /// Tracked messages that nobody can receive now, by when they can.
    hidden: BTreeSet<(Timestamp, Position)>,
    /// Tracked messages that can be received, by since when.
    visible: BTreeSet<(Timestamp, Position)>,
    /// How many of the hidden were never received: the delayed ones.
    delayed: u64,
    /// Records of visible messages that were fetched for a receive.
    fetched: BTreeMap<Position, Stored>,
    /// Whose turn it is when both fresh and returned messages wait, so that neither starves the other.
    fresh_first: bool,
    /// Tracked messages that are on their way to another queue.
    leaving: Leaving,
    /// Tracked messages that are not, by when they were sent.
    by_age: BTreeSet<(Timestamp, Position)>,
    /// When the newest fresh message was sent, as far as it is known.
    newest: Timestamp,
    /// What each group has of what is in flight.
    shares: Shares,
    /// Whose turn it is among fresh messages, when some of them are in groups.
    fair: Option<Box<Fair>>,
    removed: Removed,
}

/// How many messages there are, as `GetQueueAttributes` says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) visible: u64,
    pub(crate) in_flight: u64,
    pub(crate) delayed: u64,
}

impl Backlog {
    /// The backlog whose marks are these, whose tracked messages are these and whose log ends before
    /// `tail`. What was sent since the marks were written is fresh, unless it is tracked.
    pub(crate) fn load(
        marks: &Marks,
        tail: Position,
        tracked: impl IntoIterator<Item = (Position, Tracked)>,
        last_number: u64,
    ) -> Self {
        let cursor = Position(marks.cursor);
        let mut backlog = Backlog { cursor, tail, window: Window::at(cursor), ..Self::default() };
        backlog.newest = Timestamp::MAX;
        backlog.leaving = Leaving::after(last_number);
        for (position, message) in tracked {
            backlog.track(position, message);
        }
        let since = Position(marks.tail);
        let delayed_since = backlog.tracked.range(since..).count() as u64;
        backlog.fresh = marks.fresh + (tail.0 - since.0).saturating_sub(delayed_since);
        backlog
    }

    /// How many messages were never received and are not delayed.
    pub(crate) fn fresh(&self) -> u64 {
        self.fresh
    }

    /// How many of these positions are fresh.
    pub(crate) fn count_fresh(&self, positions: impl Iterator<Item = Position>) -> u64 {
        positions.filter(|position| !self.tracked.contains_key(position)).count() as u64
    }

    /// The position that the next message gets.
    pub(crate) fn tail(&self) -> Position {
        self.tail
    }

    /// No message below was never received.
    pub(crate) fn cursor(&self) -> Position {
        self.cursor
    }

    /// No message is below.
    pub(crate) fn head(&self) -> Position {
        self.tracked.keys().next().map_or(self.cursor, |&first| first.min(self.cursor))
    }

    /// A tracked message.
    pub(crate) fn tracked(&self, position: Position) -> Option<&Tracked> {
        self.tracked.get(&position)
    }

    /// Whether a message is in flight or delayed now.
    pub(crate) fn is_hidden(&self, position: Position) -> bool {
        let visible_at = self.tracked.get(&position).map(|message| message.visible_at);
        visible_at.is_some_and(|at| self.hidden.contains(&(at, position)))
    }

    /// How many messages there are.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            visible: self.fresh + self.visible.len() as u64,
            in_flight: self.in_flight() + self.leaving.count() as u64,
            delayed: self.delayed,
        }
    }

    /// How many messages receivers have.
    fn in_flight(&self) -> u64 {
        self.hidden.len() as u64 - self.delayed
    }

    /// When the next hidden message can be received.
    pub(crate) fn next_visible(&self) -> Option<Timestamp> {
        self.hidden.first().map(|(at, _)| *at)
    }

    /// Hidden messages whose time has come are visible.
    pub(crate) fn observe(&mut self, now: Timestamp) {
        while let Some((at, position)) = self.hidden.first().copied().filter(|(at, _)| *at <= now) {
            self.unlist(at, position);
            self.visible.insert((at, position));
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
        match delayed_until {
            Some(visible_at) => {
                self.window.skip(position);
                self.fair.iter_mut().for_each(|fair| fair.skip(position));
                let message = Tracked::delayed(stored.sent, visible_at).in_group(stored.group);
                self.track(position, message);
            }
            None => {
                self.fresh += 1;
                self.newest = stored.sent;
                let in_flight = self.in_flight();
                if let Some(fair) = &mut self.fair {
                    let is_kept = !self.window.takes(position)
                        && !self.shares.is_noisy(stored.group, in_flight);
                    fair.send(position, &stored, is_kept);
                }
                self.window.push(position, stored);
                self.be_fair();
            }
        }
    }

    /// A message's visibility changes.
    pub(crate) fn change_visibility(&mut self, position: Position, visible_at: Timestamp) {
        if let Some(mut message) = self.untrack(position) {
            message.visible_at = visible_at;
            self.track(position, message);
        }
    }

    /// Tracked messages are gone.
    pub(crate) fn remove(&mut self, position: Position) {
        self.untrack(position);
    }

    /// What receives to come will lack soon. Fair turns take messages from far behind the window: they ask when
    /// they lack something.
    pub(crate) fn ahead(&self) -> Option<Need> {
        self.window.ahead(self.tail).filter(|_| self.fair.is_none())
    }

    /// When the oldest message was sent, if there is one.
    pub(crate) fn oldest(&self) -> Result<Option<Timestamp>, Need> {
        let fresh = match self.window.front() {
            Some((_, stored)) => Some(stored.sent),
            None if self.fresh == 0 => None,
            None => return Err(self.window.need(self.tail)),
        };
        let tracked = self.by_age.first().map(|(sent, _)| *sent);
        Ok(fresh.into_iter().chain(tracked).min())
    }

    /// Forgets what only memory holds: records, and whose turn it is.
    #[cfg(test)]
    pub(crate) fn forget(&mut self) {
        self.window = Window::at(self.cursor);
        self.fetched.clear();
        self.fresh_first = false;
        self.newest = Timestamp::ZERO;
        self.shares.forget_recent();
        self.fair = None;
        self.removed = Removed::default();
    }

    fn track(&mut self, position: Position, message: Tracked) {
        if let Some(departure) = &message.leaving {
            self.leaving.add(position, departure);
        } else {
            self.delayed += u64::from(message.receives == 0);
            if message.receives > 0 {
                self.shares.add(message.group);
            }
            self.hidden.insert((message.visible_at, position));
            self.by_age.insert((message.sent, position));
        }
        self.removed.forget(position);
        self.tracked.insert(position, message);
    }

    fn untrack(&mut self, position: Position) -> Option<Tracked> {
        let message = self.tracked.get(&position)?;
        let visible_at = message.visible_at;
        self.by_age.remove(&(message.sent, position));
        if let Some(departure) = &message.leaving {
            self.leaving.remove(departure);
        } else if !self.visible.remove(&(visible_at, position)) {
            self.unlist(visible_at, position);
        }
        self.fetched.remove(&position);
        if position >= self.cursor {
            self.removed.add(position);
        }
        self.tracked.remove(&position)
    }

    /// Takes a message off the list of hidden ones.
    fn unlist(&mut self, at: Timestamp, position: Position) {
        if self.hidden.remove(&(at, position)) {
            match self.tracked.get(&position) {
                Some(message) if message.receives > 0 => self.shares.remove(message.group),
                Some(_) => self.delayed -= 1,
                None => {}
            }
        }
    }
}
