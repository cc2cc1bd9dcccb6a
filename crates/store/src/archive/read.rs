//! Reading an archive.

use std::io::{self, ErrorKind, Read};

use base::SlotId;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{END, MAGIC, RECORD, ROW, VERSION, table};
use crate::{Entry, LaneId, Limits, Op, Position};

/// Why an archive cannot be read.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// It is something else.
    #[error("this is no archive of Millpond")]
    Foreign,
    /// A newer program wrote it.
    #[error("the archive has format {0}, and this program reads {VERSION}")]
    Version(u32),
    /// It does not reach its end.
    #[error("the archive is incomplete")]
    Incomplete,
    /// Its bytes are not those that were written.
    #[error("the archive is damaged: {0}")]
    Damaged(&'static str),
    /// It cannot be read.
    #[error(transparent)]
    Io(io::Error),
}

/// The entries of an archive. They can be relied on only once the end has been reached: only there stands
/// the sum of it all.
pub struct Reader<R> {
    source: R,
    sum: Sha256,
    limits: Limits,
    entries: u64,
}

impl<R: Read> Reader<R> {
    /// Begins to read. What is longer than these limits no engine can have written.
    pub fn new(source: R, limits: Limits) -> Result<Self, ArchiveError> {
        let mut reader = Reader { source, sum: Sha256::new(), limits, entries: 0 };
        let magic = reader.fixed::<8>().map_err(|error| match error {
            ArchiveError::Incomplete => ArchiveError::Foreign,
            error => error,
        })?;
        if magic != MAGIC {
            return Err(ArchiveError::Foreign);
        }
        match u32::from_be_bytes(reader.fixed()?) {
            VERSION => Ok(reader),
            version => Err(ArchiveError::Version(version)),
        }
    }

    /// The next entry; none at the end of an archive that is whole.
    pub fn entry(&mut self) -> Result<Option<Entry>, ArchiveError> {
        let [kind] = self.fixed()?;
        if kind == END {
            return self.finish().map(|()| None);
        }
        let [slot] = self.fixed()?;
        let op = match kind {
            RECORD => self.record()?,
            ROW => self.row()?,
            _ => return Err(ArchiveError::Damaged("an entry of no known kind")),
        };
        self.entries += 1;
        Ok(Some((SlotId::from_number(slot), op)))
    }

    fn record(&mut self) -> Result<Op, ArchiveError> {
        let lane = LaneId::from_bytes(self.fixed()?);
        let position = Position(u64::from_be_bytes(self.fixed()?));
        let length = self.length(self.limits.value)?;
        Ok(Op::Append(lane, position, self.bytes(length)?))
    }

    fn row(&mut self) -> Result<Op, ArchiveError> {
        let [number] = self.fixed()?;
        let table = table(number).ok_or(ArchiveError::Damaged("a row of no known table"))?;
        let key = self.length(self.limits.key)?;
        let value = self.length(self.limits.value)?;
        Ok(Op::Put(table, self.bytes(key)?, self.bytes(value)?))
    }

    fn finish(&mut self) -> Result<(), ArchiveError> {
        if u64::from_be_bytes(self.fixed()?) != self.entries {
            return Err(ArchiveError::Damaged("entries are missing"));
        }
        let expected = std::mem::take(&mut self.sum).finalize();
        if self.fixed::<32>()? != expected[..] {
            return Err(ArchiveError::Damaged("its sum is wrong"));
        }
        match self.source.read(&mut [0]).map_err(ArchiveError::Io)? {
            0 => Ok(()),
            _ => Err(ArchiveError::Damaged("something follows its end")),
        }
    }

    fn length(&mut self, most: usize) -> Result<usize, ArchiveError> {
        let length = u32::from_be_bytes(self.fixed()?) as usize;
        if length > most {
            return Err(ArchiveError::Damaged("an entry is too long"));
        }
        Ok(length)
    }

    fn bytes(&mut self, length: usize) -> Result<Bytes, ArchiveError> {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        Ok(bytes.into())
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], ArchiveError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ArchiveError> {
        self.source.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => ArchiveError::Incomplete,
            _ => ArchiveError::Io(error),
        })?;
        self.sum.update(&*bytes);
        Ok(())
    }
}
