//! A look at the engine's journals before the engine replays them.
//!
//! Replaying stops at the first thing that is not a commit, and cuts the rest off. That is right for a
//! commit that was being written when the machine stopped, and wrong for a bit that flipped in the middle
//! years later: acknowledged commits would be gone without a word. And where the last commit has all its
//! parts but not all their bytes, because the disk had written them in another order, replaying refuses
//! to go on at all.
//!
//! Both can be told apart, because the writer has synced every commit before it writes the next one (see
//! `writer.rs`): only the last one can be torn. So:
//!
//! - nothing valid follows, in the newest journal: a torn tail. It is cut off; nobody was told that it was
//!   durable.
//! - a valid commit follows, or it is not the newest journal: damage. The directory is not opened.
//!
//! What cannot be told apart here is a torn last commit and one that was durable and damaged afterwards, or a
//! journal that was cut short later and one that was never longer: the witness knows (`witness.rs`). The format is that of the pinned release (its `journal/entry.rs`):
//! `start (1), items u32, sequence u64`, the items, `end (3), xxh3 of the items u64, "FJL\x03"`.

use std::fs::{File, OpenOptions, read_dir};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use twox_hash::XxHash3_64;

/// A journal cannot be used.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It has lost what was durable.
    Damaged(String),
    /// The operating system says no.
    Io(io::Error),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Unreadable::Io(error)
    }
}

/// What was cut off a journal.
#[derive(Debug)]
pub(super) struct Cut {
    path: PathBuf,
    rest: Rest,
}

/// What a file has behind a byte.
#[derive(Debug, PartialEq, Eq)]
struct Rest {
    /// Where it starts: what is between is a hole.
    from: u64,
    bytes: Vec<u8>,
}

impl Cut {
    /// Puts it back, once nobody has the journal open: a directory that is refused stays as it was.
    pub(super) fn undo(self) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(self.path)?;
        file.seek(SeekFrom::Start(self.rest.from))?;
        file.write_all(&self.rest.bytes)?;
        file.sync_all()
    }
}

/// Looks at all journals of a database, and cuts a torn tail off the newest.
pub(super) fn inspect(data: &Path) -> Result<Option<Cut>, Unreadable> {
    let mut journals = journals(data)?;
    journals.sort_unstable();
    let newest = journals.pop();
    for (_, path) in journals {
        if let Some(tail) = tail(&path)? {
            return Err(damaged(&path, &tail, "newer journals follow"));
        }
    }
    let Some((_, path)) = newest else { return Ok(None) };
    match tail(&path)? {
        Some(tail) if tail.is_followed => Err(damaged(&path, &tail, "whole commits follow")),
        Some(tail) => Ok(Some(cut(path, tail)?)),
        None => Ok(None),
    }
}

fn journals(data: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut journals = Vec::new();
    for entry in read_dir(data)? {
        let path = entry?.path();
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        if let (Some(number), Some("jnl")) = (number, path.extension().and_then(|e| e.to_str())) {
            journals.push((number, path));
        }
    }
    Ok(journals)
}

fn damaged(path: &Path, tail: &Tail, why: &str) -> Unreadable {
    Unreadable::Damaged(format!("{} has no commit at byte {}, and {why}", path.display(), tail.at))
}

fn cut(path: PathBuf, Tail { at, rest, .. }: Tail) -> io::Result<Cut> {
    tracing::warn!(journal = %path.display(), at, "the last commit was torn: it is cut off");
    let file = OpenOptions::new().write(true).open(&path)?;
    file.set_len(at)?;
    file.sync_all()?;
    Ok(Cut { path, rest })
}

/// What stands after the last commit that can be reached.
#[derive(Debug, PartialEq, Eq)]
struct Tail {
    /// Where it starts.
    at: u64,
    /// What it is.
    rest: Rest,
    /// Whether there is a whole, later commit in it.
    is_followed: bool,
}

/// What stands behind a journal's commits, if it is more than the zeros of the space kept for more.
fn tail(path: &Path) -> io::Result<Option<Tail>> {
    let mut reader = BufReader::with_capacity(1 << 18, open(path)?);
    let (mut at, mut latest) = (0, None);
    while let Some(commit) = commit(&mut reader)? {
        if latest >= Some(commit.sequence) {
            // Numbers rise. The sum of a commit does not cover its own: one of the two has changed.
            let rest = Rest { from: at, bytes: Vec::new() };
            return Ok(Some(Tail { at, rest, is_followed: true }));
        }
        at += commit.bytes;
        latest = Some(commit.sequence);
    }
    let rest = data_after(&mut reader.into_inner(), at)?;
    if rest.bytes.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    let is_followed = has_commit(&rest.bytes, latest)?;
    Ok(Some(Tail { at, rest, is_followed }))
}

/// What a file has behind that byte; space that was never written is left out where the file system can
/// tell, which makes a fresh journal quick to look at.
fn data_after(file: &mut File, at: u64) -> io::Result<Rest> {
    let from = match rustix::fs::seek(&*file, rustix::fs::SeekFrom::Data(at)) {
        Ok(from) => from,
        Err(Errno::NXIO) => return Ok(Rest { from: at, bytes: Vec::new() }),
        Err(_) => at,
    };
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Rest { from, bytes })
}

/// Whether a whole commit later than `latest` stands anywhere in these bytes.
fn has_commit(bytes: &[u8], latest: Option<u64>) -> io::Result<bool> {
    for (place, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == START) {
        if commit(&mut &bytes[place..])?.is_some_and(|commit| latest < Some(commit.sequence)) {
            return Ok(true);
        }
    }
    Ok(false)
}

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
const TRAILER: [u8; 4] = *b"FJL\x03";
/// Kind, compression, keyspace (8), lengths of key (2), of value (4), of value as it is written (4).
const ITEM_HEAD: usize = 20;

/// A whole commit.
struct Commit {
    sequence: u64,
    bytes: u64,
}

/// The commit that stands next; `None` if there is none, or not a whole one.
fn commit(reader: &mut impl Read) -> io::Result<Option<Commit>> {
    let mut head = [0; 13];
    if !fill(reader, &mut head)? || head[0] != START {
        return Ok(None);
    }
    let items = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
    let [_, _, _, _, _, sequence @ ..] = head;
    let mut body = Vec::new();
    for _ in 0..items {
        if !item(reader, &mut body)? {
            return Ok(None);
        }
    }
    let mut end = [0; 13];
    if !fill(reader, &mut end)? || end[0] != END || end[9..] != TRAILER {
        return Ok(None);
    }
    if end[1..9] != XxHash3_64::oneshot(&body).to_le_bytes() {
        return Ok(None);
    }
    let bytes = (head.len() + body.len() + end.len()) as u64;
    Ok(Some(Commit { sequence: u64::from_le_bytes(sequence), bytes }))
}

/// Takes the item that stands next; says whether there is one.
fn item(reader: &mut impl Read, body: &mut Vec<u8>) -> io::Result<bool> {
    let mut tag = [0];
    if !fill(reader, &mut tag)? {
        return Ok(false);
    }
    body.push(tag[0]);
    match tag[0] {
        ITEM => {
            let start = body.len();
            if !append(reader, body, ITEM_HEAD as u64)? {
                return Ok(false);
            }
            let head = &body[start..];
            let key = u16::from_le_bytes([head[10], head[11]]);
            let value = u32::from_le_bytes([head[16], head[17], head[18], head[19]]);
            append(reader, body, u64::from(key) + u64::from(value))
        }
        CLEAR => append(reader, body, 8),
        _ => Ok(false),
    }
}

/// Takes that many bytes; says whether there were as many.
fn append(reader: &mut impl Read, body: &mut Vec<u8>, bytes: u64) -> io::Result<bool> {
    Ok(reader.by_ref().take(bytes).read_to_end(body)? as u64 == bytes)
}

/// Fills a buffer; says whether there were enough bytes.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[expect(clippy::disallowed_methods, reason = "opening a directory is the store's")]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;

    /// A journal of commits with these sequences, and where each of them ends.
    fn journal(sequences: &[u64]) -> (Vec<u8>, Vec<usize>) {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for &sequence in sequences {
            let mut body = Vec::new();
            for (key, value) in
                [(&b"c\x07"[..], &[0, 0, 0, 0, 0, 0, 1, 2][..]), (b"key", b"a value")]
            {
                body.extend([ITEM, 0, 0]);
                body.extend(8_u64.to_le_bytes());
                body.extend((key.len() as u16).to_le_bytes());
                body.extend((value.len() as u32).to_le_bytes());
                body.extend((value.len() as u32).to_le_bytes());
                body.extend([key, value].concat());
            }
            bytes.push(START);
            bytes.extend(2_u32.to_le_bytes());
            bytes.extend(sequence.to_le_bytes());
            bytes.extend(&body);
            bytes.push(END);
            bytes.extend(XxHash3_64::oneshot(&body).to_le_bytes());
            bytes.extend(TRAILER);
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    /// What is left of a journal; `None` if it is found to be damaged. A second look finds no more.
    fn left(bytes: &[u8]) -> Option<usize> {
        let home = TempDir::new().expect("a directory");
        let path = home.path().join("0.jnl");
        let write = |file: &mut File| io::Write::write_all(file, bytes);
        File::create(&path).and_then(|mut file| write(&mut file)).expect("a file");
        match inspect(home.path()) {
            Ok(_) => {
                assert_eq!(tail(&path).expect("it is read"), None);
                Some(path.metadata().expect("a file").len() as usize)
            }
            Err(Unreadable::Damaged(_)) => None,
            Err(Unreadable::Io(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn a_number_that_became_larger_is_found_out() {
        let (bytes, ends) = journal(&[3, 4, 6]);
        assert_eq!(left(&bytes), Some(ends[2]));
        let (bytes, _) = journal(&[3, 4 + 1024, 6]);
        assert_eq!(left(&bytes), None);
    }

    proptest! {
        #[test]
        fn a_changed_byte_costs_the_last_commit_or_is_found_out(place in 0..1000_usize, bit in 0..8_u8) {
            let (mut bytes, ends) = journal(&[3, 4, 6, 7]);
            let place = place % bytes.len();
            bytes[place] ^= 1_u8 << bit;
            if let Some(left) = left(&bytes) {
                // Nothing is lost where a number is another and still rises: no sum covers it.
                prop_assert!(left == ends[3] || place >= ends[2] && left == ends[2], "{left}");
            }
        }

        #[test]
        fn any_bytes_are_a_journal_or_damaged(
            from in 0..400_usize,
            until in 0..400_usize,
            inserted in prop::collection::vec(prop_oneof![0..5_u8, any::<u8>()], 0..64),
        ) {
            let (mut bytes, _) = journal(&[3, 4, 6, 7]);
            let (from, until) = (from.min(bytes.len()), until.min(bytes.len()));
            bytes.splice(from.min(until)..until, inserted);
            let longest = bytes.len();
            prop_assert!(left(&bytes).is_none_or(|left| left <= longest));
        }
    }
}
