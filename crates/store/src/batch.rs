//! What is written in one commit.

use bytes::Bytes;

use crate::Durability;
use crate::key::{LaneId, Position, Table};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// A record into a lane's log, at a position above all it has ever had.
    Append(LaneId, Position, Bytes),
    /// A record is not needed any more: its bytes may go.
    Release(LaneId, Position),
    /// All records of a log below a position are released, in one change of a few bytes, however many they are.
    Trim(LaneId, Position),
    /// A row, new or changed.
    Put(Table, Bytes, Bytes),
    /// A row goes.
    Delete(Table, Bytes),
}

/// Changes of one slot, written whole or not at all. All but the slot's indexes (`Names`, `Refs`, `Due`,
/// `Outbox`) belong to one lane: code relies on atomicity within one lane only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    ops: Vec<Op>,
    bytes: usize,
}

/// What a change costs beside its keys and values: engines prefix keys and frame entries.
const OVERHEAD: usize = 40;

impl Batch {
    /// An empty one.
    pub fn new() -> Self {
        Batch::default()
    }

    /// Appends a record. Engines keep the bytes as they are, without copying: a record should own its
    /// memory, and not be a small part of a large buffer that it would keep alive.
    pub fn append(&mut self, lane: LaneId, position: Position, record: Bytes) {
        self.push(record.len(), Op::Append(lane, position, record));
    }

    /// Releases a record.
    pub fn release(&mut self, lane: LaneId, position: Position) {
        self.push(0, Op::Release(lane, position));
    }

    /// Releases all records of a log below a position. The log starts there from then on: nothing may be appended
    /// below it any more, and a lower position changes nothing. A batch that trims is synced, whatever level is
    /// asked for: the space of the records may be given back as soon as it is written.
    pub fn trim(&mut self, lane: LaneId, below: Position) {
        self.push(0, Op::Trim(lane, below));
    }

    /// Puts a row.
    pub fn put(&mut self, table: Table, key: impl Into<Bytes>, value: impl Into<Bytes>) {
        let (key, value) = (key.into(), value.into());
        self.push(key.len() + value.len(), Op::Put(table, key, value));
    }

    /// Deletes a row.
    pub fn delete(&mut self, table: Table, key: impl Into<Bytes>) {
        let key = key.into();
        self.push(key.len(), Op::Delete(table, key));
    }

    /// Its changes, in order; a later one wins over an earlier one of the same key.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The changes themselves.
    pub fn into_ops(self) -> Vec<Op> {
        self.ops
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// The level at which it is committed when this one is asked for.
    pub(crate) fn level(&self, asked: Durability) -> Durability {
        let is_trim = |op: &Op| matches!(op, Op::Trim(..));
        let is_weak = asked < Durability::Disk;
        if is_weak && self.ops.iter().any(is_trim) { Durability::Disk } else { asked }
    }

    /// About how many bytes it writes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn push(&mut self, bytes: usize, op: Op) {
        self.bytes += bytes + OVERHEAD;
        self.ops.push(op);
    }
}
