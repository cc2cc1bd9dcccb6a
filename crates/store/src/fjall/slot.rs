//! A slot in the hands of its owner.

use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::engine::Engine;
use super::queue::{Change, Rows};
use super::rows::Row;
use super::{LIMITS, Shared, read};
use crate::commits::Commits;
use crate::{
    Batch, CommitError, CommitNumber, Durability, Epoch, Growth, KeyRange, LaneId, Op, Page,
    PageLimit, Position, Records, Refused, Slot, StoreError, Table,
};

pub(super) struct FjallSlot {
    pub(super) shared: Arc<Shared>,
    pub(super) commits: Arc<Commits>,
}

impl Slot for FjallSlot {
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
        let fits = self.shared.queue.bytes().saturating_add(bytes) <= self.shared.queue_bytes;
        if fits && self.shared.gauge.has_room(growth) { Ok(()) } else { Err(Refused::Full) }
    }

    fn submit(&self, batch: Batch, level: Durability) -> CommitNumber {
        self.shared.garbage.count(&batch);
        // Keys are built here, on the caller's thread: there are many of those, and one writer.
        self.shared.queue.submit(&self.commits, change(self.commits.slot(), batch, level))
    }

    fn durable(&self, upto: CommitNumber) -> BoxFuture<'_, Result<(), CommitError>> {
        self.commits.durable(upto)
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

impl FjallSlot {
    /// Reads off the async threads: the disk may take its time.
    fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Engine, SlotId) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, StoreError>> {
        async move {
            self.commits.readable()?;
            let (engine, slot) = (self.shared.engine()?, self.commits.slot());
            super::blocking(move || look(&engine, slot)).await
        }
        .boxed()
    }
}

/// What a batch changes. Above the limits the engine would panic: such a batch is a mistake of the
/// caller, and its slot does not go on.
fn change(slot: SlotId, batch: Batch, level: Durability) -> Change {
    if level > LIMITS.strongest {
        return Err(CommitError::Broken(format!("{level:?} was asked of one machine")));
    }
    let bytes = batch.bytes();
    let fits = |op: &Op| match op {
        Op::Append(_, _, record) => record.len() <= LIMITS.value,
        Op::Release(..) => true,
        Op::Put(_, key, value) => key.len() <= LIMITS.key && value.len() <= LIMITS.value,
        Op::Delete(_, key) => key.len() <= LIMITS.key,
    };
    if bytes > LIMITS.batch || !batch.ops().iter().all(fits) {
        return Err(CommitError::Broken("a batch is larger than was reserved".to_owned()));
    }
    let rows = batch.into_ops().into_iter().map(|op| Row::of(slot, op)).collect();
    Ok(Rows { rows, bytes, level })
}
