//! The engine in memory: for tests, the simulation, and whoever wants a store that forgets.
//!
//! It commits within [`Slot::submit`], needs no thread and no runtime, and gives memory back as soon as a
//! record is released. Opened with [`MemoryStore::controlled`], it misbehaves on request ([`Controls`]).

mod controls;
mod image;
mod rules;
mod slot;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use base::{SLOTS, SlotId};
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use parking_lot::Mutex;

use crate::commits::{Commits, closed};
use crate::observe::Meter;
use crate::{
    Batch, CommitError, CommitNumber, Durability, Epoch, Limits, NodeId, Observer, Pressure, Slot,
    Stats, Store, StoreError,
};
use image::{Image, Undo};
use rules::{Rules, Verdict};
use slot::MemorySlot;

pub use controls::{Controls, Crash, Outcome, Room};

/// What it can take. It claims every level: with its only copy in memory, nothing survives the process
/// anyhow, and the levels mean what [`Controls::crash`] makes of them.
const LIMITS: Limits =
    Limits { key: 32 << 10, value: 32 << 20, batch: 64 << 20, strongest: Durability::QuorumDisk };

/// After that many commits that asked for less than a disk, one counts as synced.
const MOST_UNSYNCED: usize = 1024;

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

struct Inner {
    cells: Vec<Mutex<Cell>>,
    used: AtomicI64,
    options: Options,
    meter: Meter,
    rules: Rules,
    /// Whether it can be told to crash: only then what was not synced is remembered.
    is_controlled: bool,
    /// Raised with each sync: what was written under a lower number is on disk.
    syncs: AtomicU64,
}

/// A slot: all that survives its owners, and the present one.
#[derive(Default)]
struct Cell {
    image: Image,
    epoch: Epoch,
    owner: Option<Arc<Commits>>,
    unsynced: Vec<Unsynced>,
}

/// What a crash of the machine takes back.
struct Unsynced {
    syncs: u64,
    last: CommitNumber,
    undo: Undo,
}

/// A batch on its way.
struct Submitted {
    commits: Arc<Commits>,
    number: CommitNumber,
    batch: Batch,
    level: Durability,
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
        let slot = self.inner.acquire(slot).map(|commits| {
            Arc::new(MemorySlot { inner: self.inner.clone(), commits }) as Arc<dyn Slot>
        });
        ready(slot).boxed()
    }

    fn pressure(&self) -> Pressure {
        let is_full = self.inner.used() >= self.inner.options.capacity;
        if is_full { Pressure::Full } else { self.inner.rules.pressure() }
    }

    fn stats(&self) -> Stats {
        self.inner.meter.stats()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.inner.release_all();
        self.inner.rules.close();
        self.inner.fail_all(&closed());
        ready(self.inner.rules.check_sound()).boxed()
    }
}

fn empty_cells() -> Vec<Mutex<Cell>> {
    std::iter::repeat_with(Mutex::default).take(usize::from(SLOTS)).collect()
}

impl Inner {
    fn new(cells: Vec<Mutex<Cell>>, used: i64, options: Options, is_controlled: bool) -> Self {
        Inner {
            cells,
            used: AtomicI64::new(used),
            options,
            meter: Meter::default(),
            rules: Rules::default(),
            is_controlled,
            syncs: AtomicU64::new(0),
        }
    }

    fn used(&self) -> u64 {
        u64::try_from(self.used.load(Ordering::Relaxed)).unwrap_or(0)
    }

    fn cell(&self, slot: SlotId) -> &Mutex<Cell> {
        &self.cells[slot.index()]
    }

    fn acquire(&self, slot: SlotId) -> Result<Arc<Commits>, StoreError> {
        let mut cell = self.cell(slot).lock();
        // Under the lock, which whoever closes the store takes afterwards.
        self.rules.check_open()?;
        cell.depose();
        let owner = Arc::new(Commits::new(slot, cell.epoch, cell.image.last));
        cell.owner = Some(owner.clone());
        Ok(owner)
    }

    fn submit(&self, commits: &Arc<Commits>, batch: Batch, level: Durability) -> CommitNumber {
        // The cell's lock puts the commits of a slot in order, from their number to their end.
        let mut cell = self.cell(commits.slot()).lock();
        let number = commits.submit();
        if !commits.failed() {
            let submitted = Submitted { commits: commits.clone(), number, batch, level };
            if let Some(submitted) = self.rules.hold(submitted) {
                self.settle(&mut cell, submitted);
            }
        }
        number
    }

    /// Decides what becomes of a batch.
    fn settle(&self, cell: &mut Cell, submitted: Submitted) {
        let commits = submitted.commits.clone();
        let is_owner = |owner: &Arc<Commits>| Arc::ptr_eq(owner, &commits);
        if commits.failed() || !cell.owner.as_ref().is_some_and(is_owner) {
            return;
        }
        match self.rules.verdict() {
            Verdict::Commit => {
                let number = submitted.number;
                self.commit(cell, submitted);
                commits.complete(number);
            }
            Verdict::Break(reason) => commits.fail(CommitError::Broken(reason)),
            Verdict::Unknown(Outcome::Written) => {
                self.commit(cell, submitted);
                commits.fail(CommitError::Unknown);
            }
            Verdict::Unknown(Outcome::NotWritten) => commits.fail(CommitError::Unknown),
        }
    }

    fn commit(&self, cell: &mut Cell, submitted: Submitted) {
        let bytes = submitted.batch.bytes();
        let grown = if self.is_controlled {
            self.apply_controlled(cell, submitted.batch, submitted.level)
        } else {
            cell.image.apply(submitted.batch.into_ops())
        };
        cell.image.last = submitted.number;
        self.used.fetch_add(grown, Ordering::Relaxed);
        self.meter.count(1, bytes);
        self.options.observer.committed(1, bytes, 0.0);
    }

    fn apply_controlled(&self, cell: &mut Cell, batch: Batch, level: Durability) -> i64 {
        let last = cell.image.last;
        let (grown, undo) = cell.image.apply_undoably(batch);
        if level > Durability::Process || cell.unsynced.len() == MOST_UNSYNCED {
            self.syncs.fetch_add(1, Ordering::SeqCst);
        }
        let syncs = self.syncs.load(Ordering::SeqCst);
        cell.unsynced.retain(|other| other.syncs == syncs);
        if level == Durability::Process {
            cell.unsynced.push(Unsynced { syncs, last, undo });
        }
        grown
    }

    /// Lets the oldest held commit go on; says whether there was one.
    fn release_one(&self) -> bool {
        let _in_order = self.rules.order.lock();
        let Some(submitted) = self.rules.next_held() else { return false };
        self.settle(&mut self.cell(submitted.commits.slot()).lock(), submitted);
        true
    }

    /// Lets all held commits go on, and holds no more.
    fn release_all(&self) {
        let _in_order = self.rules.order.lock();
        while let Some(submitted) = self.rules.next_held_or_none_any_more() {
            self.settle(&mut self.cell(submitted.commits.slot()).lock(), submitted);
        }
    }

    fn fail_all(&self, error: &CommitError) {
        for cell in &self.cells {
            if let Some(owner) = &cell.lock().owner {
                owner.fail(error.clone());
            }
        }
    }
}

impl Cell {
    /// Ends the present owner's term.
    fn depose(&mut self) {
        self.epoch = Epoch(self.epoch.0 + 1);
        if let Some(former) = self.owner.take() {
            former.fail(CommitError::Fenced);
        }
    }

    /// Forgets what was not synced when there had been that many syncs; says by how much it has grown.
    fn forget_unsynced(&mut self, syncs: u64) -> i64 {
        let mut grown = 0;
        while let Some(unsynced) = self.unsynced.pop() {
            if unsynced.syncs == syncs {
                grown += self.image.apply(unsynced.undo);
                self.image.last = unsynced.last;
            }
        }
        grown
    }
}
