//! The messages of a queue of either type.

use base::{Span, Timestamp};
use store::Position;

use crate::keys::Marks;
use crate::model::Attributes;
use crate::model::backlog::{
    Backlog, Counts, Need, Receive, State, Stored, Supply, Taken, Tracked,
};
use crate::model::fifo::seen::{Together, TogetherKey};
use crate::model::fifo::{Fifo, Seen};
use crate::model::need::Wanted;

/// The messages of a queue. Its type never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Messages {
    /// Of a standard queue.
    Standard(Box<Backlog>),
    /// Of a FIFO queue.
    Fifo(Box<Fifo>),
}

/// Asks the messages of either type the same.
macro_rules! either {
    ($messages:expr, $one:ident => $answer:expr) => {
        match $messages {
            Messages::Standard($one) => $answer,
            Messages::Fifo($one) => $answer,
        }
    };
}

pub(super) use either;

impl Messages {
    /// Those of a new queue.
    pub(crate) fn new(attributes: &Attributes) -> Self {
        match attributes.fifo {
            Some(_) => Messages::Fifo(Box::default()),
            None => Messages::Standard(Box::default()),
        }
    }

    /// Those that are on disk.
    pub(crate) fn load(
        attributes: &Attributes,
        (marks, tail): (&Marks, Position),
        (tracked, last_number): (Vec<(Position, Tracked)>, u64),
        seen: Seen,
    ) -> Self {
        match attributes.fifo {
            Some(_) => {
                let tracked = (tracked, last_number);
                let fifo = Fifo::load(marks, tail, tracked, (attributes.delay, seen));
                Messages::Fifo(Box::new(fifo))
            }
            None => {
                let backlog = Backlog::load(marks, tail, tracked, last_number);
                Messages::Standard(Box::new(backlog))
            }
        }
    }

    /// Those of a FIFO queue, if it is one.
    pub(crate) fn fifo(&self) -> Option<&Fifo> {
        match self {
            Messages::Standard(_) => None,
            Messages::Fifo(fifo) => Some(fifo),
        }
    }

    /// How many messages were never received and are not delayed.
    pub(crate) fn fresh(&self) -> u64 {
        either!(self, one => one.fresh())
    }

    /// How many of these positions are fresh.
    pub(crate) fn count_fresh(&self, positions: impl Iterator<Item = Position>) -> u64 {
        either!(self, one => one.count_fresh(positions))
    }

    /// The position that the next message gets.
    pub(crate) fn tail(&self) -> Position {
        either!(self, one => one.tail())
    }

    /// The first position that was never received; a FIFO queue has no such place.
    pub(crate) fn cursor(&self) -> Position {
        match self {
            Messages::Standard(backlog) => backlog.cursor(),
            Messages::Fifo(_) => Position(0),
        }
    }

    /// No message is below.
    pub(crate) fn head(&self) -> Position {
        either!(self, one => one.head())
    }

    /// A message that was received or delayed.
    pub(crate) fn tracked(&self, position: Position) -> Option<&Tracked> {
        either!(self, one => one.tracked(position))
    }

    /// Whether a message is in flight or delayed now.
    pub(crate) fn is_hidden(&self, position: Position) -> bool {
        either!(self, one => one.is_hidden(position))
    }

    /// How many messages there are.
    pub(crate) fn counts(&self) -> Counts {
        either!(self, one => one.counts())
    }

    /// Messages in a state, those first whose turn comes first.
    pub(crate) fn look(&self, state: State, most: usize) -> Result<Vec<Position>, Need> {
        match self {
            Messages::Standard(backlog) => Ok(backlog.look(state, most)),
            Messages::Fifo(fifo) => fifo.look(state, most),
        }
    }

    /// What the message at a position is doing; `None` if there is none.
    pub(crate) fn state(&self, position: Position) -> Result<Option<State>, Need> {
        match self {
            Messages::Standard(backlog) => Ok(backlog.state(position)),
            Messages::Fifo(fifo) => fifo.exact_state(position),
        }
    }

    /// How many receivers would not have to wait.
    pub(crate) fn ready(&self) -> usize {
        match self {
            Messages::Standard(backlog) => {
                usize::try_from(backlog.counts().visible).unwrap_or(usize::MAX)
            }
            Messages::Fifo(fifo) => fifo.ready(),
        }
    }

    /// When the next hidden message is hidden no longer.
    pub(crate) fn next_visible(&self) -> Option<Timestamp> {
        either!(self, one => one.next_visible())
    }

    /// When the oldest message was sent, if there is one.
    pub(crate) fn oldest(&self) -> Result<Option<Timestamp>, Need> {
        either!(self, one => one.oldest())
    }

    /// Which messages a receive gets now.
    pub(crate) fn take(&self, receive: Receive) -> Result<Taken, Need> {
        either!(self, one => one.take(receive))
    }

    /// What is worth fetching with what is wanted.
    pub(crate) fn widen(&self, wanted: Wanted) -> Wanted {
        match (self, wanted) {
            (Messages::Fifo(fifo), Wanted::Backlog(Need::Returned(own))) => {
                Wanted::Backlog(Need::Returned(fifo.with_next(own)))
            }
            (_, wanted) => wanted,
        }
    }

    /// What receives to come will lack soon.
    pub(crate) fn ahead(&self) -> Option<Need> {
        either!(self, one => one.ahead())
    }

    /// Messages whose retention is over, the oldest first and `most` of them, and where the cursor is
    /// without them.
    pub(crate) fn expired(
        &self,
        retention: Span,
        now: Timestamp,
        most: usize,
    ) -> Result<(Vec<Position>, Position), Need> {
        match self {
            Messages::Standard(backlog) => backlog.expired(retention, now, most),
            Messages::Fifo(fifo) => Ok((fifo.expired(retention, now, most)?, self.cursor())),
        }
    }

    /// What time alone has changed.
    pub(crate) fn observe(&mut self, now: Timestamp) {
        either!(self, one => one.observe(now));
    }

    /// A message has come.
    pub(crate) fn send(
        &mut self,
        position: Position,
        stored: Stored,
        delayed_until: Option<Timestamp>,
    ) {
        either!(self, one => one.send(position, stored, delayed_until));
    }

    /// What was taken is hidden, or gone.
    pub(crate) fn apply_taken(&mut self, taken: Taken) {
        either!(self, one => one.apply_taken(taken));
    }

    /// A message's visibility changes.
    pub(crate) fn change_visibility(&mut self, position: Position, visible_at: Timestamp) {
        either!(self, one => one.change_visibility(position, visible_at));
    }

    /// A message that was received is gone.
    pub(crate) fn remove(&mut self, position: Position) {
        either!(self, one => one.remove(position));
    }

    /// Messages whose retention is over are gone.
    pub(crate) fn apply_expired(&mut self, dead: &[Position], cursor: Position) {
        match self {
            Messages::Standard(backlog) => backlog.apply_expired(dead, cursor),
            Messages::Fifo(fifo) => fifo.apply_expired(dead),
        }
    }

    /// All messages are gone.
    pub(crate) fn purge(&mut self) {
        either!(self, one => one.purge());
    }

    /// Keeps what was fetched, as far as it is still wanted.
    pub(crate) fn supply(&mut self, supply: Supply) {
        either!(self, one => one.supply(supply));
    }

    /// The queue's delay changes: in a FIFO queue for messages that are there too.
    pub(crate) fn set_delay(&mut self, before: Span, delay: Span) {
        match self {
            Messages::Fifo(fifo) if before != delay => fifo.set_delay(delay),
            _ => {}
        }
    }

    /// Messages that came must not be taken twice.
    pub(crate) fn remember(&mut self, together: Together) {
        if let Messages::Fifo(fifo) = self {
            fifo.seen.remember(together);
        }
    }

    /// Deduplication ids that are over are forgotten.
    pub(crate) fn forget_seen(&mut self, over: &[TogetherKey]) {
        if let Messages::Fifo(fifo) = self {
            fifo.seen.forget(over);
        }
    }

    /// Forgets what only memory holds.
    #[cfg(test)]
    pub(crate) fn forget(&mut self) {
        either!(self, one => one.forget());
    }
}
