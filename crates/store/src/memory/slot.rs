//! A slot in the hands of its owner.

use std::sync::Arc;

use base::SlotId;
use futures::future::BoxFuture;

use super::LIMITS;
use super::inner::Inner;
use super::reader::MemoryReader;
use crate::commits::Commits;
use crate::{Batch, CommitError, CommitNumber, Durability, Epoch, Growth, Refused, Slot};

pub(super) struct MemorySlot {
    reader: MemoryReader,
    inner: Arc<Inner>,
    commits: Arc<Commits>,
}

reads_through!(MemorySlot, reader);

impl Slot for MemorySlot {
    fn epoch(&self) -> Epoch {
        self.commits.epoch()
    }

    fn last(&self) -> CommitNumber {
        self.commits.last()
    }

    fn reserve(&self, bytes: usize, growth: Growth) -> Result<(), Refused> {
        if bytes > LIMITS.batch {
            return Err(Refused::TooLarge);
        }
        let needed = self.inner.used().saturating_add(bytes as u64);
        let fits = growth == Growth::Frees || needed <= self.inner.options.capacity;
        if fits && self.inner.rules.has_room(growth) { Ok(()) } else { Err(Refused::Full) }
    }

    fn submit(&self, batch: Batch, level: Durability) -> CommitNumber {
        self.inner.submit(&self.commits, batch, level)
    }

    fn durable(&self, upto: CommitNumber) -> BoxFuture<'_, Result<(), CommitError>> {
        self.commits.durable(upto)
    }
}

impl MemorySlot {
    pub(super) fn new(inner: Arc<Inner>, commits: Arc<Commits>) -> Self {
        let (slot, owner) = (commits.slot(), Some(commits.clone()));
        MemorySlot { reader: MemoryReader { inner: inner.clone(), slot, owner }, inner, commits }
    }
}
