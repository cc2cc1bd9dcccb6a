//! Reading a slot: for its owner, and for those who do not own it.

use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use super::image::Image;
use super::inner::Inner;
use crate::commits::Commits;
use crate::{KeyRange, LaneId, Page, PageLimit, Position, Records, SlotReader, StoreError, Table};

pub(super) struct MemoryReader {
    pub(super) inner: Arc<Inner>,
    pub(super) slot: SlotId,
    /// The owner who reads: once it has lost the slot, it reads nothing any more.
    pub(super) owner: Option<Arc<Commits>>,
}

impl SlotReader for MemoryReader {
    fn id(&self) -> SlotId {
        self.slot
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

impl MemoryReader {
    fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Image) -> T,
    ) -> BoxFuture<'_, Result<T, StoreError>> {
        let owned = self.owner.as_ref().map_or(Ok(()), |owner| owner.readable());
        let allowed = owned.and_then(|()| self.inner.rules.check_not_closed());
        ready(allowed.map(|()| look(&self.inner.cell(self.slot).lock().image))).boxed()
    }
}
