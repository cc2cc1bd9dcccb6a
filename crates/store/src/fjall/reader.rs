//! Reading a slot: for its owner, and for those who do not own it.

use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::engine::Engine;
use super::{Shared, read};
use crate::commits::Commits;
use crate::{KeyRange, LaneId, Page, PageLimit, Position, Records, SlotReader, StoreError, Table};

pub(super) struct FjallReader {
    pub(super) shared: Arc<Shared>,
    pub(super) slot: SlotId,
    /// The owner who reads: once it has lost the slot, it reads nothing any more.
    pub(super) owner: Option<Arc<Commits>>,
}

impl SlotReader for FjallReader {
    fn id(&self) -> SlotId {
        self.slot
    }

    fn get(&self, table: Table, key: Bytes) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        self.look(move |engine, slot| read::get(engine, slot, table, &key))
    }

    fn page(
        &self,
        table: Table,
        range: KeyRange,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Page, StoreError>> {
        self.look(move |engine, slot| read::page(engine, slot, table, &range, limit))
    }

    fn read(
        &self,
        lane: LaneId,
        from: Position,
        limit: PageLimit,
    ) -> BoxFuture<'_, Result<Records, StoreError>> {
        self.look(move |engine, slot| read::records(engine, slot, lane, from, limit))
    }

    fn read_many(
        &self,
        lane: LaneId,
        positions: Vec<Position>,
    ) -> BoxFuture<'_, Result<Vec<(Position, Bytes)>, StoreError>> {
        self.look(move |engine, slot| read::records_at(engine, slot, lane, &positions))
    }

    fn last_position(&self, lane: LaneId) -> BoxFuture<'_, Result<Option<Position>, StoreError>> {
        self.look(move |engine, slot| read::last_position(engine, slot, lane))
    }
}

impl FjallReader {
    /// Reads off the async threads: the disk may take its time.
    fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Engine, SlotId) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, StoreError>> {
        async move {
            self.owner.as_ref().map_or(Ok(()), |owner| owner.readable())?;
            let (engine, slot) = (self.shared.engine()?, self.slot);
            super::blocking(move || look(&engine, slot)).await
        }
        .boxed()
    }
}
