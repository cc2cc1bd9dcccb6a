//! An engine under test, and how it ends and starts again.

use std::fs::{OpenOptions, create_dir_all, read_dir};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;
use store::memory::{self, Controls, Crash};
use store::{
    Batch, CommitNumber, Durability, FjallStore, KeyRange, LaneId, MemoryStore, NodeId, PageLimit,
    Position, Slot, Store, Table,
};
use tempfile::TempDir;

/// An engine of either kind.
pub(crate) struct World {
    store: Arc<dyn Store>,
    kind: Kind,
}

enum Kind {
    Memory(Controls),
    Fjall(Arc<FjallStore>, TempDir),
}

impl World {
    pub(crate) fn memory() -> Self {
        let (store, controls) = MemoryStore::controlled(memory::Options::default());
        World { store, kind: Kind::Memory(controls) }
    }

    pub(crate) fn fjall() -> Self {
        World::in_directory(TempDir::new().expect("a directory"))
    }

    fn in_directory(directory: TempDir) -> Self {
        let store = FjallStore::open(directory.path(), quick()).expect("it opens");
        World { store: store.clone(), kind: Kind::Fjall(store, directory) }
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub(crate) async fn slot(&self, number: u8) -> Arc<dyn Slot> {
        take(&self.store, number).await
    }

    /// Merges all files, if there are any.
    pub(crate) async fn compact(&self) {
        if let Kind::Fjall(store, _) = &self.kind {
            store.compact().await.expect("it is compacted");
        }
    }

    /// The process ends in the middle of its work, and another one starts.
    pub(crate) fn crash(self) -> Self {
        match self.kind {
            Kind::Memory(controls) => {
                let (store, controls) = controls.crash(Crash::Process);
                World { store, kind: Kind::Memory(controls) }
            }
            Kind::Fjall(_, directory) => World::in_directory(copy_of(directory.path())),
        }
    }
}

/// Opens a directory as the program does.
pub(crate) fn open(directory: &Path) -> Arc<dyn Store> {
    FjallStore::open(directory, quick()).expect("it opens")
}

/// Options that do not depend on the machine's disk.
pub(crate) fn quick() -> store::fjall::Options {
    store::fjall::Options { floor_bytes: 0, ..Default::default() }
}

pub(crate) async fn take(store: &Arc<dyn Store>, number: u8) -> Arc<dyn Slot> {
    store.acquire(SlotId::from_number(number), NodeId(1)).await.expect("the slot")
}

/// Copies a directory as a killed process would leave it; holes stay holes.
pub(crate) fn copy_of(directory: &Path) -> TempDir {
    let copy = TempDir::new().expect("a directory");
    copy_into(directory, copy.path());
    copy
}

/// Files come before folders: a copy whose witness is newer than its journals would be refused.
fn copy_into(from: &Path, to: &Path) {
    let entries = read_dir(from).expect("a directory").map(|entry| entry.expect("an entry"));
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|entry| entry.path().is_dir());
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            create_dir_all(&target).expect("a directory");
            copy_into(&entry.path(), &target);
        } else {
            let bytes = read_file(&entry.path());
            let written = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            write_file(&target, &bytes[..written], bytes.len());
        }
    }
}

pub(crate) fn read_file(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut file = OpenOptions::new().read(true).open(path).expect("a file");
    file.read_to_end(&mut bytes).expect("its bytes");
    bytes
}

pub(crate) fn write_file(path: &Path, bytes: &[u8], length: usize) {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).truncate(true).write(true).open(path).expect("a file");
    file.write_all(bytes).expect("it is written");
    file.set_len(length as u64).expect("its length");
}

pub(crate) const PLENTY: PageLimit = PageLimit { rows: 1000, bytes: 1 << 20 };

pub(crate) fn lane(byte: u8) -> LaneId {
    LaneId::from_bytes([byte; 16])
}

pub(crate) fn put(key: &'static str, value: &'static str) -> Batch {
    let mut batch = Batch::new();
    batch.put(Table::Lane, key, value);
    batch
}

/// Submits a batch and waits for it.
pub(crate) async fn commit(slot: &Arc<dyn Slot>, batch: Batch) -> CommitNumber {
    let number = slot.submit(batch, Durability::Disk);
    slot.durable(number).await.expect("it is durable");
    number
}

/// A whole table, as text.
pub(crate) async fn table(slot: &Arc<dyn Slot>, table: Table) -> Vec<(String, String)> {
    let page = slot.page(table, KeyRange::ALL, PLENTY).await.expect("a page");
    assert!(!page.more);
    page.rows.into_iter().map(|(key, value)| (text(&key), text(&value))).collect()
}

/// A log from a position on, as text.
pub(crate) async fn log(slot: &Arc<dyn Slot>, lane: LaneId, from: u64) -> Vec<(u64, String)> {
    let records = slot.read(lane, Position(from), PLENTY).await.expect("records");
    assert!(!records.more);
    records.records.into_iter().map(|(position, record)| (position.0, text(&record))).collect()
}

pub(crate) fn text(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}
