//! A FIFO queue's messages as they are loaded: the index comes later, when somebody wants to receive.

use base::Span;
use store::Position;

use crate::keys::Marks;
use crate::model::backlog::Tracked;
use crate::model::fifo::{Fifo, Seen};
use crate::model::leaving::Leaving;

impl Fifo {
    /// The messages whose marks are these, whose tracked messages are these and whose log ends before
    /// `tail`. What was sent since the marks were written was never received, unless it is tracked.
    pub(crate) fn load(
        marks: &Marks,
        tail: Position,
        (tracked, last_number): (impl IntoIterator<Item = (Position, Tracked)>, u64),
        (delay, seen): (Span, Seen),
    ) -> Self {
        let (end, leaving) = (Position(marks.head), Leaving::after(last_number));
        let mut fifo = Fifo { tail, end, seen, leaving, ..Fifo::default() };
        for (position, message) in tracked {
            fifo.track(position, message);
        }
        fifo.set_delay(delay);
        let since = Position(marks.tail);
        let tracked_since = fifo.tracked.range(since..).count() as u64;
        fifo.fresh = marks.fresh + (tail.0 - since.0).saturating_sub(tracked_since);
        fifo
    }

    /// Forgets what only memory holds.
    #[cfg(test)]
    pub(crate) fn forget(&mut self) {
        let loaded = Fifo { tail: self.tail, fresh: self.fresh, ..Fifo::default() };
        let before = std::mem::replace(self, loaded);
        self.seen = before.seen;
        self.leaving = Leaving::after(before.leaving.last());
        for (position, message) in before.tracked {
            self.track(position, message);
        }
    }
}
