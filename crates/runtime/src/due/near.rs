//! The near future of one slot, and how it is read from the due index.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{SlotId, Span, Timestamp};
use bytes::Bytes;
use store::{Batch, Durability, KeyRange, PageLimit, StoreError, Table};

use crate::lane::{Rows, after};
use crate::node::Node;

/// A due row: its key begins with its time.
pub(super) type Row = (Bytes, Bytes);

/// All rows up to `until` are in memory; later ones are on disk only.
#[derive(Default)]
pub(super) struct Near {
    until: Timestamp,
    rows: BTreeMap<Bytes, Bytes>,
    retries: Vec<(Timestamp, Row)>,
    /// Whether rows were forgotten that the disk may not have had yet.
    forgot: bool,
}

/// Most rows of a slot in memory.
const MOST: usize = 1024;
/// How far the near future reaches.
const HORIZON: Span = Span::from_seconds(300);

impl Near {
    /// Takes note of a row that is being written; answers whether it is near.
    pub(super) fn note(&mut self, key: &Bytes, value: &Bytes) -> bool {
        let is_near = time_of(key) <= self.until;
        if is_near {
            self.rows.insert(key.clone(), value.clone());
            self.keep_bounded();
        }
        is_near
    }

    /// When there is something to do or to read.
    pub(super) fn next(&self) -> Timestamp {
        let row = self.rows.keys().next().map_or(self.until, |key| time_of(key));
        self.retries.iter().map(|(at, _)| *at).min().map_or(row, |retry| retry.min(row))
    }

    /// Takes out what is due.
    pub(super) fn take(&mut self, now: Timestamp) -> Vec<Row> {
        let later = self.rows.split_off(&start_of(now + Span::from_millis(1)));
        let mut due: Vec<Row> = std::mem::replace(&mut self.rows, later).into_iter().collect();
        due.extend(self.retries.extract_if(.., |(at, _)| *at <= now).map(|(_, row)| row));
        due
    }

    /// Keeps a row that could not be done for another try.
    pub(super) fn retry(&mut self, at: Timestamp, row: Row) {
        self.retries.push((at, row));
    }

    /// Forgets the farthest rows when there are too many: they are read again when they are near.
    fn keep_bounded(&mut self) {
        while self.rows.len() > MOST {
            let Some((farthest, _)) = self.rows.pop_last() else { return };
            self.until = self.until.min(time_of(&farthest) - Span::from_millis(1));
            self.forgot = true;
        }
        self.rows.split_off(&start_of(self.until + Span::from_millis(1)));
    }
}

fn time_of(key: &[u8]) -> Timestamp {
    key.first_chunk().map_or(Timestamp::ZERO, |at| Timestamp::from_millis(u64::from_be_bytes(*at)))
}

fn start_of(at: Timestamp) -> Bytes {
    Bytes::copy_from_slice(&at.millis().to_be_bytes())
}

/// Reads the next part of the future of each slot whose near future is over.
pub(super) async fn read_on(node: &Node, now: Timestamp) -> Result<(), StoreError> {
    for slot in SlotId::all() {
        let owned = node.slots().owned(slot);
        let Some((from, forgot)) = begin(node, slot, now).filter(|_| !owned.is_over()) else {
            continue;
        };
        if forgot {
            // A barrier: what was forgotten is durable, and so readable, when this commit is.
            let barrier = owned.slot().submit(Batch::new(), Durability::Disk);
            if owned.slot().durable(barrier).await.is_err() {
                continue;
            }
        }
        let rows = Rows::new(Arc::clone(owned.slot()));
        if let Err(error) = read_slot(node, &rows, from, now + HORIZON).await {
            node.due().slots.lock()[slot.index()].until = from;
            return Err(error);
        }
    }
    Ok(())
}

/// Moves the end of a slot's near future before its rows are read, so that those which are written
/// meanwhile are noted. Answers where to read from, if it was over.
fn begin(node: &Node, slot: SlotId, now: Timestamp) -> Option<(Timestamp, bool)> {
    let mut slots = node.due().slots.lock();
    let near = &mut slots[slot.index()];
    let from = near.until;
    (from <= now).then(|| {
        near.until = now + HORIZON;
        (from, std::mem::take(&mut near.forgot))
    })
}

/// Reads up to the horizon, or as much as memory may hold.
async fn read_slot(
    node: &Node,
    rows: &Rows,
    from: Timestamp,
    horizon: Timestamp,
) -> Result<(), StoreError> {
    const PAGE: PageLimit = PageLimit { rows: MOST / 4, bytes: 1 << 20 };
    let mut range =
        KeyRange { start: start_of(from), end: Some(start_of(horizon + Span::from_millis(1))) };
    loop {
        let page = rows.page(Table::Due, range.clone(), PAGE).await?;
        let last = page.rows.last().map(|(key, _)| key.clone());
        let mut slots = node.due().slots.lock();
        let near = &mut slots[rows.slot().index()];
        near.rows.extend(page.rows);
        near.keep_bounded();
        match last {
            Some(last) if page.more && time_of(&last) <= near.until => {
                range = range.starting_at(after(&last));
            }
            _ => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: u64, id: u64) -> Row {
        let key = [at.to_be_bytes(), id.to_be_bytes()].concat();
        (key.into(), Bytes::new())
    }

    fn near(until: u64) -> Near {
        Near { until: Timestamp::from_millis(until), ..Near::default() }
    }

    #[test]
    fn what_is_due_is_taken_in_order_and_once() {
        let mut near = near(100);
        for (at, id) in [(7, 1), (5, 2), (5, 1), (9, 1), (200, 1)] {
            let (key, value) = row(at, id);
            assert_eq!(near.note(&key, &value), at <= 100);
        }
        assert_eq!(near.next(), Timestamp::from_millis(5));
        let taken = near.take(Timestamp::from_millis(7));
        assert_eq!(taken, [row(5, 1), row(5, 2), row(7, 1)]);
        assert_eq!(near.take(Timestamp::from_millis(7)), []);
        assert_eq!(near.next(), Timestamp::from_millis(9));
    }

    #[test]
    fn a_million_timers_take_the_memory_of_a_thousand() {
        let mut near = near(u64::MAX - 1);
        for at in 0..1_000_000 {
            let (key, value) = row(1_000_000 - at, 1);
            near.note(&key, &value);
        }
        assert_eq!(near.rows.len(), MOST);
        assert_eq!(near.until, Timestamp::from_millis(MOST as u64), "later ones are read again");
    }

    #[test]
    fn what_failed_is_due_again_at_its_own_time() {
        let mut near = near(100);
        near.retry(Timestamp::from_millis(50), row(5, 1));
        assert_eq!(near.next(), Timestamp::from_millis(50));
        assert_eq!(near.take(Timestamp::from_millis(49)), []);
        assert_eq!(near.take(Timestamp::from_millis(50)), [row(5, 1)]);
    }
}
