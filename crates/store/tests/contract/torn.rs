//! Journals with a torn tail, and journals that are damaged.

use std::fs::{remove_dir_all, remove_file};
use std::path::{Path, PathBuf};

use store::{CommitNumber, FjallStore, OpenError, Table};
use tempfile::TempDir;

use crate::world::{commit, copy_of, open, put, quick, read_file, table, take, write_file};

const VALUE: &str = "a value that is easy to find in a file";

/// A directory with four commits, as a killed process left it.
async fn left_behind() -> TempDir {
    let world = TempDir::new().expect("a directory");
    let store = open(world.path());
    let slot = take(&store, 1).await;
    for key in ["a", "b", "c", "d"] {
        commit(&slot, put(key, VALUE)).await;
    }
    copy_of(world.path())
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
