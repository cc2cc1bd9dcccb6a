//! Messages that went while the log may have been read.

use std::collections::BTreeSet;

use store::Position;

/// Positions at or after the cursor whose messages are gone since something was last read from there. A
/// fetch under way may still find them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Removed {
    positions: BTreeSet<Position>,
    /// Whether there were too many to remember.
    is_over: bool,
}

/// Most that are remembered; with more, what was read is read again.
const MOST: usize = 10_000;

impl Removed {
    pub(super) fn add(&mut self, position: Position) {
        if self.positions.len() < MOST {
            self.positions.insert(position);
        } else {
            self.is_over = true;
        }
    }

    /// It is back in another state.
    pub(super) fn forget(&mut self, position: Position) {
        self.positions.remove(&position);
    }

    pub(super) fn contains(&self, position: Position) -> bool {
        self.positions.contains(&position)
    }

    pub(super) fn may_contain(&self, position: Position) -> bool {
        self.is_over || self.contains(position)
    }

    /// Whether all are remembered, so that what was read can be used.
    pub(super) fn is_complete(&self) -> bool {
        !self.is_over
    }
}
