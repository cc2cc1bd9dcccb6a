//! The slots, and the way of a batch into them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use base::{SLOTS, SlotId};
use parking_lot::Mutex;

use super::image::{Image, Undo};
use super::rules::{Rules, Verdict};
use super::submitted::Submitted;
use super::{Crash, Options, Outcome};
use crate::commits::Commits;
use crate::merge::merge;
use crate::observe::Meter;
use crate::{
    Batch, CommitError, CommitNumber, Durability, Entry, Epoch, KeyRange, PageLimit, Scan,
    StoreError, Table,
};

/// After that many commits that asked for less than a disk, one counts as synced.
const MOST_UNSYNCED: usize = 1024;

/// What the store, its slots and its controls share.
pub(super) struct Inner {
    cells: Vec<Mutex<Cell>>,
    used: AtomicI64,
    pub(super) options: Options,
    pub(super) meter: Meter,
    pub(super) rules: Rules,
    /// Whether it can be told to crash: only then what was not synced is remembered.
    is_controlled: bool,
    /// Raised with each sync: what was written under a lower number is on disk.
    syncs: AtomicU64,
}

/// A slot: all that survives its owners, and the present one.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) image: Image,
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

/// Slots that hold nothing.
pub(super) fn empty_cells() -> Vec<Mutex<Cell>> {
    std::iter::repeat_with(Mutex::default).take(usize::from(SLOTS)).collect()
}

impl Inner {
    pub(super) fn new(
        cells: Vec<Mutex<Cell>>,
        used: i64,
        options: Options,
        is_controlled: bool,
    ) -> Self {
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

    pub(super) fn used(&self) -> u64 {
        u64::try_from(self.used.load(Ordering::Relaxed)).unwrap_or(0)
    }

    pub(super) fn cell(&self, slot: SlotId) -> &Mutex<Cell> {
        &self.cells[slot.index()]
    }

    /// The first rows of a range over all slots. All slots are locked meanwhile, so that they show one moment.
    pub(super) fn scan(
        &self,
        table: Table,
        range: &KeyRange,
        limit: PageLimit,
    ) -> Result<Scan, StoreError> {
        self.rules.check_not_closed()?;
        let cells: Vec<_> = self.cells.iter().map(Mutex::lock).collect();
        let rows = cells.iter().map(|cell| cell.image.range(table, range.clone()));
        let rows = rows.map(|rows| rows.map(|(key, value)| Ok((key.clone(), value.clone()))));
        merge(SlotId::all().zip(rows), limit)
    }

    pub(super) fn acquire(&self, slot: SlotId) -> Result<Arc<Commits>, StoreError> {
        let mut cell = self.cell(slot).lock();
        // Under the lock, which whoever closes the store takes afterwards.
        self.rules.check_open()?;
        cell.depose();
        let owner = Arc::new(Commits::new(slot, cell.epoch, cell.image.last));
        cell.owner = Some(owner.clone());
        Ok(owner)
    }

    pub(super) fn submit(
        &self,
        commits: &Arc<Commits>,
        batch: Batch,
        level: Durability,
    ) -> CommitNumber {
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
        let (bytes, level) = (submitted.batch.bytes(), submitted.batch.level(submitted.level));
        let grown = if self.is_controlled {
            self.apply_controlled(cell, submitted.batch, level)
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
    pub(super) fn release_one(&self) -> bool {
        let _in_order = self.rules.order.lock();
        let Some(submitted) = self.rules.next_held() else { return false };
        self.settle(&mut self.cell(submitted.commits.slot()).lock(), submitted);
        true
    }

    /// Lets all held commits go on, and holds no more.
    pub(super) fn release_all(&self) {
        let _in_order = self.rules.order.lock();
        while let Some(submitted) = self.rules.next_held_or_none_any_more() {
            self.settle(&mut self.cell(submitted.commits.slot()).lock(), submitted);
        }
    }

    /// Ends everything: what is left, and its size, for those who come after a crash.
    pub(super) fn survivors(&self, crash: Crash) -> (Vec<Mutex<Cell>>, i64) {
        let syncs = self.syncs.load(Ordering::SeqCst);
        let mut used = self.used.load(Ordering::SeqCst);
        let survivor = |cell: &Mutex<Cell>| {
            let mut cell = cell.lock();
            if crash == Crash::Machine {
                used += cell.forget_unsynced(syncs);
            }
            let image = std::mem::take(&mut cell.image);
            Mutex::new(Cell { image, epoch: cell.epoch, ..Cell::default() })
        };
        let cells = self.cells.iter().map(survivor).collect();
        (cells, used)
    }

    /// Everything as it is now: the locks of all slots are held at once, so that it is one moment.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let cells: Vec<_> = self.cells.iter().map(Mutex::lock).collect();
        let mut entries = Vec::new();
        for (slot, cell) in SlotId::all().zip(&cells) {
            entries.extend(cell.image.appends().map(|op| (slot, op)));
        }
        for table in Table::ALL {
            for (slot, cell) in SlotId::all().zip(&cells) {
                entries.extend(cell.image.puts(table).map(|op| (slot, op)));
            }
        }
        entries
    }

    /// No owner succeeds with anything any more.
    pub(super) fn fail_all(&self, error: &CommitError) {
        for cell in &self.cells {
            if let Some(owner) = &cell.lock().owner {
                owner.fail(error.clone());
            }
        }
    }
}

impl Cell {
    /// Ends the present owner's term.
    pub(super) fn depose(&mut self) {
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
