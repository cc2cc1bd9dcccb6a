//! Where the logs of lanes that were trimmed start.
//!
//! A trim writes one row, and no tombstone a record. What a log holds below its start is not there for readers, which
//! seek to the start, and is left out when the files that hold it are merged ([`Filter`]): so its space comes back.
//!
//! A merge drops records whatever snapshots are open. Two readers could miss records that they ought to see:
//!
//! - A read of a page: it reads the start again afterwards, and begins anew if that has risen.
//! - An export, which takes long: while one is open, nothing is dropped ([`Export`]).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ::fjall::compaction::filter::{
    CompactionFilter, CompactionFilterResult, Context, Factory, ItemAccessor, Verdict,
};
use ::fjall::{Database, Keyspace, Readable, Snapshot};
use base::SlotId;
use parking_lot::Mutex;

use super::error;
use super::rows;
use crate::{LaneId, Position, StoreError};

/// The starts, shared by the engine and the merges of its log.
#[derive(Default)]
pub(super) struct LogStarts {
    /// True once any log was trimmed: until then nobody looks for a row.
    any: AtomicBool,
    exports: AtomicUsize,
    /// Where the rows are; gone when the engine is closed, which would otherwise keep itself alive through its
    /// filter.
    rows: Mutex<Option<(Database, Keyspace)>>,
}

impl LogStarts {
    /// Begins to look into an open database.
    pub(super) fn open(&self, database: &Database, meta: &Keyspace) -> Result<(), StoreError> {
        let mut rows = database.snapshot().prefix(meta, [rows::LOG_START]);
        let any = rows.next().map(|row| row.key().map_err(error::at_read)).transpose()?.is_some();
        self.any.store(any, Ordering::SeqCst);
        *self.rows.lock() = Some((database.clone(), meta.clone()));
        Ok(())
    }

    /// Looks no more.
    pub(super) fn close(&self) {
        let database = self.rows.lock().take();
        drop(database);
    }

    /// Says that there will be a row; called before it is written.
    pub(super) fn announce(&self) {
        self.any.store(true, Ordering::SeqCst);
    }

    /// True if a log was ever trimmed, or is about to be.
    pub(super) fn any(&self) -> bool {
        self.any.load(Ordering::SeqCst)
    }

    /// The start of a log in a view: its first position, if it was never trimmed.
    pub(super) fn of(
        &self,
        view: &Snapshot,
        meta: &Keyspace,
        slot: SlotId,
        lane: LaneId,
    ) -> Result<Position, StoreError> {
        if !self.any() {
            return Ok(Position::default());
        }
        read(view, meta, &rows::start_key(slot, lane))
    }

    /// An export begins, until this is dropped.
    pub(super) fn export(self: &Arc<Self>) -> Export {
        self.exports.fetch_add(1, Ordering::SeqCst);
        Export(self.clone())
    }

    /// The position below which a merge may drop the records of a log.
    fn droppable(&self, slot: SlotId, lane: LaneId) -> Position {
        let Some((database, meta)) = self.rows.lock().clone() else { return Position::default() };
        let start = self.of(&database.snapshot(), &meta, slot, lane).unwrap_or_default();
        // Asked after the row was read: an export that begins later sees the row.
        if self.exports.load(Ordering::SeqCst) > 0 { Position::default() } else { start }
    }
}

/// The position in a row; that of a log which was never trimmed, if there is none.
pub(super) fn read(view: &Snapshot, meta: &Keyspace, key: &[u8]) -> Result<Position, StoreError> {
    let damaged = || StoreError::Damaged("the start of a log cannot be read".to_owned());
    match view.get(meta, key).map_err(error::at_read)? {
        Some(value) => rows::start(&value).ok_or_else(damaged),
        None => Ok(Position::default()),
    }
}

/// An export that is open: nothing that it may want is dropped.
pub(super) struct Export(Arc<LogStarts>);

impl Drop for Export {
    fn drop(&mut self) {
        self.0.exports.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Makes a filter for each merge of the log.
pub(super) struct Filters(pub(super) AssertUnwindSafe<Arc<LogStarts>>);

impl Factory for Filters {
    fn name(&self) -> &str {
        "records below the start of their log"
    }

    fn make_filter(&self, _: &Context) -> Box<dyn CompactionFilter> {
        Box::new(Filter { starts: self.0.0.clone(), lane: None })
    }
}

/// Leaves out what is below the start of its log. Records come in the order of their keys, so each log is looked up
/// once a merge.
struct Filter {
    starts: Arc<LogStarts>,
    lane: Option<(SlotId, LaneId, Position)>,
}

impl CompactionFilter for Filter {
    fn filter_item(&mut self, item: ItemAccessor<'_>, _: &Context) -> CompactionFilterResult {
        if !self.starts.any.load(Ordering::Relaxed) {
            return Ok(Verdict::Keep);
        }
        let Some((slot, lane, position)) = rows::log_place(item.key()) else {
            return Ok(Verdict::Keep);
        };
        let start = match self.lane {
            Some((of, its, start)) if (of, its) == (slot, lane) => start,
            _ => self.starts.droppable(slot, lane),
        };
        self.lane = Some((slot, lane, start));
        // Without a tombstone: an older value that it would uncover is below the start too.
        Ok(if position < start { Verdict::Destroy } else { Verdict::Keep })
    }
}
