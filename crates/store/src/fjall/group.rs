//! The batches that become one commit.

use base::SlotId;
use bytes::Bytes;

use super::engine::{Draft, Engine};
use super::queue::Rows;
use super::rows::{self, Place, Row};
use crate::{CommitNumber, Durability, Position, StoreError};

/// How many rows a commit has room for at first.
const ROWS: usize = 1024;

/// A commit that is being gathered, over all slots.
pub(super) struct Group {
    draft: Draft,
    batches: usize,
    bytes: usize,
    level: Durability,
    reached: Reached,
    /// Logs that are trimmed, by the key of their start.
    starts: Vec<(Bytes, Position)>,
}

/// Each slot that a commit touches, with its newest number.
pub(super) type Reached = Vec<(SlotId, CommitNumber)>;

/// A commit that is ready to be written.
pub(super) struct Finished {
    pub(super) draft: Draft,
    pub(super) reached: Reached,
    /// About how many records its trims release.
    pub(super) trimmed: u64,
}

impl Group {
    pub(super) fn new(engine: &Engine) -> Self {
        let draft = engine.draft(ROWS);
        let (level, reached, starts) = (Durability::Process, Vec::new(), Vec::new());
        Group { draft, batches: 0, bytes: 0, level, reached, starts }
    }

    /// Adds a batch.
    pub(super) fn add(&mut self, engine: &Engine, slot: SlotId, number: CommitNumber, rows: Rows) {
        self.batches += 1;
        self.bytes += rows.bytes;
        self.level = self.level.max(rows.level);
        for row in rows.rows {
            match row.place {
                Place::LogStart => self.trim(row),
                _ => engine.add(&mut self.draft, row),
            }
        }
        self.reach(slot, number);
    }

    fn trim(&mut self, row: Row) {
        let start = row.value.as_deref().and_then(rows::start).unwrap_or_default();
        match self.starts.iter_mut().find(|(key, _)| *key == row.key) {
            Some((_, highest)) => *highest = start.max(*highest),
            None => self.starts.push((row.key, start)),
        }
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
    pub(super) fn finish(mut self, engine: &Engine) -> Result<Finished, StoreError> {
        let mut trimmed = 0;
        for (key, start) in self.starts {
            trimmed += engine.add_start(&mut self.draft, &key, start)?;
        }
        for &(slot, number) in &self.reached {
            engine.add_commit(&mut self.draft, slot, number);
        }
        Ok(Finished { draft: self.draft, reached: self.reached, trimmed })
    }
}
