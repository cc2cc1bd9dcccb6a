//! The slots' index of who points at whom: a queue at its dead-letter queue.
//!
//! A row stands in the slot of the thing that points and is written by that thing's lane, so that
//! nobody writes in another's slot. Who points at a target is found by merging the pages of all slots.

use base::Arn;
use bytes::Bytes;
use store::{Batch, StoreError, Table};

use crate::index::{self, Search};
use crate::slots::Slots;

/// Writes that `source` points at `target`.
pub fn put(batch: &mut Batch, target: &Arn, source: &Arn) {
    batch.put(Table::Refs, key(target, source.as_str()), Bytes::new());
}

/// Writes that it does not any more.
pub fn delete(batch: &mut Batch, target: &Arn, source: &Arn) {
    batch.delete(Table::Refs, key(target, source.as_str()));
}

/// The ARNs of those who point at `target`, in order, behind `after`. One more than the limit means that
/// there are more.
pub async fn list(
    slots: &Slots,
    target: &Arn,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let base = key(target, "");
    let search = Search { table: Table::Refs, base: &base, prefix: "", after, limit };
    let found = index::list(slots, search, |_| true).await?;
    Ok(found.into_iter().map(|(source, _)| source).collect())
}

/// The target is ended by a zero byte, which no ARN can contain.
fn key(target: &Arn, source: &str) -> Bytes {
    [target.as_str(), "\0", source].concat().into()
}
