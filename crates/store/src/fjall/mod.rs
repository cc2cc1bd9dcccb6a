//! The embedded engine: a directory, on fjall.
//!
//! One thread writes (`writer.rs`); whoever submits puts rows into its queue (`queue.rs`). Reads take a
//! snapshot each (`read.rs`). What is on disk is described in `directory.rs` and `rows.rs`.
//!
//! # What survives
//!
//! Whatever was acknowledged with [`Durability::Disk`] survives `kill -9` and the loss of power. With
//! [`Durability::Process`] it survives `kill -9`; at the loss of power the last commit may be lost, if
//! nothing stronger shared it.
//!
//! The tail of the newest journal may be torn when the power goes: it is cut off when the directory is
//! opened. A journal that is damaged elsewhere is found out, and the directory is not opened
//! ([`OpenError::Damaged`]); replaying alone would not find out (`journal.rs`). What looks like a torn tail
//! and was durable, because a journal lost its end later, is found out by the witness (`witness.rs`), up to
//! the last second before a crash. Damage to the engine's tables is found by their checksums when they are
//! read ([`StoreError::Damaged`]).

mod complete;
mod directory;
mod engine;
mod error;
mod garbage;
mod group;
mod journal;
mod keyspaces;
mod ledger;
mod log_starts;
mod lookout;
mod options;
mod queue;
mod read;
mod reader;
mod rows;
mod slot;
mod snapshot;
mod space;
#[cfg(test)]
mod tests;
mod witness;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use base::SlotId;
use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::{Mutex, RwLock};
use tokio::sync::oneshot;

use crate::observe::Meter;
use crate::{
    Durability, KeyRange, Limits, NodeId, Observer, OpenError, PageLimit, Pressure, Scan, Slot,
    SlotReader, Snapshot, Stats, Store, StoreError, Table,
};
use directory::Directory;
use engine::{Engine, Opened};
use garbage::Garbage;
use ledger::Ledger;
use queue::{Acquire, Queue};
use reader::FjallReader;
use slot::FjallSlot;
use snapshot::FjallSnapshot;
use space::{FileSystem, Gauge};

pub use options::Options;
pub use space::FreeSpace;

/// What it can take. The engine's own limits are 64 KiB a key and 4 GiB a value.
pub const LIMITS: Limits =
    Limits { key: 32 << 10, value: 32 << 20, batch: 64 << 20, strongest: Durability::Disk };

/// A store in a directory.
pub struct FjallStore {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What the store, its slots and its writer share.
struct Shared {
    /// Gone once the store is closed, and with it the lock on the directory.
    engine: RwLock<Option<Arc<Engine>>>,
    queue: Queue,
    gauge: Gauge,
    garbage: Garbage,
    meter: Meter,
    free_space: Arc<dyn FreeSpace>,
    observer: Arc<dyn Observer>,
    look_bytes: u64,
    commit_bytes: usize,
    queue_bytes: usize,
}

impl FjallStore {
    /// Opens a directory, and makes it if there is none. Waits for the disk.
    pub fn open(directory: &Path, options: Options) -> Result<Arc<Self>, OpenError> {
        let directory = Directory::open(directory)?;
        let (name, path) = (directory.name(), directory.path().to_owned());
        let io = |source| OpenError::Io { directory: name.clone(), source };
        let free_space = options.free_space.clone().unwrap_or_else(|| Arc::new(FileSystem(path)));
        let free = free_space.free().map_err(io)?;
        let Opened { engine, changes, witness } = Engine::open(directory, &options)?;
        let ledger = Ledger::open(changes, witness, options.witness_seconds).map_err(io)?;
        let engine = Arc::new(engine);
        let shared = Arc::new(Shared {
            engine: RwLock::new(Some(engine.clone())),
            queue: Queue::default(),
            gauge: Gauge::new(options.floor_bytes, free),
            garbage: Garbage::default(),
            meter: Meter::default(),
            free_space,
            observer: options.observer,
            look_bytes: options.look_bytes,
            commit_bytes: options.commit_bytes,
            queue_bytes: options.queue_bytes,
        });
        let thread = std::thread::Builder::new().name(writer::NAME.to_owned());
        let theirs = shared.clone();
        let thread = thread.spawn(move || writer::run(theirs, engine, ledger)).map_err(io)?;
        Ok(Arc::new(FjallStore { shared, writer: Mutex::new(Some(thread)) }))
    }

    /// Gives the space of deleted rows back to the file system; commits go on meanwhile. It comes back by
    /// itself only where new rows are written: worth calling when little happens, or when it is full.
    pub async fn compact(&self) -> Result<(), StoreError> {
        let engine = self.shared.engine()?;
        blocking(move || engine.compact()).await
    }

    /// The bytes of its tables on disk, without the journals.
    pub fn disk_bytes(&self) -> u64 {
        self.shared.engine().map_or(0, |engine| engine.disk_bytes())
    }
}

impl Store for FjallStore {
    fn limits(&self) -> Limits {
        LIMITS
    }

    fn acquire(
        &self,
        slot: SlotId,
        node: NodeId,
    ) -> BoxFuture<'_, Result<Arc<dyn Slot>, StoreError>> {
        let (answer, owner) = oneshot::channel();
        self.shared.queue.acquire(Acquire { slot, node, answer });
        let shared = self.shared.clone();
        async move {
            let commits = owner.await.unwrap_or_else(|_| Err(closed()))?;
            Ok(Arc::new(FjallSlot::new(shared, commits)) as Arc<dyn Slot>)
        }
        .boxed()
    }

    fn reader(&self, slot: SlotId) -> Arc<dyn SlotReader> {
        Arc::new(FjallReader { shared: self.shared.clone(), slot, owner: None })
    }

    fn scan(
        &self,
        table: Table,
        range: KeyRange,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Scan, StoreError>> {
        async move {
            let engine = self.shared.engine()?;
            blocking(move || read::scan(&engine, table, &range, limit)).await
        }
        .boxed()
    }

    fn pressure(&self) -> Pressure {
        self.shared.gauge.pressure()
    }

    fn stats(&self) -> Stats {
        self.shared.meter.stats()
    }

    fn tidy(&self) -> BoxFuture<'_, Result<bool, StoreError>> {
        async move {
            if !self.shared.garbage.is_worthwhile(self.disk_bytes()) {
                return Ok(false);
            }
            self.shared.garbage.forget();
            self.compact().await.map(|()| true)
        }
        .boxed()
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(FjallSnapshot::new(self.shared.engine()?)))
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        let closed = self.shared.queue.close();
        async move { closed.await.unwrap_or(Ok(())) }.boxed()
    }
}

/// Dropped without being closed, it still finishes what was submitted.
impl Drop for FjallStore {
    fn drop(&mut self) {
        drop(self.shared.queue.close());
        if let Some(thread) = self.writer.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer panicked");
        }
    }
}

impl Shared {
    fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        self.engine.read().clone().ok_or_else(closed)
    }

    fn forget_engine(&self) {
        // Dropped after the lock is free: the engine waits for its threads.
        let engine = self.engine.write().take();
        drop(engine);
    }
}

fn closed() -> StoreError {
    StoreError::Broken("it is closed".to_owned())
}

/// Runs something that waits for the disk where waiting holds nobody up.
#[expect(clippy::disallowed_methods, reason = "the store waits for the disk")]
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let broken = |_| Err(StoreError::Broken("a read panicked".to_owned()));
    tokio::task::spawn_blocking(work).await.unwrap_or_else(broken)
}
