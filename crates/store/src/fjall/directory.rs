//! The data directory: whose it is, in which format, and who has it open.
//!
//! ```text
//! FORMAT   one line: what this is, its version, its number of slots
//! LOCK     locked by the process that has it open
//! WITNESS  how many changes are on disk (`witness.rs`)
//! data/    the engine's files
//! ```
//!
//! A copy of the whole as of one moment (a snapshot of the file system) is a directory like any other. A copy
//! that was made file by file, while a program had it open, is not: if its witness is newer than its journal,
//! it is refused, because then changes are missing that the witness knows of. `millpond export` has no such gap.
//!
//! This is the room of files: nothing else of the program touches a data directory.

use std::fs::{File, OpenOptions, create_dir_all, read_dir, remove_dir_all, rename};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::SLOTS;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::witness::Witness;
use crate::OpenError;

const FORMAT: &str = "FORMAT";
const FORMAT_UNFINISHED: &str = "FORMAT.unfinished";
const LOCK: &str = "LOCK";
const WITNESS: &str = "WITNESS";
const WITNESS_UNFINISHED: &str = "WITNESS.unfinished";
const DATA: &str = "data";
const DATA_UNFINISHED: &str = "data.unfinished";

/// The first word of `FORMAT`.
const MAGIC: &str = "millpond";
/// Raised when older programs could not read what this one writes.
const VERSION: u32 = 1;
/// More than any `FORMAT` needs.
const FORMAT_BYTES: u64 = 256;

/// A directory that this process has open; others are kept out until it and its clones are dropped.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    path: PathBuf,
    _lock: Arc<File>,
}

impl Directory {
    /// Opens it, and makes it if there is none. What has another format, or is not ours, stays untouched.
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io { directory: name(path), source };
        create_dir_all(path).map_err(io)?;
        match read_format(path).map_err(io)? {
            Some(format) => expect_format(path, &format)?,
            None if is_vacant(path).map_err(io)? => write_format(path).map_err(io)?,
            None => return Err(other_format(path, "unknown")),
        }
        let lock = Arc::new(lock(path)?);
        let directory = Directory { path: path.to_owned(), _lock: lock };
        remove_unfinished(&directory.unfinished()).map_err(io)?;
        Ok(directory)
    }

    /// Its name, for messages.
    pub(super) fn name(&self) -> String {
        name(&self.path)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the engine's files are.
    pub(super) fn data(&self) -> PathBuf {
        self.path.join(DATA)
    }

    /// Where they are while they are created: the engine cannot go on with what it has half created, so
    /// what is found here later is removed. Nothing was ever acknowledged from there.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.path.join(DATA_UNFINISHED)
    }

    /// Where the witness is.
    pub(super) fn witness(&self) -> PathBuf {
        self.path.join(WITNESS)
    }

    /// Makes a witness of nothing yet, whole or not at all.
    pub(super) fn make_witness(&self) -> io::Result<Witness> {
        let unfinished = self.path.join(WITNESS_UNFINISHED);
        let witness = Witness::create(&unfinished)?;
        rename(unfinished, self.witness())?;
        sync_directory(&self.path)?;
        Ok(witness)
    }

    /// The engine's files are complete.
    pub(super) fn finish(&self) -> io::Result<()> {
        rename(self.unfinished(), self.data())?;
        sync_directory(&self.path)
    }
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn format_line() -> String {
    format!("{MAGIC} data, format {VERSION}, {SLOTS} slots\n")
}

fn read_format(path: &Path) -> io::Result<Option<String>> {
    let file = match open(&path.join(FORMAT)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut bytes = Vec::new();
    file.take(FORMAT_BYTES).read_to_end(&mut bytes)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn expect_format(path: &Path, format: &str) -> Result<(), OpenError> {
    if format == format_line() {
        return Ok(());
    }
    let ours = format.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(" data, format "));
    Err(other_format(path, ours.map_or("unknown", str::trim_end)))
}

fn other_format(path: &Path, found: &str) -> OpenError {
    OpenError::Format {
        directory: name(path),
        found: found.to_owned(),
        expected: format!("{VERSION}, {SLOTS} slots"),
    }
}

/// Whether it has nothing, but what a former attempt to make it may have left.
fn is_vacant(path: &Path) -> io::Result<bool> {
    for entry in read_dir(path)? {
        let file = entry?.file_name();
        if file != FORMAT_UNFINISHED && file != "lost+found" {
            return Ok(false);
        }
    }
    Ok(true)
}

fn write_format(path: &Path) -> io::Result<()> {
    let unfinished = path.join(FORMAT_UNFINISHED);
    let mut file = File::create(&unfinished)?;
    file.write_all(format_line().as_bytes())?;
    file.sync_all()?;
    rename(&unfinished, path.join(FORMAT))?;
    sync_directory(path)?;
    // The directory itself may be new too.
    path.canonicalize()?.parent().map_or(Ok(()), sync_directory)
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let io = |source| OpenError::Io { directory: name(path), source };
    let mut options = OpenOptions::new();
    let file =
        options.create(true).truncate(false).write(true).open(path.join(LOCK)).map_err(io)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::WOULDBLOCK) => Err(OpenError::InUse(name(path))),
        Err(error) => Err(io(error.into())),
    }
}

fn remove_unfinished(path: &Path) -> io::Result<()> {
    match remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the room of files")]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_written_once_and_read_by_whoever_comes_later() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("new/data");
        drop(Directory::open(&path).expect("it is made"));
        let format = read_format(&path).expect("it is read");
        assert_eq!(format.as_deref(), Some("millpond data, format 1, 256 slots\n"));
        Directory::open(&path).expect("it is opened");
    }

    #[test]
    fn a_format_that_was_cut_short_is_written_again() {
        let home = tempfile::tempdir().expect("a directory");
        File::create(home.path().join(FORMAT_UNFINISHED)).expect("a file");
        Directory::open(home.path()).expect("it is made");
    }

    #[test]
    fn what_was_half_created_is_removed() {
        let home = tempfile::tempdir().expect("a directory");
        let directory = Directory::open(home.path()).expect("it is made");
        create_dir_all(directory.unfinished().join("deep")).expect("a directory");
        drop(directory);
        let directory = Directory::open(home.path()).expect("it is opened");
        assert!(!directory.unfinished().exists());
    }
}
