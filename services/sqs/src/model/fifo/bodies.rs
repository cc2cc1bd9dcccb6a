//! Records of the index that are in memory.

use std::collections::BTreeMap;

use store::Position;

use crate::model::backlog::{Stored, WINDOW};

/// Records by position: no more than [`WINDOW`] bytes and what one receive has fetched.
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
        if self.bytes < WINDOW {
            self.put(position, stored);
        }
    }

    /// Keeps records that a receive has fetched; if there is no room, instead of all others.
    pub(crate) fn insert(&mut self, fetched: Vec<(Position, Stored)>) {
        if self.bytes >= WINDOW {
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
        self.remove(position);
        self.bytes += stored.bytes.len();
        self.records.insert(position, stored);
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
            bodies.offer(Position(position), stored(WINDOW / 4));
        }
        assert_eq!(bodies.records.len(), 4);
        bodies.insert(vec![(Position(50), stored(WINDOW)), (Position(51), stored(WINDOW))]);
        assert_eq!(bodies.records.len(), 2);
        bodies.remove(Position(50));
        bodies.remove(Position(51));
        assert_eq!(bodies, Bodies::default());
    }
}
