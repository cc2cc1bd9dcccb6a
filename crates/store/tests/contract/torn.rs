//! Journals with a torn tail, and journals that are damaged.

use std::fs::{remove_dir_all, remove_file};
use std::path::{Path, PathBuf};

use base::SlotId;
use store::fjall::Options;
use store::{CommitNumber, Durability, FjallStore, NodeId, OpenError, Store, Table};
use tempfile::TempDir;

use crate::world::{commit, copy_of, open, put, quick, read_file, table, take, write_file};

const WITNESS: &str = "WITNESS";
const VALUE: &str = "a value that is easy to find in a file";

/// A directory with four commits, as a killed process left it before its witness knew of the last one.
async fn left_behind() -> TempDir {
    let world = filled(&["a", "b", "c"]).await;
    let copy = copy_of(world.path());
    let store = open(world.path());
    commit(&take(&store, 1).await, put("d", VALUE)).await;
    let later = copy_of(world.path());
    let witness = read_file(&copy.path().join(WITNESS));
    write_file(&later.path().join(WITNESS), &witness, witness.len());
    later
}

/// A directory with a commit a key, after an orderly end.
async fn filled(keys: &[&'static str]) -> TempDir {
    let world = TempDir::new().expect("a directory");
    let store = open(world.path());
    let slot = take(&store, 1).await;
    for key in keys {
        commit(&slot, put(key, VALUE)).await;
    }
    store.close().await.expect("it is closed");
    world
}

fn newest_journal(directory: &Path) -> PathBuf {
    directory.join("data/0.jnl")
}

/// The journal's bytes, and where each of its values stands.
fn journal(directory: &Path) -> (Vec<u8>, Vec<usize>) {
    let bytes = read_file(&newest_journal(directory));
    let mut places = Vec::new();
    let end = bytes.iter().rposition(|&byte| byte != 0).expect("it is not empty");
    for place in 0..end {
        if bytes[place..].starts_with(VALUE.as_bytes()) {
            places.push(place);
        }
    }
    assert_eq!(places.len(), 4);
    (bytes, places)
}

/// Where the commit of that value starts: its tag stands before counts, numbers and lengths.
fn start_of(bytes: &[u8], value: usize) -> usize {
    const BEFORE: usize = 13 + 21 + "1a".len();
    assert_eq!((bytes[value - BEFORE], bytes[value - BEFORE + 13]), (1, 2));
    value - BEFORE
}

/// What is found after the journal has become `bytes`.
async fn found_with(bytes: &[u8]) -> Result<(CommitNumber, String), OpenError> {
    let directory = left_behind().await;
    write_file(&newest_journal(directory.path()), bytes, bytes.len());
    FjallStore::open(directory.path(), quick())?;
    // A second time, because the first may have repaired something; and then it must work.
    let store = open(directory.path());
    let slot = take(&store, 1).await;
    let keys = table(&slot, Table::Lane).await.into_iter().map(|(key, _)| key).collect();
    let found = (slot.last(), keys);
    commit(&slot, put("z", VALUE)).await;
    drop(store);
    let store = open(directory.path());
    assert_eq!(take(&store, 1).await.last(), CommitNumber(found.0.0 + 1));
    Ok(found)
}

async fn intact() -> (Vec<u8>, Vec<usize>) {
    let directory = left_behind().await;
    journal(directory.path())
}

#[tokio::test]
async fn an_intact_journal_gives_everything_back() {
    let (bytes, _) = intact().await;
    assert_eq!(found_with(&bytes).await.expect("it opens"), (CommitNumber(4), "abcd".to_owned()));
}

#[tokio::test]
async fn a_journal_that_ends_within_its_last_commit_gives_back_all_before_it() {
    let (bytes, places) = intact().await;
    let start = start_of(&bytes, places[3]);
    for end in [start + 1, start + 13, start + 14, places[3], places[3] + 5] {
        let found = found_with(&bytes[..end]).await.expect("it opens");
        assert_eq!(found, (CommitNumber(3), "abc".to_owned()), "cut at {end}");
    }
}

#[tokio::test]
async fn a_last_commit_with_holes_is_cut_off_like_one_that_ends_early() {
    // A disk that loses power may have written later pages and not earlier ones.
    let (intact, places) = intact().await;
    let start = start_of(&intact, places[3]);
    for hole in [start..start + 1, start..places[3], places[3]..places[3] + 20] {
        let mut bytes = intact.clone();
        bytes[hole.clone()].fill(0);
        let found = found_with(&bytes).await.expect("it opens");
        assert_eq!(found, (CommitNumber(3), "abc".to_owned()), "a hole at {hole:?}");
    }
}

#[tokio::test]
async fn garbage_after_the_last_commit_is_cut_off() {
    let (mut bytes, _) = intact().await;
    let end = bytes.iter().rposition(|&byte| byte != 0).expect("it is not empty") + 1;
    bytes.truncate(end);
    for byte in 0..200u8 {
        bytes.push(byte.wrapping_mul(37).wrapping_add(1) % 5);
    }
    assert_eq!(found_with(&bytes).await.expect("it opens"), (CommitNumber(4), "abcd".to_owned()));
}

#[tokio::test]
async fn a_bit_that_flipped_before_the_last_commit_is_found_out() {
    let (intact, places) = intact().await;
    let start = start_of(&intact, places[1]);
    // In the tag, the count, the item's tag, the lengths, the value: wherever it is.
    for place in [start, start + 1, start + 13, start + 24, start + 30, places[1] + 3] {
        let mut bytes = intact.clone();
        bytes[place] ^= 0x40;
        let error = found_with(&bytes).await.expect_err("acknowledged commits are lost");
        assert!(matches!(&error, OpenError::Damaged { reason, .. } if reason.contains("whole")));
    }
}

#[tokio::test]
async fn what_is_missing_is_not_made_anew() {
    for (missing, reason) in [
        ("data/0.jnl", "no journal"),
        ("data/keyspaces/1/current", "no file \"current\""),
        ("data/keyspaces/2", "7 keyspaces, and there were 8"),
    ] {
        let directory = left_behind().await;
        let path = directory.path().join(missing);
        let removed = if path.is_dir() { remove_dir_all(path) } else { remove_file(path) };
        removed.expect("it is removed");
        let error = FjallStore::open(directory.path(), quick()).map(|_| ()).expect_err("damaged");
        assert!(
            matches!(&error, OpenError::Damaged { reason: said, .. } if said.contains(reason)),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_journal_that_others_follow_must_be_whole() {
    let directory = left_behind().await;
    let (bytes, places) = journal(directory.path());
    write_file(&newest_journal(directory.path()), &bytes[..places[3]], places[3]);
    write_file(&directory.path().join("data/1.jnl"), &[], 0);
    let error = FjallStore::open(directory.path(), quick()).map(|_| ()).expect_err("it is damaged");
    assert!(matches!(&error, OpenError::Damaged { reason, .. } if reason.contains("0.jnl")));
}

fn refusal(directory: &Path) -> String {
    match FjallStore::open(directory, quick()) {
        Err(OpenError::Damaged { reason, .. }) => reason,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it opened"),
    }
}

async fn found_in(directory: &Path) -> CommitNumber {
    take(&open(directory), 1).await.last()
}

#[tokio::test]
async fn a_journal_that_lost_its_end_is_found_out_wherever_it_was_cut() {
    let whole = filled(&["a", "b", "c", "d"]).await;
    let (bytes, places) = journal(whole.path());
    let third = start_of(&bytes, places[2]);
    let fourth = start_of(&bytes, places[3]);
    // Between two commits, within the last one, within one before it, and all of it.
    for (end, missing) in [(fourth, 1), (places[3] + 5, 1), (third, 2), (third + 5, 2), (0, 4)] {
        let directory = copy_of(whole.path());
        write_file(&newest_journal(directory.path()), &bytes[..end], end);
        // However often somebody tries.
        for _ in 0..2 {
            let said = refusal(directory.path());
            // Nor is what there is of a torn commit lost to whoever looks into it.
            let now = read_file(&newest_journal(directory.path()));
            assert_eq!(now[..end], bytes[..end], "cut at {end}");
            let expected = format!("{missing} of 4 changes that were on disk are missing");
            assert!(said.starts_with(&expected), "cut at {end}: {said}");
        }
    }
}

#[tokio::test]
async fn a_journal_whose_end_became_zeros_is_found_out() {
    let directory = filled(&["a", "b", "c", "d"]).await;
    let (mut bytes, places) = journal(directory.path());
    let fourth = start_of(&bytes, places[3]);
    bytes[fourth..].fill(0);
    write_file(&newest_journal(directory.path()), &bytes, bytes.len());
    assert!(refusal(directory.path()).starts_with("1 of 4"));
}

#[tokio::test]
async fn who_removes_the_witness_accepts_the_loss_and_it_is_made_anew() {
    let directory = filled(&["a", "b", "c", "d"]).await;
    let (bytes, places) = journal(directory.path());
    let third = start_of(&bytes, places[2]);
    write_file(&newest_journal(directory.path()), &bytes[..third], third);
    let witness = directory.path().join(WITNESS);
    assert!(refusal(directory.path()).ends_with(&format!("remove {}", witness.display())));
    remove_file(&witness).expect("it is removed");
    let store = open(directory.path());
    assert_eq!(take(&store, 1).await.last(), CommitNumber(2));
    store.close().await.expect("it is closed");
    write_file(&newest_journal(directory.path()), &[], 0);
    assert!(refusal(directory.path()).starts_with("2 of 2"));
}

#[tokio::test]
async fn a_witness_that_cannot_be_read_is_damage_and_one_that_was_being_written_is_not() {
    let whole = filled(&["a", "b"]).await;
    let intact = read_file(&whole.path().join(WITNESS));
    for half in [0, intact.len() / 2] {
        let directory = copy_of(whole.path());
        let mut bytes = intact.clone();
        bytes[half..half + 100].fill(0);
        write_file(&directory.path().join(WITNESS), &bytes, bytes.len());
        assert_eq!(found_in(directory.path()).await, CommitNumber(2));
    }
    write_file(&whole.path().join(WITNESS), &[], intact.len());
    assert!(refusal(whole.path()).contains("WITNESS cannot be read"));
}

#[tokio::test]
async fn a_witness_keeps_up_and_is_never_ahead_of_what_is_on_disk() {
    let world = TempDir::new().expect("a directory");
    let options = Options { witness_seconds: 0.0, ..quick() };
    let store = FjallStore::open(world.path(), options).expect("it opens");
    let slot = store.acquire(SlotId::from_number(1), NodeId(1)).await.expect("the slot");
    for _ in 0..12 {
        // Nobody waits for the last ones: what is copied may be in the middle of anything.
        commit(&slot, put("key", VALUE)).await;
        for _ in 0..50 {
            slot.submit(put("key", VALUE), Durability::Process);
            slot.submit(put("key", VALUE), Durability::Disk);
        }
        found_in(copy_of(world.path()).path()).await;
    }
    let directory = copy_of(world.path());
    write_file(&newest_journal(directory.path()), &[], 0);
    assert!(refusal(directory.path()).contains("are missing"));
}

#[tokio::test]
async fn an_older_copy_of_the_data_under_a_newer_witness_is_found_out() {
    let world = filled(&["a", "b"]).await;
    let older = copy_of(world.path());
    let store = open(world.path());
    commit(&take(&store, 1).await, put("c", VALUE)).await;
    store.close().await.expect("it is closed");
    // A backup of the whole is what it was; a part of it is not.
    assert_eq!(found_in(copy_of(older.path()).path()).await, CommitNumber(2));
    let witness = read_file(&world.path().join(WITNESS));
    write_file(&older.path().join(WITNESS), &witness, witness.len());
    assert!(refusal(older.path()).starts_with("1 of 3"));
}
