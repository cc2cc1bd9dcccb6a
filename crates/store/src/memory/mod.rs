//! The engine in memory: for tests, the simulation, and whoever wants a store that forgets.
//!
//! It commits within [`Slot::submit`], needs no thread and no runtime, and gives memory back as soon as a
//! record is released. Opened with [`MemoryStore::controlled`], it misbehaves on request ([`Controls`]).

mod controls;
mod image;
mod inner;
mod reader;
mod rules;
mod slot;
mod snapshot;
mod submitted;

use std::sync::Arc;

use base::SlotId;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use parking_lot::Mutex;

use crate::commits::closed;
use crate::{
    Durability, KeyRange, Limits, NodeId, Observer, PageLimit, Pressure, Scan, Slot, SlotReader,
    Snapshot, Stats, Store, StoreError, Table,
};
use inner::{Cell, Inner, empty_cells};
use reader::MemoryReader;
use slot::MemorySlot;
use snapshot::MemorySnapshot;

pub use controls::{Controls, Crash, Outcome, Room};

/// What it can take. It claims every level: with its only copy in memory, nothing survives the process
/// anyhow, and the levels mean what [`Controls::crash`] makes of them.
const LIMITS: Limits =
    Limits { key: 32 << 10, value: 32 << 20, batch: 64 << 20, strongest: Durability::QuorumDisk };

/// How a store in memory is opened.
#[derive(Clone)]
pub struct Options {
    /// The most bytes of keys, values and records; what grows beyond it is refused.
    pub capacity: u64,
    /// Is told of each commit.
    pub observer: Arc<dyn Observer>,
}

impl Default for Options {
    fn default() -> Self {
        Options { capacity: u64::MAX, observer: Arc::new(()) }
    }
}

/// A store in memory.
pub struct MemoryStore {
    inner: Arc<Inner>,
}

impl MemoryStore {
    /// An empty one.
    pub fn open(options: Options) -> Arc<Self> {
        Arc::new(MemoryStore { inner: Arc::new(Inner::new(empty_cells(), 0, options, false)) })
    }

    /// An empty one that does as it is told.
    pub fn controlled(options: Options) -> (Arc<Self>, Controls) {
        Self::with_cells(empty_cells(), 0, options)
    }

    fn with_cells(cells: Vec<Mutex<Cell>>, used: i64, options: Options) -> (Arc<Self>, Controls) {
        let inner = Arc::new(Inner::new(cells, used, options, true));
        (Arc::new(MemoryStore { inner: inner.clone() }), Controls::of(inner))
    }

    /// The bytes of keys, values and records that it holds.
    pub fn bytes(&self) -> u64 {
        self.inner.used()
    }
}

impl Store for MemoryStore {
    fn limits(&self) -> Limits {
        LIMITS
    }

    fn acquire(&self, slot: SlotId, _: NodeId) -> BoxFuture<'_, Result<Arc<dyn Slot>, StoreError>> {
        let slot = self
            .inner
            .acquire(slot)
            .map(|commits| Arc::new(MemorySlot::new(self.inner.clone(), commits)) as Arc<dyn Slot>);
        ready(slot).boxed()
    }

    fn reader(&self, slot: SlotId) -> Arc<dyn SlotReader> {
        Arc::new(MemoryReader { inner: self.inner.clone(), slot, owner: None })
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        ready(self.inner.scan(table, &range, limit)).boxed()
    }

    fn pressure(&self) -> Pressure {
        let is_full = self.inner.used() >= self.inner.options.capacity;
        if is_full { Pressure::Full } else { self.inner.rules.pressure() }
    }

    fn stats(&self) -> Stats {
        self.inner.meter.stats()
    }

    /// Memory is given back at once.
    fn tidy(&self) -> BoxFuture<'_, Result<bool, StoreError>> {
        ready(Ok(false)).boxed()
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.inner.rules.check_open()?;
        Ok(Box::new(MemorySnapshot::new(self.inner.entries())))
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.inner.release_all();
        self.inner.rules.close();
        self.inner.fail_all(&closed());
        ready(self.inner.rules.check_sound()).boxed()
    }
}
