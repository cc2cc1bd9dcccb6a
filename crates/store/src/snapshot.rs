//! Everything that a store holds, as of one moment: for exports.

use base::SlotId;
use futures::future::BoxFuture;

use crate::{Op, StoreError};

/// A row or a record of a slot, as the change that would write it: a `Put` or an `Append`.
pub type Entry = (SlotId, Op);

/// All rows and records of the commits that were durable when it was taken, and of no later one. The store
/// keeps what is deleted meanwhile until it is dropped.
pub trait Snapshot: Send {
    /// The next entries, about that many bytes of them; none at the end. Records come first, then the
    /// tables, each ordered by slot and key: the same data comes in the same order from every engine.
    fn next(&mut self, bytes: usize) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>>;
}
