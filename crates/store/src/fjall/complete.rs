//! Whether the engine's files are all there, before the engine opens them.
//!
//! What the engine lacks it makes anew, and empty: a journal or a keyspace that was removed would be gone
//! without a word. All of them are made before a directory is first used (see `directory.rs`), and none is
//! ever given up, so what is missing was lost.

use std::ffi::OsStr;
use std::fs::read_dir;
use std::path::Path;

use super::journal::Unreadable;

const KEYSPACES: &str = "keyspaces";
/// What the engine opens a keyspace by.
const CURRENT: &str = "current";

/// Looks for a journal, and for so many keyspaces that can be opened.
pub(super) fn check(data: &Path, keyspaces: usize) -> Result<(), Unreadable> {
    let mut has_journal = false;
    for entry in read_dir(data)? {
        has_journal |= entry?.path().extension() == Some(OsStr::new("jnl"));
    }
    if !has_journal {
        return Err(Unreadable::Damaged(format!("{} has no journal", data.display())));
    }
    let folder = data.join(KEYSPACES);
    let mut found = 0;
    for entry in read_dir(&folder)? {
        let keyspace = entry?.path();
        if !keyspace.join(CURRENT).try_exists()? {
            let reason = format!("{} has no file {CURRENT:?}", keyspace.display());
            return Err(Unreadable::Damaged(reason));
        }
        found += 1;
    }
    if found < keyspaces {
        let folder = folder.display();
        let reason = format!("{folder} has {found} keyspaces, and there were {keyspaces}");
        return Err(Unreadable::Damaged(reason));
    }
    Ok(())
}
