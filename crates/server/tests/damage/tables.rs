//! Damage once everything is in the engine's table files.

use std::path::{Path, PathBuf};

use store::fjall::Options;
use store::{FjallStore, Store};

use crate::{Outcome, dice, files, filled, look};

/// A directory whose journal is of no use any more.
async fn settled() -> tempfile::TempDir {
    let directory = filled();
    let options = Options { floor_bytes: 0, ..Options::default() };
    let store = FjallStore::open(directory.path(), options).expect("it opens");
    store.compact().await.expect("everything is in tables");
    store.close().await.expect("it closes");
    directory
}

/// The files of the engine's trees.
fn trees(directory: &Path) -> Vec<PathBuf> {
    let mut files = files::all(directory);
    files.retain(|file| file.starts_with("data/keyspaces"));
    assert!(files.len() > 16, "{files:?}");
    files
}

/// Damages files at places that the dice choose, and looks at what comes of it.
async fn damaged(times: usize, seed: u64, damage: impl Fn(&Path, usize)) {
    let directory = settled().await;
    assert_eq!(look(files::copy_of(directory.path()).path()), Outcome::Whole);
    let mut dice = dice(seed);
    let (trees, mut refused) = (trees(directory.path()), 0);
    let is_large = |file: &&PathBuf| files::bytes(&directory.path().join(file)).len() > 10_000;
    let bodies = trees.iter().find(is_large).expect("the bodies");
    for time in 0..times {
        // The largest one as often as all others.
        let file = if time % 2 == 0 { bodies } else { &trees[dice(trees.len())] };
        let place = dice(files::bytes(&directory.path().join(file)).len());
        let copy = files::copy_of(directory.path());
        damage(&copy.path().join(file), place);
        match look(copy.path()) {
            Outcome::Refused(_) => refused += 1,
            Outcome::Whole => {}
            Outcome::Less(less) => panic!("{} damaged at {place}: {less}", file.display()),
        }
    }
    assert!(refused >= times / 4, "{refused} of {times} were found out");
}

#[tokio::test]
async fn after_a_bit_has_flipped_in_a_table_everything_is_there_or_an_error() {
    damaged(16, 2, files::flip).await;
}

#[tokio::test]
async fn after_a_table_was_cut_short_everything_is_there_or_an_error() {
    damaged(8, 3, files::truncate).await;
}
