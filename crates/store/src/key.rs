//! The names by which an engine finds things.

use std::fmt;

use base::Incarnation;
use bytes::Bytes;

/// A table: rows of one kind of lifetime and access. The ids are on disk and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// State of lanes, keyed by incarnation first.
    Lane = 1,
    /// Which names exist.
    Names = 2,
    /// Who points at whom.
    Refs = 3,
    /// What happens later, keyed by time first.
    Due = 4,
    /// What must be delivered to other lanes.
    Outbox = 5,
}

impl Table {
    /// All of them.
    pub const ALL: [Table; 5] = [Table::Lane, Table::Names, Table::Refs, Table::Due, Table::Outbox];
}

/// A lane within its slot: the life of the thing that it belongs to.
pub type LaneId = Incarnation;

/// The place of a record in its lane's log. Chosen by the lane, rising, never used twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// A commit of a slot: the first is 1, each next one higher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitNumber(pub u64);

/// A term of ownership of a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// A process that owns slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NodeId(pub u64);

/// The keys from `start` up to, and without, `end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key.
    pub start: Bytes,
    /// The first key after the range; `None` for the end of the table.
    pub end: Option<Bytes>,
}

impl KeyRange {
    /// All keys of a table.
    pub const ALL: KeyRange = KeyRange { start: Bytes::new(), end: None };

    /// All keys that begin with `prefix`.
    pub fn prefix(prefix: impl Into<Bytes>) -> Self {
        let start = prefix.into();
        let end = successor(&start);
        KeyRange { start, end }
    }

    /// The part of this range at or after `key`.
    pub fn starting_at(self, key: impl Into<Bytes>) -> Self {
        let key = key.into();
        KeyRange { start: self.start.max(key), end: self.end }
    }

    /// The part of this range behind `key`: where a page goes on whose last key that was.
    pub fn behind(self, key: &[u8]) -> Self {
        self.starting_at([key, &[0]].concat())
    }
}

/// The first key after all keys that begin with `prefix`.
fn successor(prefix: &[u8]) -> Option<Bytes> {
    let last = prefix.iter().rposition(|&byte| byte != u8::MAX)?;
    let mut next = prefix[..=last].to_vec();
    next[last] += 1;
    Some(next.into())
}

impl Position {
    /// The one after it.
    pub const fn next(self) -> Position {
        Position(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for CommitNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_covers_its_keys_and_no_others() {
        let range = KeyRange::prefix(&b"a\xff"[..]);
        assert_eq!(range.end.as_deref(), Some(&b"b"[..]));
        assert_eq!(KeyRange::prefix(&b"\xff\xff"[..]).end, None);
        assert_eq!(KeyRange::prefix(&b""[..]), KeyRange::ALL);
        let later = KeyRange::prefix(&b"a"[..]).starting_at(&b"ab"[..]);
        assert_eq!((&later.start[..], later.end.as_deref()), (&b"ab"[..], Some(&b"b"[..])));
        let behind = KeyRange::prefix(&b"a"[..]).behind(b"ab");
        assert_eq!((&behind.start[..], behind.end.as_deref()), (&b"ab\0"[..], Some(&b"b"[..])));
    }
}
