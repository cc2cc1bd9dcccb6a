//! Messages that go without being received: their retention is over, or the queue is purged.

use base::{Span, Timestamp};
use store::Position;

use crate::model::backlog::Need;
use crate::model::fifo::Fifo;
use crate::model::leaving::Leaving;

impl Fifo {
    /// Messages whose retention is over, the oldest first and `most` of them.
    pub(crate) fn expired(
        &self,
        retention: Span,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Position>, Need> {
        let mut dead = Vec::new();
        for (position, known) in self.known.iter().filter(|(at, _)| !self.is_leaving(**at)) {
            if dead.len() == most || known.sent + retention > now {
                return Ok(dead);
            }
            dead.push(*position);
        }
        if self.end < self.tail && dead.len() < most { Err(self.need()) } else { Ok(dead) }
    }

    /// Messages whose retention is over are gone.
    pub(crate) fn apply_expired(&mut self, dead: &[Position]) {
        dead.iter().for_each(|position| self.drop_dead(*position));
    }

    pub(super) fn drop_dead(&mut self, position: Position) {
        let group = self.known.get(&position).map(|known| known.group);
        if self.untrack(position).is_none() {
            self.fresh -= 1;
        }
        self.drop_known(position);
        if let Some(group) = group {
            self.place(group);
        }
    }

    /// All messages are gone, whatever their number; their positions are not used again. What was sent in the
    /// last minutes is still not taken twice.
    pub(crate) fn purge(&mut self) {
        let (tail, seen) = (self.tail, std::mem::take(&mut self.seen));
        let leaving = Leaving::after(self.leaving.last());
        *self = Fifo { tail, end: tail, seen, leaving, ..Fifo::default() };
    }
}
