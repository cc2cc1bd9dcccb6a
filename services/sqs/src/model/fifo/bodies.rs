//! Records of the index that are in memory.

use std::collections::BTreeMap;

use store::Position;

use crate::model::backlog::Stored;

/// Bytes of records beyond which a new message is left to the log, and what was there makes room for what is
/// fetched.
const ROOM: usize = 1 << 20;

/// Records by position: no more than [`ROOM`] bytes, or what one fetch has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bodies {
    records: BTreeMap<Position, Stored>,
    bytes: usize,
}

impl Bodies {
    pub(crate) fn get(&self, position: Position) -> Option<&Stored> {
        self.records.get(&position)
    }

    /// Keeps a record if there is room.
    pub(crate) fn offer(&mut self, position: Position, stored: Stored) {
        if self.bytes < ROOM {
            self.put(position, stored);
        }
    }

    /// Keeps what one fetch has brought, whatever its size, because a decision needs it all at once; if there
    /// is no room, instead of all others.
    pub(crate) fn insert(&mut self, fetched: Vec<(Position, Stored)>) {
        let bytes: usize = fetched.iter().map(|(_, stored)| stored.bytes.len()).sum();
        if self.bytes + bytes > ROOM {
            *self = Bodies::default();
        }
        fetched.into_iter().for_each(|(position, stored)| self.put(position, stored));
    }

    pub(crate) fn remove(&mut self, position: Position) {
        if let Some(stored) = self.records.remove(&position) {
            self.bytes -= stored.bytes.len();
        }
    }

    fn put(&mut self, position: Position, stored: Stored) {
        self.bytes += stored.bytes.len();
        if let Some(before) = self.records.insert(position, stored) {
            self.bytes -= before.bytes.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;
    use crate::model::fifo::Group;

    fn stored(bytes: usize) -> Stored {
        let bytes = bytes::Bytes::from(vec![0; bytes]);
        Stored { sent: Timestamp::ZERO, bytes, group: Group::default() }
    }

    #[test]
    fn what_is_fetched_is_kept_and_memory_stays_bounded() {
        let mut bodies = Bodies::default();
        for position in 0..100 {
            bodies.offer(Position(position), stored(ROOM / 4));
        }
        assert_eq!(bodies.records.len(), 4);
        bodies.insert(vec![(Position(50), stored(ROOM)), (Position(51), stored(ROOM))]);
        assert_eq!(bodies.records.len(), 2);
        bodies.insert(vec![(Position(52), stored(1))]);
        assert_eq!((bodies.records.len(), bodies.bytes), (1, 1));
        bodies.insert(vec![(Position(52), stored(2))]);
        bodies.remove(Position(52));
        assert_eq!(bodies, Bodies::default());
    }
}
