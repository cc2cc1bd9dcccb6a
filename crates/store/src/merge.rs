//! One ordered list out of the ordered rows of all slots.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use base::SlotId;
use bytes::Bytes;

use crate::{PageLimit, Scan, ScannedRow, StoreError};

/// Merges the rows of slots, each in the order of its keys, as many as fit. Of each slot one row more is read than is
/// answered. Rows of one key stay together, so that the next page can begin behind the key.
pub(crate) fn merge<I>(
    slots: impl Iterator<Item = (SlotId, I)>,
    limit: PageLimit,
) -> Result<Scan, StoreError>
where
    I: Iterator<Item = Result<(Bytes, Bytes), StoreError>>,
{
    let mut sources: Vec<(SlotId, I)> = slots.collect();
    let mut heads = BinaryHeap::with_capacity(sources.len());
    for (source, (_, rows)) in sources.iter_mut().enumerate() {
        if let Some(row) = rows.next() {
            heads.push(Reverse(Head { source, row: row? }));
        }
    }
    let (mut scan, mut bytes) = (Scan::default(), 0);
    while let Some(Reverse(Head { source, row: (key, value) })) = heads.pop() {
        let is_full = scan.rows.len() >= limit.rows || bytes >= limit.bytes;
        if is_full && scan.rows.last().is_some_and(|last| last.key != key) {
            scan.more = true;
            break;
        }
        bytes += key.len() + value.len();
        let (slot, rows) = &mut sources[source];
        scan.rows.push(ScannedRow { slot: *slot, key, value });
        if let Some(row) = rows.next() {
            heads.push(Reverse(Head { source, row: row? }));
        }
    }
    Ok(scan)
}

/// The next row of a source. Ordered by key, then by source.
struct Head {
    source: usize,
    row: (Bytes, Bytes),
}

impl Head {
    fn rank(&self) -> (&Bytes, usize) {
        (&self.row.0, self.source)
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_page_reads_what_it_answers_and_one_row_a_slot() {
        let read = Cell::new(0);
        let rows = |slot: u8| {
            let key = move |n: u32| [&n.to_be_bytes()[..], &[slot]].concat().into();
            let count = |_: &_| read.set(read.get() + 1);
            (0..1000u32).map(move |n| Ok((key(n), Bytes::new()))).inspect(count)
        };
        let slots = (0..100).map(|slot| (SlotId::from_number(slot), rows(slot)));
        let scan = merge(slots, PageLimit { rows: 50, bytes: 1 << 20 }).expect("no error");
        assert!(scan.more && scan.rows.len() == 50);
        assert_eq!(read.get(), 150);
    }

    #[test]
    fn a_slot_that_cannot_be_read_is_an_error_and_no_gap() {
        let damaged = || Err(StoreError::Damaged("a row".to_owned()));
        let slots = [(SlotId::from_number(0), [damaged()].into_iter())];
        assert!(merge(slots.into_iter(), PageLimit { rows: 1, bytes: 1 }).is_err());
    }
}
