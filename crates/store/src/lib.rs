//! The store's contract: logs for bodies, tables for state, one ordered stream of commits a slot.
//!
//! Nothing above this crate knows an engine, and nothing above it may assume that it is alone: a slot
//! is *acquired*, and from then on no commit under an older epoch can succeed.
//!
//! What every engine promises, and the suite in `tests/` demands of each:
//!
//! - **Atomic**: a batch is written whole or not at all.
//! - **Ordered**: the commits of a slot are numbered densely and become durable in that order; when one
//!   fails, all later ones fail.
//! - **Durable**: after [`Slot::durable`] has answered `Ok`, the commit survives what its level says.
//! - **Durable before visible**: pages and records show only what is durable (at the commit's own level).
//! - **Refused in time**: what is too large or would fill the disk is refused by [`Slot::reserve`], before
//!   anybody has acted on it.
//! - **Trimmed in one change**: a log gives up all records below a position in a few bytes, however many they are;
//!   reads seek to what is left, and the space comes back when files are merged ([`Batch::trim`]).
//!
//! Two engines stand behind it: [`FjallStore`] on a directory, and [`MemoryStore`], which forgets when the
//! program ends and can be told to misbehave, for tests and the simulation.

#[macro_use]
mod reading;

pub mod archive;
pub mod batch;
mod commits;
pub mod error;
pub mod fjall;
pub mod key;
pub mod memory;
mod merge;
pub mod observe;
pub mod snapshot;

pub use self::fjall::FjallStore;
pub use batch::{Batch, Op};
pub use error::{CommitError, OpenError, Refused, StoreError};
pub use key::{CommitNumber, Epoch, KeyRange, LaneId, NodeId, Position, Table};
pub use memory::{Controls, MemoryStore};
pub use observe::{Observer, Stats};
pub use snapshot::{Entry, Snapshot};

use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;
use futures::future::BoxFuture;

/// An engine: a directory, a database, or memory.
pub trait Store: Send + Sync + 'static {
    /// What it can take.
    fn limits(&self) -> Limits;

    /// Takes a slot over: raises its epoch, so that no commit of a former owner can succeed. Slots that
    /// are asked for at the same time are taken together.
    fn acquire(
        &self,
        slot: SlotId,
        node: NodeId,
    ) -> BoxFuture<'_, Result<Arc<dyn Slot>, StoreError>>;

    /// The rows and records of a slot, without owning it: nobody is fenced. A reader is good until the store is closed.
    fn reader(&self, slot: SlotId) -> Arc<dyn SlotReader>;

    /// The first rows of a range of a table over all slots, as one ordered list, as many as fit. Needs no ownership.
    /// Costs by the rows that it answers, not by those that the slots hold.
    fn scan(
        &self,
        table: Table,
        range: KeyRange,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Scan, StoreError>>;

    /// How much more work it can take now.
    fn pressure(&self) -> Pressure;

    /// What it has committed since it was opened.
    fn stats(&self) -> Stats;

    /// Gives back the space of what was deleted, if there is so much of it that the work is worth while;
    /// says whether it was. Takes long, and commits go on meanwhile: called when little happens.
    fn tidy(&self) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// Everything that is durable now, to be read while commits go on.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Finishes and syncs what was submitted; nothing is accepted afterwards.
    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>>;
}

/// The durable rows and records of a slot, whoever owns it.
pub trait SlotReader: Send + Sync {
    /// The slot.
    fn id(&self) -> SlotId;

    /// One row.
    fn get(&self, table: Table, key: Bytes) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>>;

    /// The first rows of a range, in key order, as many as fit.
    fn page(
        &self,
        table: Table,
        range: KeyRange,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Page, StoreError>>;

    /// The first records of a log at or after a position, as many as fit.
    fn read(
        &self,
        lane: LaneId,
        from: Position,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Records, StoreError>>;

    /// Those records of a log that are still there of these, all at one moment, in the order in which they
    /// are asked for. Costs by their number, however far apart they stand; whoever wants neighbours asks
    /// [`Slot::read`].
    fn read_many(
        &self,
        lane: LaneId,
        positions: Vec<Position>,
    ) -> BoxFuture<'_, Result<Vec<(Position, Bytes)>, StoreError>>;

    /// The position of the log's last record that is still there. The log of a lane that was drained may
    /// take long to look through: whoever knows a lower bound asks [`Slot::read`] instead.
    fn last_position(&self, lane: LaneId) -> BoxFuture<'_, Result<Option<Position>, StoreError>>;
}

/// A slot in the hands of its owner.
pub trait Slot: SlotReader {
    /// The epoch under which it was acquired.
    fn epoch(&self) -> Epoch;

    /// The newest durable commit. After [`CommitError::Unknown`], a fresh owner compares it with the
    /// number it was waiting for.
    fn last(&self) -> CommitNumber;

    /// Whether a batch of that many bytes can be taken. Asked before a decision is applied, so that
    /// "too large" and "full" cannot come afterwards.
    fn reserve(&self, bytes: usize, growth: Growth) -> Result<(), Refused>;

    /// Queues a batch and returns at once. The caller holds its lane's lock: batches are committed in
    /// the order of these calls. An error shows in [`Slot::durable`]; after one, no later batch of this
    /// owner succeeds. A batch beyond the [`Limits`], which `reserve` refuses, is such an error.
    fn submit(&self, batch: Batch, level: Durability) -> CommitNumber;

    /// Waits until that commit, and all before it, are durable.
    fn durable(&self, upto: CommitNumber) -> BoxFuture<'_, Result<(), CommitError>>;
}

/// What an engine can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest key, in bytes, without the engine's own prefix.
    pub key: usize,
    /// The longest value or record, in bytes.
    pub value: usize,
    /// The largest batch, keys and values together, in bytes.
    pub batch: usize,
    /// The strongest level it can give.
    pub strongest: Durability,
}

/// What a commit survives. An engine gives at least what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// The end of this process, not of the machine. Only for what can be done again, such as the mark
    /// of a delivery; never reordered past a later, stronger commit.
    Process,
    /// The end of the machine: synced.
    Disk,
    /// The end of a minority of machines.
    QuorumDisk,
}

/// Whether a batch makes the data larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It adds; refused first when space runs out.
    Grows,
    /// It frees, or keeps the size: possible for longer, so that a full queue can be drained.
    Frees,
}

/// How much more work the engine can take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pressure {
    /// Any amount.
    Free,
    /// It falls behind: slow intake down. The share, from 0 to 1, says how far behind it is.
    Slow(f32),
    /// The disk is as good as full: nothing that grows is taken.
    Full,
}

/// How much a page may hold; at least one row comes if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit {
    /// Most rows.
    pub rows: usize,
    /// Most bytes of keys and values, passed by one row at most.
    pub bytes: usize,
}

/// Rows of a table: owned, so that nothing stays open behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Keys and values, in key order.
    pub rows: Vec<(Bytes, Bytes)>,
    /// Whether the range has more.
    pub more: bool,
}

/// Rows of a table over all slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The rows, in the order of their keys; rows of one key in the order of their slots.
    pub rows: Vec<ScannedRow>,
    /// True if the range has more. The next page begins behind the last row: see [`Scan::rest`].
    pub more: bool,
}

/// A row of one of the slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedRow {
    /// The slot.
    pub slot: SlotId,
    /// The key.
    pub key: Bytes,
    /// The value.
    pub value: Bytes,
}

impl Scan {
    /// The part of a range behind the rows that were answered; `None` if there is no more. Rows of one key are never
    /// divided between two pages.
    pub fn rest(&self, range: KeyRange) -> Option<KeyRange> {
        let last = self.rows.last().filter(|_| self.more)?;
        Some(range.behind(&last.key))
    }
}

/// Records of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Positions and records, in order; released ones are left out.
    pub records: Vec<(Position, Bytes)>,
    /// Whether the log has more.
    pub more: bool,
}
