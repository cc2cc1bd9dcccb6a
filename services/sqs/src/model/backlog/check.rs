//! The invariants of a standard queue's messages.

use store::Position;

use super::{Backlog, Tracked};
use crate::model::check::{Checked, before_tail, ensure};

impl Backlog {
    /// Checks all of them. Costs what is tracked.
    pub(crate) fn check(&self) -> Checked {
        let (cursor, tail) = (self.cursor, self.tail);
        ensure(cursor <= tail, "the cursor is at the tail or before", (cursor, tail))?;
        before_tail(self.tracked.keys().next_back(), tail)?;
        let ahead = self.tracked.range(cursor..).count() as u64;
        let places = tail.0 - cursor.0;
        let fresh = (self.fresh, ahead, places);
        ensure(self.fresh + ahead <= places, "fresh messages have a place each", fresh)?;
        self.check_lists()?;
        for (position, message) in &self.tracked {
            self.check_message(*position, message)?;
        }
        let stray = self.fetched.keys().find(|position| !self.tracked.contains_key(position));
        ensure(stray.is_none(), "fetched records are those of tracked messages", stray)
    }

    /// Each tracked message is in one list: hidden, visible or leaving.
    fn check_lists(&self) -> Checked {
        let listed = (self.hidden.len(), self.visible.len(), self.leaving.count());
        let (sum, tracked) = (listed.0 + listed.1 + listed.2, self.tracked.len());
        ensure(sum == tracked, "each tracked message is in one list", (listed, tracked))?;
        let here = listed.0 + listed.1;
        ensure(self.by_age.len() == here, "those that stay are listed by age", (listed, here))?;
        let new =
            |position: &Position| self.tracked.get(position).is_some_and(|it| it.receives == 0);
        let delayed = self.hidden.iter().filter(|(_, position)| new(position)).count() as u64;
        ensure(self.delayed == delayed, "delayed messages are counted", (self.delayed, delayed))
    }

    fn check_message(&self, position: Position, message: &Tracked) -> Checked {
        let at = (message.visible_at, position);
        let is_listed = match &message.leaving {
            Some(departure) => self.leaving.position(departure.number) == Some(position),
            None => self.hidden.contains(&at) != self.visible.contains(&at),
        };
        ensure(is_listed, "a tracked message is listed under its time", (position, message))?;
        let has_age = self.by_age.contains(&(message.sent, position));
        ensure(has_age == message.leaving.is_none(), "its age is listed while it stays", position)
    }
}
