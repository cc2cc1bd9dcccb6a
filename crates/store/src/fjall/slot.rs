//! A slot in the hands of its owner.

use std::sync::Arc;

use base::SlotId;
use futures::future::BoxFuture;

use super::queue::{Change, Rows};
use super::reader::FjallReader;
use super::rows::Row;
use super::{LIMITS, Shared};
use crate::commits::Commits;
use crate::{Batch, CommitError, CommitNumber, Durability, Epoch, Growth, Op, Refused, Slot};

pub(super) struct FjallSlot {
    reader: FjallReader,
    shared: Arc<Shared>,
    commits: Arc<Commits>,
}

reads_through!(FjallSlot, reader);

impl Slot for FjallSlot {
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
}

impl FjallSlot {
    pub(super) fn new(shared: Arc<Shared>, commits: Arc<Commits>) -> Self {
        let (slot, owner) = (commits.slot(), Some(commits.clone()));
        FjallSlot { reader: FjallReader { shared: shared.clone(), slot, owner }, shared, commits }
    }
}

/// What a batch changes. Above the limits the engine would panic: such a batch is a mistake of the
/// caller, and its slot does not go on.
fn change(slot: SlotId, batch: Batch, level: Durability) -> Change {
    let level = batch.level(level);
    if level > LIMITS.strongest {
        return Err(CommitError::Broken(format!("{level:?} was asked of one machine")));
    }
    let bytes = batch.bytes();
    let fits = |op: &Op| match op {
        Op::Append(_, _, record) => record.len() <= LIMITS.value,
        Op::Release(..) | Op::Trim(..) => true,
        Op::Put(_, key, value) => key.len() <= LIMITS.key && value.len() <= LIMITS.value,
        Op::Delete(_, key) => key.len() <= LIMITS.key,
    };
    if bytes > LIMITS.batch || !batch.ops().iter().all(fits) {
        return Err(CommitError::Broken("a batch is larger than was reserved".to_owned()));
    }
    let rows = batch.into_ops().into_iter().map(|op| Row::of(slot, op)).collect();
    Ok(Rows { rows, bytes, level })
}
