//! Everything out of one engine, and into any other.

use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;
use proptest::prelude::*;
use store::archive::{self, ArchiveError, Reader, RestoreError, Writer};
use store::{Batch, Entry, MemoryStore, NodeId, Op, Position, Store, Table};

use crate::world::{World, commit, lane, put};

/// What there is, in pages of a few bytes.
async fn everything(store: &dyn Store) -> Vec<Entry> {
    let mut snapshot = store.snapshot().expect("a snapshot");
    let mut all = Vec::new();
    loop {
        let page = snapshot.next(20).await.expect("a page");
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

async fn archive_of(store: &dyn Store) -> Vec<u8> {
    let (mut writer, mut bytes) = (Writer::new(), Vec::new());
    let mut snapshot = store.snapshot().expect("a snapshot");
    loop {
        let page = snapshot.next(100).await.expect("a page");
        if page.is_empty() {
            bytes.extend_from_slice(&writer.end());
            return bytes;
        }
        bytes.extend_from_slice(&writer.write(page));
    }
}

async fn restore(store: &Arc<dyn Store>, bytes: &[u8]) -> Result<u64, RestoreError> {
    let archive = Reader::new(bytes, store.limits())?;
    archive::restore(&**store, NodeId(1), archive).await
}

/// Rows in all tables and records of two lanes, in the first slot, the last one and one between.
async fn filled(world: &World) {
    for number in [0, 7, 255] {
        let slot = world.slot(number).await;
        let mut batch = Batch::new();
        for table in Table::ALL {
            batch.put(table, "key", format!("{number} {table:?}"));
            batch.put(table, vec![0xFF; 3], Bytes::new());
        }
        for position in [1, 2, 300] {
            batch.append(lane(1), Position(position), Bytes::from(vec![number; 40]));
            batch.append(lane(2), Position(position), Bytes::new());
        }
        commit(&slot, batch).await;
        let mut batch = Batch::new();
        batch.release(lane(1), Position(2));
        batch.delete(Table::Refs, "key");
        commit(&slot, batch).await;
    }
}

pub(crate) async fn a_snapshot_shows_one_moment_whole(world: World) {
    filled(&world).await;
    let mut snapshot = world.store().snapshot().expect("a snapshot");
    let expected = everything(&**world.store()).await;
    let mut found = snapshot.next(1).await.expect("a page");
    let slot = world.slot(7).await;
    let mut later = put("later", "row");
    later.delete(Table::Names, "key");
    later.release(lane(2), Position(300));
    commit(&slot, later).await;
    loop {
        let page = snapshot.next(1).await.expect("a page");
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    assert_eq!(found, expected);
    assert_eq!(found.len(), 3 * (2 * Table::ALL.len() - 1 + 5));
    let of = |number: u8, op: Op| (SlotId::from_number(number), op);
    assert_eq!(found[0], of(0, Op::Append(lane(1), Position(1), vec![0; 40].into())));
    assert_ne!(everything(&**world.store()).await, expected);
}

pub(crate) async fn an_archive_brings_everything_into_every_engine(world: World) {
    filled(&world).await;
    let bytes = archive_of(&**world.store()).await;
    for other in [World::memory(), World::fjall()] {
        assert_eq!(restore(other.store(), &bytes).await.expect("it is restored"), 42);
        assert_eq!(archive_of(&**other.store()).await, bytes);
        let other = other.crash();
        assert_eq!(archive_of(&**other.store()).await, bytes, "and it is on disk");
    }
}

pub(crate) async fn an_archive_is_read_into_an_empty_store_only(world: World) {
    let bytes = archive_of(&**world.store()).await;
    assert_eq!(restore(world.store(), &bytes).await.expect("of nothing, into nothing"), 0);
    filled(&world).await;
    let before = everything(&**world.store()).await;
    let refused = restore(world.store(), &bytes).await;
    assert!(matches!(refused, Err(RestoreError::NotEmpty)));
    assert_eq!(everything(&**world.store()).await, before);
}

#[tokio::test]
async fn an_archive_that_is_cut_or_changed_anywhere_is_not_taken() {
    let world = World::memory();
    filled(&world).await;
    let bytes = archive_of(&**world.store()).await;
    let limits = world.store().limits();
    let read = |bytes: &[u8]| -> Result<(), ArchiveError> {
        let mut reader = Reader::new(bytes, limits)?;
        while reader.entry()?.is_some() {}
        Ok(())
    };
    read(&bytes).expect("it is whole");
    for length in 0..bytes.len() {
        let cut = read(&bytes[..length]);
        assert!(matches!(cut, Err(ArchiveError::Incomplete | ArchiveError::Foreign)), "{length}");
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(read(&changed).is_err(), "byte {at}");
    }
    let longer = [&bytes[..], b"x"].concat();
    assert!(matches!(read(&longer), Err(ArchiveError::Damaged(_))));
    let mut newer = bytes;
    newer[11] = 2;
    assert!(matches!(read(&newer), Err(ArchiveError::Version(2))));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, begins_well: bool) {
        let head = if begins_well { &b"MILLPOND\0\0\0\x01"[..] } else { b"" };
        let bytes = [head, &bytes].concat();
        let limits = MemoryStore::open(Default::default()).limits();
        if let Ok(mut reader) = Reader::new(&bytes[..], limits) {
            while let Ok(Some(_)) = reader.entry() {}
        }
    }
}
