//! Making an archive.

use bytes::{BufMut, Bytes, BytesMut};
use sha2::{Digest, Sha256};

use super::{END, MAGIC, RECORD, ROW, VERSION};
use crate::{Entry, Op};

/// Turns entries into the bytes of an archive, piece by piece.
#[derive(Default)]
pub struct Writer {
    sum: Sha256,
    entries: u64,
    begun: bool,
}

impl Writer {
    /// An archive that has not begun.
    pub fn new() -> Self {
        Writer::default()
    }

    /// The next piece, with these entries.
    pub fn write(&mut self, entries: Vec<Entry>) -> Bytes {
        let mut piece = self.piece();
        for (slot, op) in entries {
            match op {
                Op::Append(lane, position, record) => {
                    piece.put_slice(&[RECORD, slot.number()]);
                    piece.put_slice(lane.as_bytes());
                    piece.put_u64(position.0);
                    piece.put_u32(length(&record));
                    piece.put_slice(&record);
                }
                Op::Put(table, key, value) => {
                    piece.put_slice(&[ROW, slot.number(), table as u8]);
                    piece.put_u32(length(&key));
                    piece.put_u32(length(&value));
                    piece.put_slice(&key);
                    piece.put_slice(&value);
                }
                // What is not there is not in a snapshot.
                Op::Release(..) | Op::Trim(..) | Op::Delete(..) => continue,
            }
            self.entries += 1;
        }
        self.sum.update(&piece);
        piece.freeze()
    }

    /// The last piece. Without it an archive is incomplete, and nobody takes it.
    pub fn end(mut self) -> Bytes {
        let mut piece = self.piece();
        piece.put_u8(END);
        piece.put_u64(self.entries);
        self.sum.update(&piece);
        piece.put_slice(&self.sum.finalize());
        piece.freeze()
    }

    fn piece(&mut self) -> BytesMut {
        let mut piece = BytesMut::new();
        if !std::mem::replace(&mut self.begun, true) {
            piece.put_slice(&MAGIC);
            piece.put_u32(VERSION);
        }
        piece
    }
}

/// No engine takes a value of four gibibytes.
fn length(bytes: &Bytes) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}
