//! The invariants of a FIFO queue's messages.

use std::collections::HashMap;

use super::{Fifo, Group};
use crate::model::check::{Checked, before_tail, ensure};

impl Fifo {
    /// Checks all of them. Costs what is tracked and in the index.
    pub(crate) fn check(&self) -> Checked {
        ensure(
            self.end <= self.tail,
            "the index ends at the tail or before",
            (self.end, self.tail),
        )?;
        let last = self.known.keys().next_back();
        ensure(
            last.is_none_or(|last| *last < self.end),
            "messages of the index are before its end",
            (last, self.end),
        )?;
        before_tail(self.tracked.keys().next_back(), self.tail)?;
        self.check_hidden()?;
        self.check_groups()
    }

    /// Hidden messages are tracked, under their time; the delayed ones are counted.
    fn check_hidden(&self) -> Checked {
        let mut delayed = 0;
        for (at, position) in &self.hidden {
            let message = self.tracked.get(position);
            let is_tracked = message.is_some_and(|it| it.visible_at == *at && it.leaving.is_none());
            ensure(is_tracked, "a hidden message is tracked under its time", (position, message))?;
            delayed += u64::from(message.is_some_and(|it| it.receives == 0));
        }
        ensure(self.delayed == delayed, "delayed messages are counted", (self.delayed, delayed))?;
        let (hidden, leaving) = (self.hidden.len(), self.leaving.count());
        let lists = (hidden, leaving, self.tracked.len());
        ensure(hidden + leaving <= self.tracked.len(), "a message is in one list", lists)
    }

    /// A group is locked once for each of its messages that is in flight or leaving.
    fn check_groups(&self) -> Checked {
        let mut locks: HashMap<Group, u32> = HashMap::new();
        for (position, message) in &self.tracked {
            if self.locks(*position) {
                *locks.entry(message.group).or_default() += 1;
            }
        }
        self.groups.check(&locks)
    }
}
