//! Writing what an archive holds into a store.

use std::io::Read;
use std::sync::Arc;

use base::SlotId;
use thiserror::Error;

use super::{ArchiveError, Reader};
use crate::{
    Batch, CommitError, CommitNumber, Durability, Entry, Growth, NodeId, Op, Refused, Slot, Store,
    StoreError,
};

/// How much is written in one commit, in bytes.
const COMMIT: usize = 1 << 20;
/// How much may be on its way to the disk, in bytes.
const ON_THE_WAY: usize = 32 << 20;

/// Why an archive was not restored. What was written by then is of no use.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// The archive cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The store holds something already.
    #[error("there is data already: an archive is read into an empty store only")]
    NotEmpty,
    /// The store cannot take it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store did not write it.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Writes everything that an archive holds into an empty store; answers how many entries that were.
pub async fn restore<R: Read>(
    store: &dyn Store,
    node: NodeId,
    mut archive: Reader<R>,
) -> Result<u64, RestoreError> {
    if !store.snapshot()?.next(1).await?.is_empty() {
        return Err(RestoreError::NotEmpty);
    }
    let acquired = SlotId::all().map(|slot| store.acquire(slot, node));
    let slots = futures::future::try_join_all(acquired).await?;
    let (mut restoring, mut entries) = (Restoring::new(&slots), 0);
    while let Some(entry) = archive.entry()? {
        restoring.add(entry).await?;
        entries += 1;
    }
    restoring.submit()?;
    restoring.wait().await?;
    Ok(entries)
}

/// The changes of one slot that have been read, and what is on its way to the disk.
struct Restoring<'s> {
    slots: &'s [Arc<dyn Slot>],
    slot: SlotId,
    batch: Batch,
    on_the_way: usize,
    submitted: Vec<(SlotId, CommitNumber)>,
}

impl<'s> Restoring<'s> {
    fn new(slots: &'s [Arc<dyn Slot>]) -> Self {
        let (slot, batch) = (SlotId::from_number(0), Batch::new());
        Restoring { slots, slot, batch, on_the_way: 0, submitted: Vec::new() }
    }

    async fn add(&mut self, (slot, op): Entry) -> Result<(), RestoreError> {
        if slot != self.slot || self.batch.bytes() >= COMMIT {
            self.submit()?;
            self.slot = slot;
        }
        match op {
            Op::Append(lane, position, record) => self.batch.append(lane, position, record),
            Op::Put(table, key, value) => self.batch.put(table, key, value),
            Op::Release(..) | Op::Trim(..) | Op::Delete(..) => {}
        }
        if self.on_the_way >= ON_THE_WAY { self.wait().await } else { Ok(()) }
    }

    fn submit(&mut self) -> Result<(), RestoreError> {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        let slot = &self.slots[self.slot.index()];
        slot.reserve(batch.bytes(), Growth::Grows)?;
        self.on_the_way += batch.bytes();
        self.submitted.push((self.slot, slot.submit(batch, Durability::Disk)));
        Ok(())
    }

    async fn wait(&mut self) -> Result<(), RestoreError> {
        for (slot, number) in self.submitted.drain(..) {
            self.slots[slot.index()].durable(number).await?;
        }
        self.on_the_way = 0;
        Ok(())
    }
}
