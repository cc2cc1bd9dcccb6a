//! The rows of a slot.

use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};

use bytes::Bytes;

use crate::{Batch, CommitNumber, KeyRange, LaneId, Op, Page, PageLimit, Position, Records, Table};

/// What a slot holds. Released and deleted rows are gone from it at once, and their memory with them.
#[derive(Debug, Default)]
pub(super) struct Image {
    tables: [BTreeMap<Bytes, Bytes>; Table::ALL.len()],
    log: BTreeMap<(LaneId, Position), Bytes>,
    /// The position below which a log was trimmed.
    starts: BTreeMap<LaneId, Position>,
    pub(super) last: CommitNumber,
}

/// What undoes a change.
pub(super) type Undo = Vec<Op>;

impl Image {
    /// Makes the changes of a batch; says by how many bytes it has grown.
    pub(super) fn apply(&mut self, ops: Vec<Op>) -> i64 {
        ops.into_iter().map(|op| self.apply_one(op).0).sum()
    }

    /// Makes the changes of a batch; says how it has grown, and what would take them back.
    pub(super) fn apply_undoably(&mut self, batch: Batch) -> (i64, Undo) {
        let (mut grown, mut undo) = (0, Vec::new());
        for op in batch.into_ops() {
            let (bytes, inverse) = self.apply_one(op);
            grown += bytes;
            undo.push(inverse);
        }
        undo.reverse();
        (grown, undo)
    }

    fn apply_one(&mut self, op: Op) -> (i64, Op) {
        match op {
            Op::Append(lane, position, record) => {
                let start = self.starts.get(&lane);
                assert!(
                    start.is_none_or(|start| *start <= position),
                    "lane {lane} appends at {position}, and was trimmed below {start:?}"
                );
                let added = size(&record);
                let before = self.log.insert((lane, position), record);
                (added - before.as_ref().map_or(0, size), logged(lane, position, before))
            }
            Op::Release(lane, position) => {
                let before = self.log.remove(&(lane, position));
                (-before.as_ref().map_or(0, size), logged(lane, position, before))
            }
            // Synced at once, so that nothing takes it back.
            Op::Trim(lane, below) => (-self.trim(lane, below), Op::Trim(lane, below)),
            Op::Put(table, key, value) => {
                let added = size(&value);
                let before = self.rows_mut(table).insert(key.clone(), value);
                let grown = match &before {
                    Some(value) => added - size(value),
                    None => added + size(&key),
                };
                (grown, row(table, key, before))
            }
            Op::Delete(table, key) => {
                let before = self.rows_mut(table).remove(&key);
                let freed = before.as_ref().map_or(0, |value| size(value) + size(&key));
                (-freed, row(table, key, before))
            }
        }
    }

    /// Releases the records below a position; says how many bytes that frees.
    fn trim(&mut self, lane: LaneId, below: Position) -> i64 {
        let start = self.starts.entry(lane).or_default();
        *start = below.max(*start);
        let mut freed = 0;
        while let Some((&key, record)) = self.log.range((lane, Position(0))..(lane, below)).next() {
            freed += size(record);
            self.log.remove(&key);
        }
        freed
    }

    /// Its records, as the changes that would write them.
    pub(super) fn appends(&self) -> impl Iterator<Item = Op> {
        let records = self.log.iter();
        records.map(|(&(lane, position), record)| Op::Append(lane, position, record.clone()))
    }

    /// The rows of a table, as the changes that would write them.
    pub(super) fn puts(&self, table: Table) -> impl Iterator<Item = Op> {
        let rows = self.rows(table).iter();
        rows.map(move |(key, value)| Op::Put(table, key.clone(), value.clone()))
    }

    /// One row.
    pub(super) fn get(&self, table: Table, key: &Bytes) -> Option<Bytes> {
        self.rows(table).get(key).cloned()
    }

    /// The first rows of a range.
    pub(super) fn page(&self, table: Table, range: KeyRange, limit: PageLimit) -> Page {
        let rows = self.range(table, range);
        let rows = rows.map(|(key, value)| (key.clone(), value.clone(), key.len() + value.len()));
        let (rows, more) = first(rows, limit);
        Page { rows, more }
    }

    /// The first records of a log from a position on.
    pub(super) fn records(&self, lane: LaneId, from: Position, limit: PageLimit) -> Records {
        let records = self.log.range((lane, from)..=(lane, Position(u64::MAX)));
        let records =
            records.map(|(&(_, position), record)| (position, record.clone(), 25 + record.len()));
        let (records, more) = first(records, limit);
        Records { records, more }
    }

    /// Those records of a log that are there of these.
    pub(super) fn records_at(
        &self,
        lane: LaneId,
        positions: Vec<Position>,
    ) -> Vec<(Position, Bytes)> {
        let record = |at| Some((at, self.log.get(&(lane, at))?.clone()));
        positions.into_iter().filter_map(record).collect()
    }

    /// The position of a log's last record.
    pub(super) fn last_position(&self, lane: LaneId) -> Option<Position> {
        let records = self.log.range((lane, Position(0))..=(lane, Position(u64::MAX)));
        records.map(|(&(_, position), _)| position).next_back()
    }

    /// The rows of a range.
    pub(super) fn range(
        &self,
        table: Table,
        range: KeyRange,
    ) -> impl Iterator<Item = (&Bytes, &Bytes)> {
        let end = range.end.map_or(Bound::Unbounded, Bound::Excluded);
        let keys = (Bound::Included(range.start), end);
        let rows = (!is_void(&keys)).then(|| self.rows(table).range(keys));
        rows.into_iter().flatten()
    }

    fn rows(&self, table: Table) -> &BTreeMap<Bytes, Bytes> {
        &self.tables[table as usize - 1]
    }

    fn rows_mut(&mut self, table: Table) -> &mut BTreeMap<Bytes, Bytes> {
        &mut self.tables[table as usize - 1]
    }
}

fn size(bytes: &Bytes) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

fn logged(lane: LaneId, position: Position, record: Option<Bytes>) -> Op {
    match record {
        Some(record) => Op::Append(lane, position, record),
        None => Op::Release(lane, position),
    }
}

fn row(table: Table, key: Bytes, value: Option<Bytes>) -> Op {
    match value {
        Some(value) => Op::Put(table, key, value),
        None => Op::Delete(table, key),
    }
}

/// A map panics when asked for a range that ends before it starts.
fn is_void(keys: &(Bound<Bytes>, Bound<Bytes>)) -> bool {
    match (keys.start_bound(), keys.end_bound()) {
        (Bound::Included(start), Bound::Excluded(end)) => start >= end,
        _ => false,
    }
}

/// As many as fit, at least one, and whether there are more.
fn first<K, V>(all: impl Iterator<Item = (K, V, usize)>, limit: PageLimit) -> (Vec<(K, V)>, bool) {
    let (mut taken, mut bytes) = (Vec::new(), 0);
    for (key, value, size) in all {
        if !taken.is_empty() && (taken.len() >= limit.rows || bytes >= limit.bytes) {
            return (taken, true);
        }
        bytes += size;
        taken.push((key, value));
    }
    (taken, false)
}
