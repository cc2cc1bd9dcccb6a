//! Timers: rows that say when a resource is to be looked at again.

use base::{Arn, Incarnation, Timestamp};
use bytes::Bytes;
use store::{Batch, Op, Table};

/// Something that is to happen to a resource at a time: one row of the slot's timer index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// The time.
    pub at: Timestamp,
    /// The incarnation of the resource.
    pub incarnation: Incarnation,
    /// The kind of job, in the service's own numbering; numbers are on disk and never reused.
    pub kind: u8,
    /// The resource.
    pub arn: Arn,
}

/// A timer's row. Keys are ordered by time.
pub(crate) type Row = (Bytes, Bytes);

impl Timer {
    /// Puts the timer's row into a batch of the resource's slot.
    pub fn put(&self, batch: &mut Batch) {
        batch.put(Table::Due, self.key(), Bytes::copy_from_slice(self.arn.as_str().as_bytes()));
    }

    /// Deletes the timer's row.
    pub fn delete(&self, batch: &mut Batch) {
        batch.delete(Table::Due, self.key());
    }

    /// The time, the incarnation and the kind, in this order.
    pub(crate) fn key(&self) -> Bytes {
        let at = self.at.millis().to_be_bytes();
        [&at[..], self.incarnation.as_bytes(), &[self.kind]].concat().into()
    }

    /// The timer of a row; none if the row is not a timer's.
    pub(crate) fn read((key, value): &Row) -> Option<Self> {
        let (at, rest) = key.split_first_chunk::<8>()?;
        let (incarnation, kind) = rest.split_first_chunk::<16>()?;
        let &[kind] = kind else { return None };
        let arn = std::str::from_utf8(value).ok()?.parse().ok()?;
        let at = Timestamp::from_millis(u64::from_be_bytes(*at));
        Some(Timer { at, incarnation: Incarnation::from_bytes(*incarnation), kind, arn })
    }
}

/// The timers' rows that a batch puts.
pub(crate) fn rows(batch: &Batch) -> Vec<Row> {
    let put = |op: &Op| match op {
        Op::Put(Table::Due, key, value) => Some((key.clone(), value.clone())),
        _ => None,
    };
    batch.ops().iter().filter_map(put).collect()
}
