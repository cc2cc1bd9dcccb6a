//! The rows of a queue on disk.
//!
//! All values but a record's head are protocol buffers: fields may be added, their numbers are never used
//! again. Rows of a queue's life begin with its incarnation.

mod crossing;
mod due_kind;
mod messages;

use std::collections::BTreeMap;

use base::{Incarnation, Timestamp};
use bytes::Bytes;
use prost::Message;
use store::{Position, StoreError};

use crate::model::fifo::seen::TogetherKey;
pub(crate) use crossing::{CrossingRow, StreamRow, TaskRow, TasksRow};
pub(crate) use due_kind::DueKind;
pub(crate) use messages::{AttributeRecord, Record, SeenMessage, SeenRow, TrackedRow};

/// A row in the table of lanes: `incarnation | kind | …`. The numbers are on disk and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// [`Definition`]; one a queue.
    Definition,
    /// [`Marks`]; one a queue.
    Marks,
    /// [`TrackedRow`]; one a message that is not simply waiting for its first receive.
    Tracked(Position),
    /// [`PurgeRow`]; one a queue that was ever purged.
    Purge,
    /// [`CrossingRow`]; one a queue that ever sent a message to another one.
    Crossing,
    /// [`StreamRow`]; one a queue's life that ever sent messages here.
    Stream(Incarnation),
    /// [`TasksRow`]; one a queue that ever had a move task.
    Tasks,
    /// [`SeenRow`]; one for the messages that came to a FIFO queue together in the last five minutes: until
    /// when they count, and the position of the first.
    Seen(TogetherKey),
}

/// The row of a queue's name.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct NameRow {
    /// The queue's present life, or its last.
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) incarnation: Bytes,
    /// When it was deleted, if it is remembered for AWS's waiting period only.
    #[prost(uint64, optional, tag = "2")]
    pub(crate) deleted_ms: Option<u64>,
}

/// What a queue is.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Definition {
    #[prost(uint64, tag = "1")]
    pub(crate) created_ms: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) modified_ms: u64,
    /// Seals receipt handles.
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) secret: Bytes,
    /// Attributes that were set, as AWS names and writes them.
    #[prost(btree_map = "string, string", tag = "4")]
    pub(crate) attributes: BTreeMap<String, String>,
    #[prost(btree_map = "string, string", tag = "5")]
    pub(crate) tags: BTreeMap<String, String>,
}

/// Where a queue's messages begin and end.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct Marks {
    /// No message that is still there is below.
    #[prost(uint64, tag = "1")]
    pub(crate) head: u64,
    /// All that were received, or dropped before that, are below.
    #[prost(uint64, tag = "2")]
    pub(crate) cursor: u64,
    /// No position at or above has been used when this was written.
    #[prost(uint64, tag = "3")]
    pub(crate) tail: u64,
    /// When the next sweep is due.
    #[prost(uint64, optional, tag = "4")]
    pub(crate) sweep_ms: Option<u64>,
    /// How many messages between cursor and tail were never received nor delayed.
    #[prost(uint64, tag = "5")]
    pub(crate) fresh: u64,
}

/// The newest purge of a queue.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct PurgeRow {
    /// When it was asked for.
    #[prost(uint64, tag = "1")]
    pub(crate) at_ms: u64,
    /// Rows and records of purged messages that are still there have positions from this one ...
    #[prost(uint64, tag = "2")]
    pub(crate) from: u64,
    /// ... up to, and without, this one.
    #[prost(uint64, tag = "3")]
    pub(crate) below: u64,
    /// When the next of them are deleted; none when all are.
    #[prost(uint64, optional, tag = "4")]
    pub(crate) trim_ms: Option<u64>,
}

impl Key {
    /// The row's key.
    pub(crate) fn of(self, incarnation: &Incarnation) -> Bytes {
        let mut key = Vec::with_capacity(41);
        key.extend_from_slice(incarnation.as_bytes());
        match self {
            Key::Definition => key.push(1),
            Key::Marks => key.push(2),
            Key::Tracked(position) => {
                key.push(3);
                key.extend_from_slice(&position.0.to_be_bytes());
            }
            Key::Purge => key.push(4),
            Key::Crossing => key.push(20),
            Key::Stream(source) => {
                key.push(21);
                key.extend_from_slice(source.as_bytes());
            }
            Key::Tasks => key.push(22),
            Key::Seen((until, first)) => {
                key.push(10);
                key.extend_from_slice(&until.millis().to_be_bytes());
                key.extend_from_slice(&first.0.to_be_bytes());
            }
        }
        key.into()
    }

    /// What all rows of tracked messages begin with.
    pub(crate) fn all_tracked(incarnation: &Incarnation) -> Bytes {
        [&incarnation.as_bytes()[..], &[3]].concat().into()
    }

    /// What all rows of streams begin with.
    pub(crate) fn all_streams(incarnation: &Incarnation) -> Bytes {
        [&incarnation.as_bytes()[..], &[21]].concat().into()
    }

    /// The life of a queue in the key of its stream's row.
    pub(crate) fn stream_source(key: &[u8]) -> Result<Incarnation, StoreError> {
        let source = key.last_chunk::<16>().filter(|_| key.len() == 33);
        source
            .map(|source| Incarnation::from_bytes(*source))
            .ok_or_else(|| StoreError::Damaged("the key of a stream".into()))
    }

    /// What all rows of sent messages begin with.
    pub(crate) fn all_seen(incarnation: &Incarnation) -> Bytes {
        [&incarnation.as_bytes()[..], &[10]].concat().into()
    }

    /// What the key of the row of sent messages says.
    pub(crate) fn seen_of(key: &[u8]) -> Result<TogetherKey, StoreError> {
        let rest = key.get(17..).and_then(|rest| rest.split_first_chunk::<8>());
        let until = rest.map(|(until, _)| Timestamp::from_millis(u64::from_be_bytes(*until)));
        let first = rest.and_then(|(_, first)| first.try_into().ok());
        let first = first.map(|first| Position(u64::from_be_bytes(first)));
        until.zip(first).ok_or_else(|| StoreError::Damaged("the key of sent messages".into()))
    }

    /// The position in the key of a tracked message's row.
    pub(crate) fn tracked_position(key: &[u8]) -> Result<Position, StoreError> {
        let position = key.last_chunk::<8>().filter(|_| key.len() == 25);
        position
            .map(|position| Position(u64::from_be_bytes(*position)))
            .ok_or_else(|| StoreError::Damaged("the key of a tracked message".into()))
    }
}

/// A row's value.
pub(crate) fn encode(row: &impl Message) -> Bytes {
    row.encode_to_vec().into()
}

/// Reads a row's value.
pub(crate) fn decode<M: Message + Default>(value: Bytes) -> Result<M, StoreError> {
    M::decode(value).map_err(|error| StoreError::Damaged(format!("a row of a queue: {error}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn positions_survive_their_key(incarnation: [u8; 16], position: u64) {
            let incarnation = Incarnation::from_bytes(incarnation);
            let key = Key::Tracked(Position(position)).of(&incarnation);
            prop_assert_eq!(Key::tracked_position(&key), Ok(Position(position)));
            prop_assert!(key.starts_with(&Key::all_tracked(&incarnation)));
        }

        #[test]
        fn what_was_sent_survives_its_key(incarnation: [u8; 16], until: u64, first: u64) {
            let (incarnation, until) =
                (Incarnation::from_bytes(incarnation), Timestamp::from_millis(until));
            let together = (until, Position(first));
            let key = Key::Seen(together).of(&incarnation);
            prop_assert_eq!(Key::seen_of(&key), Ok(together));
            prop_assert!(key.starts_with(&Key::all_seen(&incarnation)));
            prop_assert!(Key::seen_of(&key[1..]).is_err());
        }

        #[test]
        fn tracked_rows_survive(sent_ms: u64, visible_ms: u64, receives: u32) {
            let row = TrackedRow { sent_ms, visible_ms, receives, ..Default::default() };
            prop_assert_eq!(decode::<TrackedRow>(encode(&row)), Ok(row));
        }

        #[test]
        fn streams_survive_their_key(incarnation: [u8; 16], source: [u8; 16]) {
            let (incarnation, source) =
                (Incarnation::from_bytes(incarnation), Incarnation::from_bytes(source));
            let key = Key::Stream(source).of(&incarnation);
            prop_assert_eq!(Key::stream_source(&key), Ok(source));
            prop_assert!(key.starts_with(&Key::all_streams(&incarnation)));
        }

        #[test]
        fn damaged_rows_are_refused(bytes: Vec<u8>) {
            _ = decode::<Definition>(bytes.clone().into());
            _ = decode::<Record>(bytes.into());
        }
    }

    #[test]
    fn a_due_rows_number_is_its_kind() {
        for kind in [
            DueKind::Sweep,
            DueKind::Reclaim,
            DueKind::Trim,
            DueKind::Forget,
            DueKind::Relay,
            DueKind::Move,
        ] {
            assert_eq!(DueKind::from_number(kind as u8), Some(kind));
        }
        assert_eq!(DueKind::from_number(0), None);
    }

    #[test]
    fn keys_sort_by_position() {
        let incarnation = Incarnation::from_bytes([7; 16]);
        let key = |position| Key::Tracked(Position(position)).of(&incarnation);
        assert!(key(1) < key(2) && key(255) < key(256));
        assert!(Key::tracked_position(&Key::Marks.of(&incarnation)).is_err());
    }
}
