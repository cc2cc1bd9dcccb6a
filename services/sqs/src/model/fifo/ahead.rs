//! What is read for receives before they lack it. Messages of a group stand far apart in the log when there are
//! many groups, so each receive would wait for a read of its own. Instead one read serves the receives of
//! many groups, and the next read begins while half of these are still to come.

use std::collections::BTreeSet;

use store::Position;

use crate::model::backlog::Need;
use crate::model::fifo::{Fifo, Group};

/// Bytes of records for the next receives.
pub(super) const BYTES: usize = 512 << 10;
/// How many messages are looked at for them.
const MESSAGES: usize = 1000;
/// Fewer groups than this are not worth a read of their own: who lacks something reads it.
const FEWEST: usize = 4;

/// How far what was read ahead reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ahead {
    /// Groups that may still have something of it.
    left: usize,
    /// How many of them there were; none if nothing is read before it is missed.
    of: usize,
    /// Messages that the last receive got.
    most: usize,
}

impl Ahead {
    /// A receive took messages, of so many groups.
    pub(super) fn took(&mut self, messages: usize, groups: usize) {
        self.left = self.left.saturating_sub(groups);
        if messages > 0 {
            self.most = messages;
        }
    }

    /// Records of so many groups came.
    fn came(&mut self, groups: usize) {
        self.left += groups;
        self.of = if groups < FEWEST { 0 } else { self.left };
    }

    fn is_low(self) -> bool {
        2 * self.left < self.of
    }
}

impl Fifo {
    /// What receives to come will lack soon: [`Fifo::with_next`] says what that is.
    pub(crate) fn ahead(&self) -> Option<Need> {
        self.ahead.is_low().then(|| Need::Returned(Vec::new()))
    }

    /// What a receive reads that lacks its own messages: these, and those that the next receives get, if they
    /// are like it. What leaves the queue, or is given again, is of a locked group and comes alone.
    pub(crate) fn with_next(&self, own: Vec<Position>) -> Vec<Position> {
        let group = |position: &Position| Some(self.known.get(position)?.group);
        let taken: BTreeSet<Group> = own.iter().filter_map(group).collect();
        if !own.is_empty() && !taken.iter().any(|group| self.groups.is_ready(*group)) {
            return own;
        }
        let most = if own.is_empty() { self.ahead.most } else { own.len() };
        let others = self.groups.ready().filter(|group| !taken.contains(group));
        let next = others.flat_map(|group| self.groups.waiting(group).take(most));
        let (mut asked, mut bytes) = (own, 0);
        for position in next.take(MESSAGES) {
            if bytes >= BYTES {
                break;
            }
            let Some(known) = self.known.get(&position) else { continue };
            if self.records.get(known.place, position).is_none() {
                bytes += known.bytes as usize;
                asked.push(position);
            }
        }
        asked
    }

    /// Records of these messages came: all that a read asked for.
    pub(super) fn came(&mut self, asked: &[Position]) {
        let groups = asked.iter().filter_map(|position| Some(self.known.get(position)?.group));
        let groups: BTreeSet<Group> = groups.collect();
        self.ahead.came(groups.len());
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
    fn what_receives_will_lack_is_read_while_half_of_it_is_left() {
        const GROUPS: u64 = 400;
        let mut fifo = queue(GROUPS, 20, 2000);
        let (mut waits, mut reads, mut records) = (0, 0, 0);
        for group in 0..GROUPS {
            let (got, read) = receive(&mut fifo, (GROUPS, 2000));
            let expected: Vec<_> = (0..10).map(|turn| group + turn * GROUPS).collect();
            assert_eq!(got, expected);
            waits += usize::from(read > 0);
            if let Some(Need::Returned(nothing)) = fifo.ahead() {
                let asked = fifo.with_next(nothing);
                (reads, records) = (reads + 1, records + asked.len());
                let record = |at: &Position| (*at, stored(at.0 % GROUPS, 2000));
                let found = asked.iter().map(record).collect();
                fifo.supply(Supply::Returned { asked, records: found });
                assert_eq!(fifo.ahead(), None, "what has just come is enough for a while");
            }
        }
        assert_eq!(waits, 1, "only the first receive waits");
        assert!(reads <= 30, "{reads} reads for {GROUPS} receives");
        assert!(records <= 4000, "{records} records were read for 4000 messages");
    }

    #[test]
    fn who_is_read_for_in_vain_waits_until_something_is_missed() {
        let mut fifo = queue(2, 20, 1 << 20);
        receive(&mut fifo, (2, 1 << 20));
        assert_eq!(fifo.ahead(), None, "so few and large groups are read one by one");
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
