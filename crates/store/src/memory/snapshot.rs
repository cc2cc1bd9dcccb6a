//! Everything that is in memory, as of one moment.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use crate::{Entry, Op, Snapshot, StoreError};

/// What is still to be read. Keys and values are shared with the store, not copied.
pub(super) struct MemorySnapshot {
    entries: std::vec::IntoIter<Entry>,
}

impl MemorySnapshot {
    pub(super) fn new(entries: Vec<Entry>) -> Self {
        MemorySnapshot { entries: entries.into_iter() }
    }
}

impl Snapshot for MemorySnapshot {
    fn next(&mut self, bytes: usize) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        let (mut page, mut taken) = (Vec::new(), 0);
        while taken < bytes
            && let Some(entry) = self.entries.next()
        {
            taken += size(&entry.1);
            page.push(entry);
        }
        ready(Ok(page)).boxed()
    }
}

fn size(op: &Op) -> usize {
    match op {
        Op::Append(_, _, record) => record.len(),
        Op::Put(_, key, value) => key.len() + value.len(),
        Op::Release(..) | Op::Trim(..) | Op::Delete(..) => 0,
    }
}
