//! What only an engine with a directory can show.

use std::fs::{create_dir, read_dir};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use base::SlotId;
use store::fjall::{FreeSpace, Options};
use store::{
    Batch, Durability, FjallStore, Growth, NodeId, Observer, OpenError, Position, Pressure,
    Refused, Store,
};
use tempfile::TempDir;

use crate::world::{commit, lane, open, put, quick, read_file, take, write_file};

fn refusal(path: &Path) -> OpenError {
    FjallStore::open(path, quick()).map(|_| ()).expect_err("it is not opened")
}

fn directory() -> TempDir {
    TempDir::new().expect("a directory")
}

fn names(path: &Path) -> Vec<String> {
    let entries = read_dir(path).expect("a directory");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect()
}

#[tokio::test]
async fn a_directory_is_open_once_and_free_when_it_is_closed() {
    let directory = directory();
    let store = open(directory.path());
    let slot = take(&store, 1).await;
    let second = refusal(directory.path());
    assert!(matches!(&second, OpenError::InUse(path) if Path::new(path) == directory.path()));
    store.close().await.expect("it is closed");
    let store = open(directory.path());
    assert_eq!(take(&store, 1).await.epoch().0, slot.epoch().0 + 1);
}

#[test]
fn a_directory_of_another_format_is_left_untouched() {
    let newer = "millpond data, format 2, 256 slots\n";
    for (content, found) in [(newer, "2, 256 slots"), ("something else", "unknown")] {
        let directory = directory();
        write_file(&directory.path().join("FORMAT"), content.as_bytes(), content.len());
        match refusal(directory.path()) {
            OpenError::Format { found: said, expected, .. } => {
                assert_eq!((said.as_str(), expected.as_str()), (found, "1, 256 slots"));
            }
            other => panic!("{other}"),
        }
        assert_eq!(names(directory.path()), ["FORMAT"]);
        assert_eq!(read_file(&directory.path().join("FORMAT")), content.as_bytes());
    }
}

#[test]
fn a_directory_of_somebody_else_is_left_untouched() {
    let directory = directory();
    create_dir(directory.path().join("photos")).expect("a directory");
    assert!(
        matches!(refusal(directory.path()), OpenError::Format { found, .. } if found == "unknown")
    );
    assert_eq!(names(directory.path()), ["photos"]);
}

struct Disk(AtomicU64);

impl FreeSpace for Disk {
    fn free(&self) -> std::io::Result<u64> {
        Ok(self.0.load(Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_filling_disk_refuses_what_grows_and_later_everything() {
    let (directory, disk) = (directory(), Arc::new(Disk(AtomicU64::new(1000))));
    let free_space = Some(disk.clone() as Arc<dyn FreeSpace>);
    let options = Options { floor_bytes: 1000, free_space, look_bytes: 0, ..Options::default() };
    let store: Arc<dyn Store> = FjallStore::open(directory.path(), options).expect("it opens");
    let slot = take(&store, 1).await;
    let reserve = async |free| {
        disk.0.store(free, Ordering::SeqCst);
        commit(&slot, put("key", "value")).await;
        (slot.reserve(1, Growth::Grows), slot.reserve(1, Growth::Frees), store.pressure())
    };
    assert_eq!(reserve(1000).await, (Ok(()), Ok(()), Pressure::Free));
    assert_eq!(reserve(999).await, (Err(Refused::Full), Ok(()), Pressure::Full));
    assert_eq!(reserve(1).await, (Err(Refused::Full), Err(Refused::Full), Pressure::Full));
    assert_eq!(reserve(5000).await, (Ok(()), Ok(()), Pressure::Free));
}

#[derive(Default)]
struct Tally {
    commits: AtomicUsize,
    batches: AtomicUsize,
}

impl Observer for Tally {
    fn committed(&self, batches: usize, bytes: usize, seconds: f64) {
        assert!(bytes > 0 && seconds > 0.0);
        self.commits.fetch_add(1, Ordering::SeqCst);
        self.batches.fetch_add(batches, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn commits_that_come_together_are_synced_together_and_observed() {
    let (directory, tally) = (directory(), Arc::new(Tally::default()));
    let options = Options { observer: tally.clone(), ..quick() };
    let store = FjallStore::open(directory.path(), options).expect("it opens");
    let slot = store.acquire(SlotId::from_number(1), NodeId(1)).await.expect("the slot");
    for _ in 0..1000 {
        slot.submit(put("key", "value"), Durability::Disk);
    }
    store.close().await.expect("it is closed");
    assert_eq!(tally.batches.load(Ordering::SeqCst), 1000);
    assert_eq!(tally.commits.load(Ordering::SeqCst) as u64, store.stats().commits);
    assert!(store.stats().commits < 1000);
}

#[tokio::test]
async fn compaction_gives_back_the_space_of_released_records() {
    let directory = directory();
    let store = FjallStore::open(directory.path(), quick()).expect("it opens");
    let slot = store.acquire(SlotId::from_number(1), NodeId(1)).await.expect("the slot");
    let mut batch = Batch::new();
    for position in 0..2000 {
        batch.append(lane(1), Position(position), vec![position as u8; 1000].into());
    }
    commit(&slot, batch).await;
    store.compact().await.expect("it is compacted");
    assert!(store.disk_bytes() > 10_000, "{}", store.disk_bytes());
    let mut batch = Batch::new();
    for position in 0..2000 {
        batch.release(lane(1), Position(position));
    }
    commit(&slot, batch).await;
    store.compact().await.expect("it is compacted");
    assert!(store.disk_bytes() < 10_000, "{}", store.disk_bytes());
    assert_eq!(slot.last_position(lane(1)).await, Ok(None));
}

#[tokio::test]
async fn compaction_gives_back_the_space_of_a_trimmed_log_without_a_tombstone_a_record() {
    let directory = directory();
    let store = FjallStore::open(directory.path(), quick()).expect("it opens");
    let slot = store.acquire(SlotId::from_number(1), NodeId(1)).await.expect("the slot");
    let mut batch = Batch::new();
    for position in 0..2000u64 {
        let record: Vec<u8> = position.to_be_bytes().repeat(125);
        batch.append(lane(1), Position(position), record.into());
    }
    commit(&slot, batch).await;
    store.compact().await.expect("it is compacted");
    assert!(store.disk_bytes() > 10_000, "{}", store.disk_bytes());
    let mut batch = Batch::new();
    batch.trim(lane(1), Position(2000));
    commit(&slot, batch).await;
    drop(slot);
    store.close().await.expect("it is closed");
    drop(store);
    // As a program that starts finds it.
    let store = FjallStore::open(directory.path(), quick()).expect("it opens");
    store.compact().await.expect("it is compacted");
    assert!(store.disk_bytes() < 10_000, "{}", store.disk_bytes());
}
