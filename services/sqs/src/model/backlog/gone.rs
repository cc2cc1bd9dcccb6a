//! Messages that go without being received: their retention is over, or the queue is purged.

use base::{Span, Timestamp};
use store::Position;

use crate::model::backlog::window::Window;
use crate::model::backlog::{Backlog, Need};
use crate::model::leaving::Leaving;

impl Backlog {
    /// Messages whose retention is over, the oldest first and `most` of them, and where the cursor is
    /// without them.
    pub(crate) fn expired(
        &self,
        retention: Span,
        now: Timestamp,
        most: usize,
    ) -> Result<(Vec<Position>, Position), Need> {
        let is_over = |sent: Timestamp| sent + retention <= now;
        let tracked = self.by_age.iter().take_while(|(sent, _)| is_over(*sent));
        let mut dead: Vec<Position> = tracked.map(|(_, position)| *position).take(most).collect();
        let mut cursor = self.cursor;
        for (position, stored) in self.window.iter() {
            if dead.len() == most || !is_over(stored.sent) {
                return Ok((dead, cursor));
            }
            dead.push(*position);
            cursor = position.next();
        }
        if self.window.end() < self.tail && dead.len() < most {
            return Err(self.window.need(self.tail));
        }
        Ok((dead, cursor))
    }

    /// Messages whose retention is over are gone.
    pub(crate) fn apply_expired(&mut self, dead: &[Position], cursor: Position) {
        for position in dead {
            self.drop_dead(*position);
        }
        self.move_cursor(cursor);
    }

    pub(super) fn drop_dead(&mut self, position: Position) {
        if self.untrack(position).is_none() {
            self.fresh -= 1;
        }
    }

    /// All messages are gone, whatever their number; their positions are not used again.
    pub(crate) fn purge(&mut self) {
        let (tail, leaving) = (self.tail, Leaving::after(self.leaving.last()));
        let window = Window::at(tail);
        *self = Backlog { cursor: tail, tail, window, leaving, ..Self::default() };
    }
}
