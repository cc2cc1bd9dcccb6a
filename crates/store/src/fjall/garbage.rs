//! How much of what is on disk is dead: deleted, and still there because nothing was merged since.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::batch::{Batch, Op};

/// An estimate since the directory was opened, or tidied: records that were released, at the size that records
/// have on average. Small rows do not count beside them.
#[derive(Debug, Default)]
pub(super) struct Garbage {
    appended: AtomicU64,
    appended_bytes: AtomicU64,
    released: AtomicU64,
}

/// Dead bytes below which merging everything is not worth while.
const LEAST: u64 = 64 << 20;
/// The share of all bytes that must be dead: the work is to write the others again.
const SHARE: u64 = 4;

impl Garbage {
    /// Counts what a batch adds and releases.
    pub(super) fn count(&self, batch: &Batch) {
        for op in batch.ops() {
            match op {
                Op::Append(_, _, record) => {
                    self.appended.fetch_add(1, Ordering::Relaxed);
                    self.appended_bytes.fetch_add(record.len() as u64, Ordering::Relaxed);
                }
                Op::Release(..) => self.released(1),
                Op::Trim(..) | Op::Put(..) | Op::Delete(..) => {}
            }
        }
    }

    /// Counts records that were released, one by one or by a trim.
    pub(super) fn released(&self, records: u64) {
        self.released.fetch_add(records, Ordering::Relaxed);
    }

    /// Whether merging is worth while when so many bytes are on disk.
    pub(super) fn is_worthwhile(&self, disk_bytes: u64) -> bool {
        let dead = self.bytes();
        dead >= LEAST && dead >= disk_bytes / SHARE
    }

    /// Everything dead is gone.
    pub(super) fn forget(&self) {
        self.released.store(0, Ordering::Relaxed);
    }

    /// Without a record to go by, one is taken for a kibibyte.
    fn bytes(&self) -> u64 {
        let appended = self.appended.load(Ordering::Relaxed);
        let average = self.appended_bytes.load(Ordering::Relaxed).checked_div(appended);
        self.released.load(Ordering::Relaxed).saturating_mul(average.unwrap_or(1024))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{LaneId, Position};

    #[test]
    fn it_is_worth_while_when_a_quarter_is_dead_and_not_for_a_little() {
        let lane = LaneId::from_bytes([1; 16]);
        let (garbage, mut batch) = (Garbage::default(), Batch::new());
        batch.append(lane, Position(0), Bytes::from(vec![0; 1 << 20]));
        for position in 0..65 {
            batch.release(lane, Position(position));
        }
        garbage.count(&batch);
        assert!(garbage.is_worthwhile(200 << 20));
        assert!(!garbage.is_worthwhile(300 << 20), "the rest would have to be written again");
        garbage.forget();
        assert!(!garbage.is_worthwhile(0), "a little is left alone");
    }
}
