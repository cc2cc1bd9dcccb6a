//! What was fetched for a FIFO queue.

use std::collections::{BTreeMap, BTreeSet};

use store::Position;

use crate::model::backlog::{Stored, Supply};
use crate::model::fifo::{Fifo, Group};

impl Fifo {
    /// Keeps what was fetched, as far as it is still wanted.
    pub(crate) fn supply(&mut self, supply: Supply) {
        match supply {
            Supply::Fresh { from, upto, records } if from == self.end => {
                self.extend(upto, records);
            }
            Supply::Fresh { .. } | Supply::Ahead { .. } => {}
            Supply::Returned { asked, records } => self.keep(&asked, records),
        }
    }

    /// The index reaches farther.
    fn extend(&mut self, upto: Position, records: Vec<(Position, Stored)>) {
        let records: BTreeMap<_, _> = records.into_iter().collect();
        let mut groups: BTreeSet<Group> = records.values().map(|stored| stored.group).collect();
        let tracked = self.tracked.range(self.end..upto).map(|(position, _)| *position);
        // A row without a record: nothing to deliver, and nothing to wait for.
        let bare: Vec<_> = tracked.filter(|position| !records.contains_key(position)).collect();
        groups.extend(bare.iter().filter_map(|at| self.untrack(*at)).map(|message| message.group));
        for (position, stored) in records {
            if !self.gone.contains(&position) {
                self.add(position, stored);
            }
        }
        self.end = upto;
        self.gone = self.gone.split_off(&upto);
        groups.into_iter().for_each(|group| self.place(group));
    }

    fn keep(&mut self, asked: &[Position], records: Vec<(Position, Stored)>) {
        let mut there: Vec<Position> = records.iter().map(|(at, _)| *at).collect();
        there.sort_unstable();
        // A message without a record: nothing to deliver, and nothing to wait for.
        for position in asked.iter().filter(|at| there.binary_search(at).is_err()) {
            if self.known.contains_key(position) {
                self.drop_dead(*position);
            } else {
                self.remove(*position);
            }
        }
        self.records.make_room(records.iter().map(|(_, stored)| stored.bytes.len()).sum());
        self.came(asked);
        for (position, stored) in records {
            if let Some(known) = self.known.get_mut(&position) {
                self.records.remove(known.place, position);
                known.place = self.records.put(position, stored);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base::{Span, Timestamp};

    use super::*;
    use crate::keys::Marks;
    use crate::model::backlog::{Need, Receive, Tracked};
    use crate::model::fifo::{LOOKAHEAD, Seen};
    use crate::model::testing;

    const NOW: Timestamp = Timestamp::from_millis(10);

    fn in_group(group: u64) -> Stored {
        Stored { group: Group(group), ..testing::stored(1) }
    }

    /// As loaded: three messages of one group, of which the first is in flight.
    fn loaded() -> Fifo {
        let marks = Marks { tail: 3, fresh: 2, ..Marks::default() };
        let first = Tracked::delayed(Timestamp::from_millis(1), Timestamp::from_millis(100));
        let first = first.in_group(Group(7)).received_again(NOW, Timestamp::from_millis(100));
        let seen = (Span::ZERO, Seen::default());
        Fifo::load(&marks, Position(3), ([(Position(0), first)], 0), seen)
    }

    fn take(fifo: &Fifo, most: usize) -> Result<Vec<u64>, Need> {
        let (visibility, retention) = (Span::from_seconds(1), Span::from_seconds(60));
        let taken = fifo.take(Receive { most, now: NOW, visibility, retention, redrive: None })?;
        Ok(taken.picks.iter().map(|pick| pick.position.0).collect())
    }

    fn supply(fifo: &mut Fifo, from: u64, positions: std::ops::Range<u64>) {
        let upto = Position(positions.end);
        let records = positions.map(|position| (Position(position), in_group(7))).collect();
        fifo.supply(Supply::Fresh { from: Position(from), upto, records });
    }

    #[test]
    fn a_receive_reads_on_until_it_has_enough_and_a_row_locks_its_group_before() {
        let mut fifo = loaded();
        assert_eq!(take(&fifo, 1), Err(Need::Fresh { from: Position(0), upto: Position(3) }));
        supply(&mut fifo, 0, 0..2);
        assert_eq!(take(&fifo, 1), Err(Need::Fresh { from: Position(2), upto: Position(3) }));
        supply(&mut fifo, 2, 2..3);
        assert_eq!(take(&fifo, 1), Ok(vec![]));
        fifo.remove(Position(0));
        assert_eq!(take(&fifo, 1), Ok(vec![1]));
    }

    #[test]
    fn a_message_that_goes_while_the_index_is_read_does_not_come_back() {
        let mut fifo = loaded();
        fifo.remove(Position(0));
        supply(&mut fifo, 0, 0..3);
        assert_eq!(take(&fifo, 10), Ok(vec![1, 2]));
        assert_eq!(fifo.counts().visible, 2);
    }

    #[test]
    fn a_purge_while_the_index_is_read_stays_one() {
        let mut fifo = loaded();
        fifo.purge();
        supply(&mut fifo, 0, 0..3);
        assert_eq!((take(&fifo, 10), fifo.head()), (Ok(vec![]), Position(3)));
    }

    #[test]
    fn a_row_without_a_record_locks_nothing() {
        let mut fifo = loaded();
        supply(&mut fifo, 0, 1..3);
        assert_eq!(take(&fifo, 10), Ok(vec![1, 2]));
        assert_eq!(fifo.counts().in_flight, 0);
    }

    #[test]
    fn only_the_first_messages_are_looked_through() {
        let mut fifo = Fifo::default();
        let count = LOOKAHEAD as u64 + 10;
        for position in 0..count {
            let group = if position < LOOKAHEAD as u64 { 1 } else { 2 };
            fifo.send(Position(position), in_group(group), None);
        }
        let receive = Receive {
            most: 1,
            now: NOW,
            visibility: Span::from_seconds(1),
            retention: Span::from_seconds(60),
            redrive: None,
        };
        let taken = fifo.take(receive).unwrap();
        fifo.apply_taken(taken);
        assert_eq!(take(&fifo, 1), Ok(vec![]), "group 2 is too far behind");
        fifo.remove(Position(0));
        let taken = fifo.take(receive).unwrap();
        assert_eq!(taken.picks[0].position, Position(1));
        fifo.apply_taken(taken);
        let (from, upto) = (Position(LOOKAHEAD as u64), Position(count));
        assert_eq!(take(&fifo, 1), Err(Need::Fresh { from, upto }), "there is room for more");
    }
}
