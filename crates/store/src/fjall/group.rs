//! The batches that become one commit.

use base::SlotId;

use super::engine::{Draft, Engine};
use super::queue::Rows;
use crate::{CommitNumber, Durability};

/// How many rows a commit has room for at first.
const ROWS: usize = 1024;

/// A commit that is being gathered, over all slots.
pub(super) struct Group {
    draft: Draft,
    batches: usize,
    bytes: usize,
    level: Durability,
    reached: Reached,
}

/// Each slot that a commit touches, with its newest number.
pub(super) type Reached = Vec<(SlotId, CommitNumber)>;

impl Group {
    pub(super) fn new(engine: &Engine) -> Self {
        let draft = engine.draft(ROWS);
        Group { draft, batches: 0, bytes: 0, level: Durability::Process, reached: Vec::new() }
    }

    /// Adds a batch.
    pub(super) fn add(&mut self, engine: &Engine, slot: SlotId, number: CommitNumber, rows: Rows) {
        self.batches += 1;
        self.bytes += rows.bytes;
        self.level = self.level.max(rows.level);
        for row in rows.rows {
            engine.add(&mut self.draft, row);
        }
        self.reach(slot, number);
    }

    fn reach(&mut self, slot: SlotId, number: CommitNumber) {
        // Few slots share a commit, and the last one is often the next one too.
        match self.reached.iter_mut().rev().find(|(other, _)| *other == slot) {
            Some((_, newest)) => *newest = number,
            None => self.reached.push((slot, number)),
        }
    }

    /// How many batches.
    pub(super) fn batches(&self) -> usize {
        self.batches
    }

    /// How many bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The strongest level that any of them asked for.
    pub(super) fn level(&self) -> Durability {
        self.level
    }

    /// The rows, with the commit numbers that they bring the slots to.
    pub(super) fn finish(mut self, engine: &Engine) -> (Draft, Reached) {
        for &(slot, number) in &self.reached {
            engine.add_commit(&mut self.draft, slot, number);
        }
        (self.draft, self.reached)
    }
}
