//! What a receive reads beside its own messages: those of the receives that come next. Messages of a group
//! stand far apart in the log when there are many groups, so each receive would wait for a read of its own.

use std::collections::BTreeSet;

use store::Position;

use crate::model::fifo::{Fifo, Group};

/// Bytes of records for the next receives.
const BYTES: usize = 512 << 10;
/// How many messages are looked at for them.
const MESSAGES: usize = 1000;

impl Fifo {
    /// What a receive reads that lacks its own messages: these, and those that the next receives get, if they
    /// are like it. What leaves the queue, or is given again, is of a locked group and comes alone.
    pub(crate) fn with_next(&self, own: Vec<Position>) -> Vec<Position> {
        let group = |position: &Position| Some(self.known.get(position)?.group);
        let taken: BTreeSet<Group> = own.iter().filter_map(group).collect();
        if !taken.iter().any(|group| self.groups.is_ready(*group)) {
            return own;
        }
        let most = own.len();
        let others = self.groups.ready().filter(|group| !taken.contains(group));
        let next = others.flat_map(|group| self.groups.waiting(group).take(most));
        let (mut asked, mut bytes) = (own, 0);
        for position in next.take(MESSAGES) {
            if bytes >= BYTES {
                break;
            }
            let Some(known) = self.known.get(&position) else { continue };
            bytes += known.bytes as usize;
            if self.records.get(known.place, position).is_none() {
                asked.push(position);
            }
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use base::{Span, Timestamp};

    use super::*;
    use crate::model::backlog::{Need, Receive, Stored, Supply};
    use crate::model::testing;

    const RECEIVE: Receive<'_> = Receive {
        most: 10,
        now: Timestamp::from_millis(10),
        visibility: Span::from_seconds(30),
        retention: Span::from_seconds(60),
        redrive: None,
    };

    fn stored(group: u64, bytes: usize) -> Stored {
        Stored { group: Group(group), bytes: vec![0; bytes].into(), ..testing::stored(1) }
    }

    /// Messages of that size, so many in each group, in turn.
    fn queue(groups: u64, each: u64, bytes: usize) -> Fifo {
        let mut fifo = Fifo::default();
        for position in 0..groups * each {
            fifo.send(Position(position), stored(position % groups, bytes), None);
        }
        fifo
    }

    /// Receives ten messages; says what they are and how many records were read for them.
    fn receive(fifo: &mut Fifo, (groups, bytes): (u64, usize)) -> (Vec<u64>, usize) {
        let mut read = 0;
        let mut fetches = 0..3;
        loop {
            match fifo.take(RECEIVE) {
                Ok(taken) => {
                    let positions = taken.picks.iter().map(|pick| pick.position.0).collect();
                    fifo.apply_taken(taken);
                    return (positions, read);
                }
                Err(Need::Returned(own)) => {
                    let asked = fifo.with_next(own);
                    assert!(fetches.next().is_some(), "the same is read again and again");
                    read += asked.len();
                    let record = |at: &Position| (*at, stored(at.0 % groups, bytes));
                    let records = asked.iter().map(record).collect();
                    fifo.supply(Supply::Returned { asked, records });
                }
                Err(need) => panic!("{need:?}"),
            }
        }
    }

    #[test]
    fn messages_that_are_larger_than_the_room_are_received_together() {
        for bytes in [100 << 10, 1 << 20] {
            let mut fifo = queue(1, 20, bytes);
            let (got, _) = receive(&mut fifo, (1, bytes));
            assert_eq!(got, (0..10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_read_serves_many_receives_and_each_record_is_read_about_once() {
        const GROUPS: u64 = 200;
        let mut fifo = queue(GROUPS, 20, 2000);
        let (mut reads, mut records) = (0, 0);
        for group in 0..GROUPS {
            let (got, read) = receive(&mut fifo, (GROUPS, 2000));
            let expected: Vec<_> = (0..10).map(|turn| group + turn * GROUPS).collect();
            assert_eq!(got, expected);
            reads += usize::from(read > 0);
            records += read;
        }
        assert!(reads <= 10, "{reads} reads for {GROUPS} receives");
        assert!(records <= 2200, "{records} records were read for 2000 messages");
    }

    #[test]
    fn what_is_read_ahead_does_not_grow_with_groups_or_sizes() {
        let many = queue(5000, 2, 1100);
        let first = many.groups.ready().next().unwrap();
        let own: Vec<_> = many.groups.waiting(first).collect();
        let asked = many.with_next(own);
        assert!(asked.len() <= MESSAGES + 2, "{} records", asked.len());
        let large = queue(10, 2, 1 << 20);
        let asked = large.with_next(vec![Position(0), Position(10)]);
        assert_eq!(asked.len(), 3);
    }
}
