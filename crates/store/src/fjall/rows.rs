//! The on-disk schema: which row stands where, under which key.
//!
//! | keyspace | key | value |
//! |---|---|---|
//! | `log` | slot (1), lane (16), position (8, big-endian) | the record |
//! | `lane`, `names`, `refs`, `due`, `outbox` | slot (1), the table's key | the row |
//! | `meta` | `c`, slot (1) | the slot's newest commit number (8, big-endian) |
//! | `meta` | `e`, slot (1) | the slot's epoch (8), the owner's node (8), big-endian |
//! | `meta` | `s`, slot (1), lane (16) | the position at which a trimmed log starts (8, big-endian) |
//!
//! A keyspace holds rows of one kind of lifetime, so that those which go together are compacted together.

use std::ops::{Bound, RangeBounds};

use base::SlotId;
use bytes::{BufMut, Bytes};

use crate::{CommitNumber, Epoch, KeyRange, LaneId, NodeId, Op, Position, Table};

/// A keyspace of rows that batches write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Log,
    /// Rows of `meta`, which only ever rise: see `log_starts.rs`.
    LogStart,
    Table(Table),
}

impl Place {
    /// The keyspace's name on disk.
    pub(super) fn name(self) -> &'static str {
        match self {
            Place::Log => "log",
            Place::LogStart => "meta",
            Place::Table(Table::Lane) => "lane",
            Place::Table(Table::Names) => "names",
            Place::Table(Table::Refs) => "refs",
            Place::Table(Table::Due) => "due",
            Place::Table(Table::Outbox) => "outbox",
        }
    }
}

/// A row to write, or to delete where it has no value.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) place: Place,
    pub(super) key: Bytes,
    pub(super) value: Option<Bytes>,
}

impl Row {
    /// The row that a change of a slot comes down to. Values move; only keys are written anew, because
    /// they get a prefix.
    pub(super) fn of(slot: SlotId, op: Op) -> Self {
        match op {
            Op::Append(lane, position, record) => Row {
                place: Place::Log,
                key: log_key(slot, lane, position).into(),
                value: Some(record),
            },
            Op::Release(lane, position) => {
                Row { place: Place::Log, key: log_key(slot, lane, position).into(), value: None }
            }
            Op::Trim(lane, below) => Row {
                place: Place::LogStart,
                key: Bytes::copy_from_slice(&start_key(slot, lane)),
                value: Some(Bytes::copy_from_slice(&below.0.to_be_bytes())),
            },
            Op::Put(table, key, value) => Row {
                place: Place::Table(table),
                key: table_key(slot, &key).into(),
                value: Some(value),
            },
            Op::Delete(table, key) => {
                Row { place: Place::Table(table), key: table_key(slot, &key).into(), value: None }
            }
        }
    }
}

/// The length of what comes before a table's key.
pub(super) const PREFIX: usize = 1;
const LANE: usize = PREFIX + 16;
const LOG_KEY: usize = LANE + 8;

/// The key of a row.
pub(super) fn table_key(slot: SlotId, key: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PREFIX + key.len());
    bytes.put_u8(slot.number());
    bytes.put_slice(key);
    bytes
}

/// The key of a record.
pub(super) fn log_key(slot: SlotId, lane: LaneId, position: Position) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(LOG_KEY);
    bytes.put_u8(slot.number());
    bytes.put_slice(lane.as_bytes());
    bytes.put_u64(position.0);
    bytes
}

/// The position in the key of a record; `None` if it is not such a key.
pub(super) fn position(key: &[u8]) -> Option<Position> {
    start(key.get(LANE..)?)
}

/// The slot, the lane and the position of a record's key; `None` if it is not such a key.
pub(super) fn log_place(key: &[u8]) -> Option<(SlotId, LaneId, Position)> {
    let lane = LaneId::from_bytes(key.get(PREFIX..LANE)?.try_into().ok()?);
    Some((SlotId::from_number(*key.first()?), lane, position(key)?))
}

/// The first byte of the keys of the logs' starts.
pub(super) const LOG_START: u8 = b's';

/// The key of the start of a log.
pub(super) fn start_key(slot: SlotId, lane: LaneId) -> [u8; LANE + 1] {
    let mut key = [0; LANE + 1];
    (key[0], key[1]) = (LOG_START, slot.number());
    key[2..].copy_from_slice(lane.as_bytes());
    key
}

/// The start of a log as it is read; `None` if it is not one.
pub(super) fn start(value: &[u8]) -> Option<Position> {
    Some(Position(u64::from_be_bytes(value.try_into().ok()?)))
}

/// The change that would write a row; `None` if the key is none of ours.
pub(super) fn entry(place: Place, key: Bytes, value: Bytes) -> Option<(SlotId, Op)> {
    match place {
        Place::Log => {
            let (slot, lane, position) = log_place(&key)?;
            Some((slot, Op::Append(lane, position, value)))
        }
        Place::LogStart => None,
        Place::Table(table) => {
            let slot = SlotId::from_number(*key.first()?);
            Some((slot, Op::Put(table, key.slice(PREFIX..), value)))
        }
    }
}

/// A range of whole keys.
pub(super) type Keys = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// A slot's part of a table, narrowed to a range.
pub(super) fn table_range(slot: SlotId, range: &KeyRange) -> Keys {
    let end = match (&range.end, slot.number().checked_add(1)) {
        (Some(end), _) => Bound::Excluded(table_key(slot, end)),
        (None, Some(next_slot)) => Bound::Excluded(vec![next_slot]),
        (None, None) => Bound::Unbounded,
    };
    (Bound::Included(table_key(slot, &range.start)), end)
}

/// A lane's log from a position on.
pub(super) fn log_range(slot: SlotId, lane: LaneId, from: Position) -> Keys {
    (
        Bound::Included(log_key(slot, lane, from)),
        Bound::Included(log_key(slot, lane, Position(u64::MAX))),
    )
}

/// The records at these positions of a log and between them.
pub(super) fn log_run(slot: SlotId, lane: LaneId, run: &[Position]) -> Keys {
    let key = |position: Option<&Position>| {
        log_key(slot, lane, position.copied().unwrap_or(Position(u64::MAX)))
    };
    (Bound::Included(key(run.first())), Bound::Included(key(run.last())))
}

/// Whether no key can be in it; the engine panics when asked for a range that ends before it starts.
pub(super) fn is_void(keys: &Keys) -> bool {
    match (keys.start_bound(), keys.end_bound()) {
        (Bound::Included(start), Bound::Excluded(end)) => start >= end,
        (Bound::Included(start), Bound::Included(end)) => start > end,
        _ => false,
    }
}

/// The key of a slot's commit number.
pub(super) fn commit_key(slot: SlotId) -> [u8; 2] {
    [b'c', slot.number()]
}

/// The key of a slot's epoch.
pub(super) fn epoch_key(slot: SlotId) -> [u8; 2] {
    [b'e', slot.number()]
}

/// A commit number as it is written.
pub(super) fn commit_value(number: CommitNumber) -> [u8; 8] {
    number.0.to_be_bytes()
}

/// A commit number as it is read; `None` if it is not one.
pub(super) fn commit_number(value: &[u8]) -> Option<CommitNumber> {
    Some(CommitNumber(u64::from_be_bytes(value.try_into().ok()?)))
}

/// An epoch and its owner as they are written.
pub(super) fn epoch_value(epoch: Epoch, node: NodeId) -> [u8; 16] {
    (u128::from(epoch.0) << 64 | u128::from(node.0)).to_be_bytes()
}

/// An epoch as it is read; `None` if it is not one.
pub(super) fn epoch(value: &[u8]) -> Option<Epoch> {
    let both = u128::from_be_bytes(value.try_into().ok()?);
    Some(Epoch(u64::try_from(both >> 64).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lane(byte: u8) -> LaneId {
        LaneId::from_bytes([byte; 16])
    }

    #[test]
    fn the_keys_on_disk_stay_as_they_are() {
        let key = log_key(SlotId::from_number(7), lane(1), Position(258));
        assert_eq!(key[..17], [7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        assert_eq!(key[17..], [0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(table_key(SlotId::from_number(7), b"ab"), b"\x07ab");
        assert_eq!(commit_key(SlotId::from_number(7)), *b"c\x07");
        assert_eq!(epoch_value(Epoch(1), NodeId(2))[7..], [1, 0, 0, 0, 0, 0, 0, 0, 2]);
        let names = Table::ALL.map(|table| Place::Table(table).name());
        assert_eq!(names, ["lane", "names", "refs", "due", "outbox"]);
    }

    #[test]
    fn the_last_slot_has_no_next_one_to_end_at() {
        let (start, end) = table_range(SlotId::from_number(255), &KeyRange::ALL);
        assert_eq!((start, end), (Bound::Included(vec![255]), Bound::Unbounded));
    }

    #[test]
    fn a_range_that_ends_before_it_starts_is_void() {
        let range = KeyRange { start: Bytes::from("b"), end: Some(Bytes::from("a")) };
        assert!(is_void(&table_range(SlotId::from_number(0), &range)));
        assert!(!is_void(&table_range(SlotId::from_number(0), &KeyRange::ALL)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number: u64, term: u64, node: u64, at: u64, slot: u8) {
            let commit = CommitNumber(number);
            prop_assert_eq!(commit_number(&commit_value(commit)), Some(commit));
            prop_assert_eq!(epoch(&epoch_value(Epoch(term), NodeId(node))), Some(Epoch(term)));
            let slot = SlotId::from_number(slot);
            let key = log_key(slot, lane(9), Position(at));
            prop_assert_eq!(position(&key), Some(Position(at)));
            for op in [
                Op::Append(lane(9), Position(at), Bytes::from("record")),
                Op::Put(Table::Due, Bytes::from("key"), Bytes::from("value")),
            ] {
                let row = Row::of(slot, op.clone());
                let value = row.value.unwrap_or_default();
                prop_assert_eq!(entry(row.place, row.key, value), Some((slot, op)));
            }
        }
    }
}
