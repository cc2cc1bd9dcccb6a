//! The engine itself: its keyspaces, and what is done with them.
//!
//! What is relied on, as read in the source of the pinned release (`batch/mod.rs`, `keyspace/mod.rs`):
//!
//! - A batch is written to the journal and synced *before* its rows are put into the memtables, and it is
//!   published to snapshots after the last of them. So a snapshot shows whole commits, and of a commit
//!   with [`Durability::Disk`] only what is on disk. A read without a snapshot would see a commit that is
//!   half applied: every read here takes one.
//! - When writing or syncing fails, nothing is applied, and every later commit is refused.

use std::sync::Arc;

use ::fjall::{AbstractTree, Database, Keyspace, OwnedWriteBatch, PersistMode, Readable, Snapshot};
use base::SlotId;

use super::directory::Directory;
use super::keyspaces::{self, Keyspaces};
use super::log_starts::{self, Export, LogStarts};
use super::options::Options;
use super::rows::{self, Place, Row};
use super::witness::Witness;
use super::{complete, error, journal};
use crate::{
    CommitNumber, Durability, Epoch, LaneId, NodeId, OpenError, Position, StoreError, Table,
};

/// The rows of one commit.
pub(super) type Draft = OwnedWriteBatch;

/// How many memtables of a keyspace may wait to be flushed before a commit sleeps until one is.
const MEMTABLES: f32 = 4.0;
/// How many runs of the first level there may be before a commit sleeps.
const RUNS: f32 = 30.0;
/// The share from which on intake is slowed down: two memtables.
const NOTEWORTHY: f32 = 0.5;

/// An open database. Its directory stays locked until the last user has dropped it.
pub(super) struct Engine {
    log: Keyspace,
    tables: [Keyspace; Table::ALL.len()],
    meta: Keyspace,
    log_starts: Arc<LogStarts>,
    database: Database,
    #[cfg(test)]
    fails: std::sync::atomic::AtomicBool,
    // Last, so that the lock outlives the database.
    directory: Directory,
}

/// What is kept of a slot beside its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) epoch: Epoch,
    pub(super) last: CommitNumber,
}

/// An engine that was opened, with what was found.
pub(super) struct Opened {
    pub(super) engine: Engine,
    /// How many changes the slots have seen.
    pub(super) changes: u64,
    /// Says no more than that.
    pub(super) witness: Witness,
}

impl Engine {
    /// Opens the database in a directory, and creates it if there is none.
    pub(super) fn open(directory: Directory, options: &Options) -> Result<Opened, OpenError> {
        let io = |source| OpenError::Io { directory: directory.name(), source };
        let data = directory.data();
        if !data.try_exists().map_err(io)? {
            let unfinished = directory.unfinished();
            drop(Keyspaces::open(&unfinished, options).map_err(error::at_open(&directory))?);
            directory.finish().map_err(io)?;
        }
        let at_inspection = error::at_inspection(&directory);
        let witness = Witness::open(&directory.witness()).map_err(&at_inspection)?;
        complete::check(&data, keyspaces::COUNT).map_err(&at_inspection)?;
        let cut = journal::inspect(&data).map_err(&at_inspection)?;
        let opened = Engine::open_inspected(directory.clone(), options, witness);
        if opened.is_err()
            && let Some(cut) = cut
        {
            cut.undo().map_err(io)?;
        }
        opened
    }

    /// Opens the database when its files are as the engine expects them.
    fn open_inspected(
        directory: Directory,
        options: &Options,
        witness: Option<Witness>,
    ) -> Result<Opened, OpenError> {
        let data = directory.data();
        let keyspaces = Keyspaces::open(&data, options).map_err(error::at_open(&directory))?;
        let engine = Engine {
            log: keyspaces.log,
            tables: keyspaces.tables,
            meta: keyspaces.meta,
            log_starts: keyspaces.log_starts,
            database: keyspaces.database,
            #[cfg(test)]
            fails: std::sync::atomic::AtomicBool::new(false),
            directory,
        };
        let damaged = |error: StoreError| OpenError::Damaged {
            directory: engine.directory.name(),
            reason: error.to_string(),
        };
        engine.log_starts.open(&engine.database, &engine.meta).map_err(damaged)?;
        let changes = engine.changes().map_err(damaged)?;
        let witness = engine.hear(witness, changes)?;
        Ok(Opened { engine, changes, witness })
    }

    /// Compares what was found with what the witness says. Where there is none, it is made.
    fn hear(&self, witness: Option<Witness>, changes: u64) -> Result<Witness, OpenError> {
        let directory = &self.directory;
        if let Some(witness) = witness {
            let compared = witness.expect(changes, &directory.witness());
            return compared.map(|()| witness).map_err(error::at_inspection(directory));
        }
        if changes > 0 {
            tracing::warn!(
                changes,
                "there is no witness: what was found is taken for all there was"
            );
        }
        let io = |source| OpenError::Io { directory: directory.name(), source };
        directory.make_witness().map_err(io)
    }

    /// How many changes all slots have seen.
    fn changes(&self) -> Result<u64, StoreError> {
        SlotId::all().map(|slot| Ok(self.standing(slot)?.last.0)).sum()
    }

    /// An empty commit with room for that many rows.
    pub(super) fn draft(&self, rows: usize) -> Draft {
        OwnedWriteBatch::with_capacity(self.database.clone(), rows)
    }

    /// Adds a row to a commit.
    pub(super) fn add(&self, draft: &mut Draft, row: Row) {
        let keyspace = self.keyspace(row.place);
        match row.value {
            Some(value) => draft.insert(keyspace, row.key, value),
            None => draft.remove(keyspace, row.key),
        }
    }

    /// Adds a slot's newest commit number to a commit.
    pub(super) fn add_commit(&self, draft: &mut Draft, slot: SlotId, number: CommitNumber) {
        draft.insert(&self.meta, rows::commit_key(slot), rows::commit_value(number));
    }

    /// Adds a slot's new epoch to a commit.
    pub(super) fn add_epoch(&self, draft: &mut Draft, slot: SlotId, epoch: Epoch, node: NodeId) {
        draft.insert(&self.meta, rows::epoch_key(slot), rows::epoch_value(epoch, node));
    }

    /// Raises the start of a log, if it is lower; says about how many records that releases. All earlier commits have
    /// been written: only the writer asks.
    pub(super) fn add_start(
        &self,
        draft: &mut Draft,
        key: &[u8],
        start: Position,
    ) -> Result<u64, StoreError> {
        self.log_starts.announce();
        let before = log_starts::read(&self.snapshot(), &self.meta, key)?;
        if before < start {
            draft.insert(&self.meta, key, start.0.to_be_bytes());
        }
        // Positions may be far apart, and the first one far from zero.
        let most = self.log.approximate_len() as u64;
        Ok(start.0.saturating_sub(before.0).min(most))
    }

    /// The start of a log in a view.
    pub(super) fn log_start(
        &self,
        view: &Snapshot,
        slot: SlotId,
        lane: LaneId,
    ) -> Result<Position, StoreError> {
        self.log_starts.of(view, &self.meta, slot, lane)
    }

    /// True if a log was ever trimmed.
    pub(super) fn has_trimmed(&self) -> bool {
        self.log_starts.any()
    }

    /// Begins an export: records that it may want are kept until this is dropped.
    pub(super) fn export(&self) -> Export {
        self.log_starts.export()
    }

    /// Writes a commit whole. After an error no further one can succeed.
    pub(super) fn commit(&self, draft: Draft, level: Durability) -> Result<(), String> {
        #[cfg(test)]
        if self.fails.load(std::sync::atomic::Ordering::SeqCst) {
            return Err("the sync failed".to_owned());
        }
        let mode = match level {
            Durability::Process => PersistMode::Buffer,
            Durability::Disk | Durability::QuorumDisk => PersistMode::SyncData,
        };
        draft.durability(Some(mode)).commit().map_err(|error| error.to_string())
    }

    /// Syncs whatever was committed without.
    pub(super) fn sync(&self) -> Result<(), String> {
        self.database.persist(PersistMode::SyncData).map_err(|error| error.to_string())
    }

    /// How far behind it is, from 0 to 1: how near to the point where a commit sleeps.
    pub(super) fn behind(&self) -> f32 {
        let keyspaces = self.tables.iter().chain([&self.log, &self.meta]);
        let share = keyspaces.map(behind).fold(0.0, f32::max);
        if share >= NOTEWORTHY { share.min(1.0) } else { 0.0 }
    }

    /// A consistent view of the present.
    pub(super) fn snapshot(&self) -> Snapshot {
        self.database.snapshot()
    }

    /// What a slot's former owners have left.
    pub(super) fn standing(&self, slot: SlotId) -> Result<Standing, StoreError> {
        let snapshot = self.snapshot();
        let value = |key: [u8; 2]| snapshot.get(&self.meta, key).map_err(error::at_read);
        let epoch = match value(rows::epoch_key(slot))? {
            Some(value) => rows::epoch(&value).ok_or_else(|| damaged(slot, "epoch"))?,
            None => Epoch::default(),
        };
        let last = match value(rows::commit_key(slot))? {
            Some(value) => {
                rows::commit_number(&value).ok_or_else(|| damaged(slot, "commit number"))?
            }
            None => CommitNumber::default(),
        };
        Ok(Standing { epoch, last })
    }

    /// The keyspace of a row.
    pub(super) fn keyspace(&self, place: Place) -> &Keyspace {
        match place {
            Place::Log => &self.log,
            Place::LogStart => &self.meta,
            Place::Table(Table::Lane) => &self.tables[0],
            Place::Table(Table::Names) => &self.tables[1],
            Place::Table(Table::Refs) => &self.tables[2],
            Place::Table(Table::Due) => &self.tables[3],
            Place::Table(Table::Outbox) => &self.tables[4],
        }
    }

    /// Gives back the space of what was deleted: writes what is in memory to disk and merges all files.
    /// Takes long; commits go on meanwhile.
    pub(super) fn compact(&self) -> Result<(), StoreError> {
        for keyspace in [&self.log].into_iter().chain(&self.tables) {
            keyspace.rotate_memtable_and_wait().map_err(error::at_read)?;
            keyspace.major_compact().map_err(error::at_read)?;
        }
        Ok(())
    }

    /// The bytes of its files, without the journals.
    pub(super) fn disk_bytes(&self) -> u64 {
        self.tables.iter().chain([&self.log, &self.meta]).map(Keyspace::disk_space).sum()
    }

    /// Lets every further commit fail.
    #[cfg(test)]
    pub(super) fn fail(&self) {
        self.fails.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.log_starts.close();
    }
}

fn behind(keyspace: &Keyspace) -> f32 {
    let memtables = keyspace.sealed_memtable_count() as f32 / MEMTABLES;
    let runs = keyspace.tree.l0_run_count() as f32 / RUNS;
    memtables.max(runs)
}

fn damaged(slot: SlotId, what: &str) -> StoreError {
    StoreError::Damaged(format!("the {what} of slot {slot} cannot be read"))
}
