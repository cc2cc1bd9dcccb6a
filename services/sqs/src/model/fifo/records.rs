//! Records of the index that are in memory.

use store::Position;

use crate::model::backlog::Stored;
use crate::model::fifo::ahead;

/// Bytes of records beyond which a new message is left to the log.
const NEW: usize = 1 << 20;
/// Bytes of records beyond which what was there makes room for what is fetched: new ones, what is left of what was
/// read ahead, and what is read next have room beside each other.
const ROOM: usize = NEW + 2 * ahead::BYTES;

/// Where the record of a message was put; it may not be there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u32);

impl Place {
    /// Of a message whose record is not in memory.
    pub(super) const NONE: Place = Place(u32::MAX);
}

/// Records of messages, which remember where theirs was put, so that it is found without searching: no more
/// than [`ROOM`] bytes, or what one fetch has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    all: Vec<Option<(Position, Stored)>>,
    free: Vec<Place>,
    bytes: usize,
}

impl Records {
    /// The record of the message at that position, if it is still where it was put.
    pub(super) fn get(&self, place: Place, position: Position) -> Option<&Stored> {
        let (at, stored) = self.all.get(place.0 as usize)?.as_ref()?;
        (*at == position).then_some(stored)
    }

    /// Keeps the record of a new message if there is room.
    pub(super) fn offer(&mut self, position: Position, stored: Stored) -> Place {
        if self.bytes < NEW { self.put(position, stored) } else { Place::NONE }
    }

    /// Makes room for what one fetch has brought, whatever its size, because a decision needs it all at once:
    /// if there is not enough, all others go.
    pub(super) fn make_room(&mut self, bytes: usize) {
        if self.bytes + bytes > ROOM {
            *self = Records::default();
        }
    }

    /// Keeps a record that is not here.
    pub(super) fn put(&mut self, position: Position, stored: Stored) -> Place {
        self.bytes += stored.bytes.len();
        let place = self.free.pop().unwrap_or_else(|| {
            self.all.push(None);
            Place(u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX))
        });
        if let Some(record) = self.all.get_mut(place.0 as usize) {
            *record = Some((position, stored));
        }
        place
    }

    /// Forgets the record of the message at that position.
    pub(super) fn remove(&mut self, place: Place, position: Position) {
        let Some(record) = self.all.get_mut(place.0 as usize) else { return };
        if let Some((_, stored)) = record.take_if(|(at, _)| *at == position) {
            self.bytes -= stored.bytes.len();
            self.free.push(place);
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

    fn count(records: &Records) -> usize {
        records.all.iter().flatten().count()
    }

    #[test]
    fn what_is_fetched_is_kept_and_memory_stays_bounded() {
        let mut records = Records::default();
        for position in 0..100 {
            records.offer(Position(position), stored(NEW / 4));
        }
        assert_eq!(count(&records), 4);
        records.make_room(2 * ROOM);
        for position in [50, 51] {
            records.put(Position(position), stored(ROOM));
        }
        assert_eq!(count(&records), 2);
        records.make_room(1);
        assert_eq!(records, Records::default());
    }

    #[test]
    fn a_place_is_used_again_and_gives_nobody_the_record_of_another() {
        let mut records = Records::default();
        let first = records.put(Position(1), stored(1));
        records.remove(first, Position(2));
        assert_eq!(records.get(first, Position(1)), Some(&stored(1)));
        records.remove(first, Position(1));
        let second = records.put(Position(2), stored(2));
        assert_eq!(records.get(first, Position(1)), None);
        assert_eq!(records.get(second, Position(2)), Some(&stored(2)));
        records.remove(first, Position(1));
        records.remove(Place::NONE, Position(2));
        assert_eq!((records.bytes, records.all.len()), (2, 1));
    }
}
