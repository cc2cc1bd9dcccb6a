//! A slot in the hands of its owner.

use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use super::LIMITS;
use super::image::Image;
use super::inner::Inner;
use crate::commits::Commits;
use crate::{
    Batch, CommitError, CommitNumber, Durability, Epoch, Growth, KeyRange, LaneId, Page, PageLimit,
    Position, Records, Refused, Slot, StoreError, Table,
};

pub(super) struct MemorySlot {
    pub(super) inner: Arc<Inner>,
    pub(super) commits: Arc<Commits>,
}

impl Slot for MemorySlot {
    fn id(&self) -> SlotId {
        self.commits.slot()
    }

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

    fn get(&self, table: Table, key: Bytes) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        self.look(|image| image.get(table, &key))
    }

    fn page(
        &self,
        table: Table,
        range: KeyRange,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Page, StoreError>> {
        self.look(|image| image.page(table, range, limit))
    }

    fn read(
        &self,
        lane: LaneId,
        from: Position,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Records, StoreError>> {
        self.look(|image| image.records(lane, from, limit))
    }

    fn read_many(
        &self,
        lane: LaneId,
        positions: Vec<Position>,
    ) -> BoxFuture<'_, Result<Vec<(Position, Bytes)>, StoreError>> {
        self.look(|image| image.records_at(lane, positions))
    }

    fn last_position(&self, lane: LaneId) -> BoxFuture<'_, Result<Option<Position>, StoreError>> {
        self.look(|image| image.last_position(lane))
    }
}

impl MemorySlot {
    fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Image) -> T,
    ) -> BoxFuture<'_, Result<T, StoreError>> {
        let allowed = self.commits.readable().and_then(|()| self.inner.rules.check_not_closed());
        ready(allowed.map(|()| look(&self.inner.cell(self.id()).lock().image))).boxed()
    }
}
