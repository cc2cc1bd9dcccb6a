//! A witness beside the data of how much of it is on disk.
//!
//! The engine's journals say what was committed, and a journal that has lost its end says less without a
//! word: a cut between two commits looks like a journal that was never longer, and a cut within one like a
//! last commit that was torn. So how many changes are on disk is kept outside of them too, in `WITNESS`,
//! and a directory in which fewer are found is not opened.
//!
//! - **Never ahead of the data.** It is told a number after the sync that made it true. So a crash at any
//!   moment leaves a witness that says less than there is, or as much, and never more.
//! - **A second behind at most**, and not at all after an orderly end (`ledger.rs` says when). It does not
//!   see the loss of what was committed since.
//! - **Nobody waits for it.** A thread of its own writes and syncs it. When that fails, or is slow, the
//!   witness is older and protects less.
//! - **Never torn.** It has two places, each in a page of its own, which are written in turn: a write that
//!   is interrupted harms the older number. So when neither can be read, the file was damaged afterwards,
//!   and so may be what stands beside it: the directory is not opened.
//! - **Gone when the operator says so.** Without the file, what is found is taken for all there was; it is
//!   made anew. That is how a loss is accepted, and how a directory of an older program is opened.
//!
//! Each place holds, in little-endian numbers: `MAGIC`, the changes (u64), xxh3 of both (u64).

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use twox_hash::XxHash3_64;

use super::journal::Unreadable;

const MAGIC: [u8; 16] = *b"millpond witness";
const RECORD: usize = MAGIC.len() + 8 + 8;
/// How far apart the places are: no disk tears one by writing the other.
const PAGE: usize = 4096;

/// The open file. Only its own thread and whoever opens the directory use it.
#[derive(Debug)]
pub(super) struct Witness {
    file: File,
    /// The newest number that can be read.
    changes: u64,
    /// Where it does not stand.
    next: u64,
}

impl Witness {
    /// Opens the file; `None` if there is none.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, Unreadable> {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let places = [read(&file, 0)?, read(&file, 1)?];
        match newest(places) {
            Some((changes, next)) => Ok(Some(Witness { file, changes, next })),
            None => Err(Unreadable::Damaged(unreadable(path))),
        }
    }

    /// Makes the file, which says that nothing is on disk. It must be given its name afterwards.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
        file.set_len(2 * PAGE as u64)?;
        file.write_all_at(&record(0), 0)?;
        file.sync_all()?;
        Ok(Witness { file, changes: 0, next: 1 })
    }

    /// Compares what was found in the directory with what is known to have been there.
    pub(super) fn expect(&self, found: u64, path: &Path) -> Result<(), Unreadable> {
        match self.changes.saturating_sub(found) {
            0 => Ok(()),
            missing => Err(Unreadable::Damaged(lost(missing, self.changes, path))),
        }
    }

    /// So many changes are on disk. Waits for the disk.
    pub(super) fn write(&mut self, changes: u64) -> io::Result<()> {
        self.file.write_all_at(&record(changes), self.next * PAGE as u64)?;
        self.file.sync_data()?;
        self.changes = changes;
        self.next = 1 - self.next;
        Ok(())
    }
}

fn lost(missing: u64, known: u64, path: &Path) -> String {
    let path = path.display();
    format!(
        "{missing} of {known} changes that were on disk are missing: the end of a journal was cut off, or \
         files of different times were put together. Restore a backup; or, to go on without these changes, \
         remove {path}"
    )
}

fn unreadable(path: &Path) -> String {
    let path = path.display();
    format!(
        "{path} cannot be read, so nobody knows whether the data is whole. Restore a backup; or, to go on \
         with what is found, remove the file"
    )
}

fn record(changes: u64) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[..16].copy_from_slice(&MAGIC);
    record[16..24].copy_from_slice(&changes.to_le_bytes());
    let sum = XxHash3_64::oneshot(&record[..24]);
    record[24..].copy_from_slice(&sum.to_le_bytes());
    record
}

/// The number in a place; `None` if it was never written, or cannot be read any more.
fn changes(bytes: &[u8; RECORD]) -> Option<u64> {
    let [.., a, b, c, d, e, f, g, h, _, _, _, _, _, _, _, _] = *bytes;
    let changes = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    (*bytes == record(changes)).then_some(changes)
}

/// The newest number, and the place to write to next.
fn newest(places: [Option<u64>; 2]) -> Option<(u64, u64)> {
    let [first, second] = places;
    if first >= second {
        first.map(|changes| (changes, 1))
    } else {
        second.map(|changes| (changes, 0))
    }
}

fn read(file: &File, place: u64) -> io::Result<Option<u64>> {
    let mut bytes = [0; RECORD];
    match file.read_exact_at(&mut bytes, place * PAGE as u64) {
        Ok(()) => Ok(changes(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(numbers: &[u64]) -> (tempfile::TempDir, std::path::PathBuf) {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("WITNESS");
        let mut witness = Witness::create(&path).expect("it is made");
        for &number in numbers {
            witness.write(number).expect("it is written");
        }
        (home, path)
    }

    fn found(path: &Path) -> Result<Option<u64>, String> {
        match Witness::open(path) {
            Ok(witness) => Ok(witness.map(|witness| witness.changes)),
            Err(Unreadable::Damaged(reason)) => Err(reason),
            Err(Unreadable::Io(error)) => panic!("{error}"),
        }
    }

    fn harm(path: &Path, place: u64) {
        let file = OpenOptions::new().write(true).open(path).expect("a file");
        file.write_all_at(b"x", place).expect("it is written");
    }

    #[test]
    fn the_newest_number_is_found_whichever_place_it_is_in() {
        for numbers in [&[][..], &[7], &[7, 8], &[7, 8, 9]] {
            let (_home, path) = written(numbers);
            assert_eq!(found(&path), Ok(Some(numbers.last().copied().unwrap_or_default())));
        }
    }

    #[test]
    fn a_reopened_witness_overwrites_its_older_number() {
        let (_home, path) = written(&[7, 8]);
        let mut witness = Witness::open(&path).ok().flatten().expect("it is there");
        witness.write(9).expect("it is written");
        harm(&path, witness.next * PAGE as u64);
        assert_eq!(found(&path), Ok(Some(9)));
    }

    #[test]
    fn a_write_that_was_interrupted_leaves_the_number_before_it() {
        let (_home, path) = written(&[7, 8]);
        for place in [0, 16, 24, RECORD as u64 - 1] {
            harm(&path, place);
            assert_eq!(found(&path), Ok(Some(7)));
        }
    }

    #[test]
    fn a_witness_of_which_neither_place_can_be_read_is_damage_and_named() {
        let (_home, path) = written(&[7, 8]);
        harm(&path, 17);
        harm(&path, PAGE as u64 + 17);
        assert!(found(&path).expect_err("it is damaged").contains("WITNESS cannot be read"));
        let (_home, path) = written(&[7]);
        File::create(&path).expect("it is emptied");
        assert!(found(&path).is_err());
    }

    #[test]
    fn what_is_missing_is_counted_and_what_is_newer_is_welcome() {
        let (_home, path) = written(&[8]);
        let witness = Witness::open(&path).ok().flatten().expect("it is there");
        assert!(witness.expect(8, &path).is_ok() && witness.expect(9, &path).is_ok());
        let Err(Unreadable::Damaged(reason)) = witness.expect(5, &path) else {
            panic!("it is not")
        };
        assert!(reason.starts_with("3 of 8 changes that were on disk are missing"), "{reason}");
        assert!(reason.contains(&format!("remove {}", path.display())), "{reason}");
    }

    #[test]
    fn the_bytes_on_disk_stay_as_they_are() {
        let record = record(258);
        assert_eq!(record[..24], *b"millpond witness\x02\x01\0\0\0\0\0\0");
        assert_eq!(changes(&record), Some(258));
        assert_eq!(changes(&[0; RECORD]), None);
    }
}
