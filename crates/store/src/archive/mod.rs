//! An archive: everything that a store holds, as one stream of bytes that any engine can read in.
//!
//! It is what a backup, a change of engine and a move to another machine are made of. Numbers are big-endian.
//!
//! ```text
//! "MILLPOND"  4 bytes: version of the format, 1
//! then, for each record:  "L"  slot (1)  lane (16)  position (8)  length (4)  record
//! and for each row:       "R"  slot (1)  table (1)  length (4)  length (4)  key  value
//! at the end:             "E"  number of entries (8)  SHA-256 of all bytes before this sum (32)
//! ```
//!
//! Records come first, then the tables in the order of their numbers; each is ordered by slot and key, so that
//! equal data is equal bytes. What a key or a value means is the matter of the service that wrote it.

mod file;
mod read;
mod restore;
mod write;

pub use file::{FileError, Saving, load, save};
pub use read::{ArchiveError, Reader};
pub use restore::{RestoreError, restore};
pub use write::Writer;

use crate::Table;

const MAGIC: [u8; 8] = *b"MILLPOND";
/// Raised when older programs could not read what this one writes.
const VERSION: u32 = 1;

const RECORD: u8 = b'L';
const ROW: u8 = b'R';
const END: u8 = b'E';

/// The table of a number.
fn table(number: u8) -> Option<Table> {
    Table::ALL.into_iter().find(|table| *table as u8 == number)
}
