//! The engine's keyspaces, and how they are set.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;

use ::fjall::compaction::Leveled;
use ::fjall::compaction::filter::Factory;
use ::fjall::{CompressionType, Database, Error, Keyspace, KeyspaceCreateOptions};

use super::log_starts::{Filters, LogStarts};
use super::options::Options;
use super::rows::Place;
use crate::Table;

const MIB: u64 = 1 << 20;

/// The log, the tables, the slots' numbers, and the engine's own.
pub(super) const COUNT: usize = Table::ALL.len() + 3;
/// How many flushed files there are before they are merged into the next level. A queue is written at its
/// end and deleted at its beginning, so the files of a deep one reach over all that lies between, which each
/// merge writes anew: half as many merges are half as much work.
const MERGED: u8 = 8;
/// Bytes of a file behind the first level, and with [`MERGED`] of the level that is next to it: small, so that
/// what was written at the end of queues goes down by itself, and what was deleted at their beginning meets
/// no more than the files there.
const FILE: u64 = 16 * MIB;
/// Threads that flush and merge files. The first one only flushes: a merge that it is asked for it puts back into
/// the queue at once, again and again while all others are busy, and so takes a whole core from requests
/// (`worker_pool.rs`). With as many threads as a small machine has cores that is during each merge; with
/// these there is one left that takes the merge from it.
const WORKERS: usize = 6;

/// An open database with all its keyspaces.
pub(super) struct Keyspaces {
    pub(super) log: Keyspace,
    pub(super) tables: [Keyspace; Table::ALL.len()],
    pub(super) meta: Keyspace,
    pub(super) log_starts: Arc<LogStarts>,
    pub(super) database: Database,
}

impl Keyspaces {
    /// Opens them, and creates what is not there.
    pub(super) fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let log_starts = Arc::new(LogStarts::default());
        let filters: Arc<dyn Factory> = Arc::new(Filters(AssertUnwindSafe(log_starts.clone())));
        let filter = move |name: &str| (name == Place::Log.name()).then(|| filters.clone());
        let database = Database::builder(path)
            .with_compaction_filter_factories(Arc::new(filter))
            .cache_size(options.cache_bytes)
            .max_journaling_size(options.journal_bytes)
            .worker_threads(WORKERS)
            // The writer's time is worth more than the journal's space, and replaying compresses again.
            .journal_compression(CompressionType::None)
            .open()?;
        let open = |name, memtable: u64| {
            let options = || {
                let merges =
                    Leveled::default().with_l0_threshold(MERGED).with_table_target_size(FILE);
                KeyspaceCreateOptions::default()
                    .max_memtable_size(memtable * MIB)
                    .compaction_strategy(Arc::new(merges))
            };
            database.keyspace(name, options)
        };
        let table = |table| open(Place::Table(table).name(), 32);
        Ok(Keyspaces {
            log: open(Place::Log.name(), 64)?,
            tables: [
                table(Table::Lane)?,
                table(Table::Names)?,
                table(Table::Refs)?,
                table(Table::Due)?,
                table(Table::Outbox)?,
            ],
            meta: open(Place::LogStart.name(), 16)?,
            log_starts,
            database,
        })
    }
}
