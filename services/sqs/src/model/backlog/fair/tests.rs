//! Decisions of one queue against a log in memory, of which each page that is read is counted.

use base::{Span, Timestamp};
use bytes::Bytes;
use store::Position;

use crate::keys::Marks;
use crate::model::backlog::fair::{Fresh, Next};
use crate::model::backlog::{Backlog, Need, Receive, Stored, Supply, Tracked, WINDOW};
use crate::model::fifo::Group;

const NONE: Group = Group(0);
const NOISY: Group = Group(1);
const QUIET: Group = Group(2);
const NOW: Timestamp = Timestamp::from_millis(1000);

/// A queue and its log.
#[derive(Default)]
struct Queue {
    backlog: Backlog,
    log: Vec<Option<Stored>>,
    /// How often the log was read.
    reads: usize,
}

impl Queue {
    fn send(&mut self, group: Group) -> u64 {
        self.send_sized(group, 100)
    }

    fn send_sized(&mut self, group: Group, size: usize) -> u64 {
        let stored = Stored { sent: NOW, bytes: Bytes::from(vec![0; size]), group };
        let position = self.log.len() as u64;
        self.log.push(Some(stored.clone()));
        self.backlog.send(Position(position), stored, None);
        position
    }

    fn send_many(&mut self, group: Group, many: usize) {
        (0..many).for_each(|_| _ = self.send(group));
    }

    /// Receives, and gives positions and groups.
    fn receive(&mut self, most: usize) -> Vec<(u64, Group)> {
        let (visibility, retention) = (Span::from_seconds(30), Span::from_seconds(60));
        let receive = Receive { most, now: NOW, visibility, retention, redrive: None };
        let taken = loop {
            match self.backlog.take(receive) {
                Ok(taken) => break taken,
                Err(need) => self.fetch(need),
            }
        };
        let picks = taken.picks.iter();
        let picks = picks.map(|pick| (pick.position.0, pick.stored.group)).collect();
        self.backlog.apply_taken(taken);
        picks
    }

    fn groups(&mut self, most: usize) -> Vec<Group> {
        self.receive(most).into_iter().map(|(_, group)| group).collect()
    }

    fn delete(&mut self, position: u64) {
        self.log[position as usize] = None;
        self.backlog.remove(Position(position));
    }

    /// Receives and deletes.
    fn work(&mut self, most: usize) -> Vec<(u64, Group)> {
        let received = self.receive(most);
        received.iter().for_each(|(position, _)| self.delete(*position));
        received
    }

    fn fetch(&mut self, need: Need) {
        self.reads += 1;
        assert!(self.reads < 10_000, "the same is read again and again: {need:?}");
        let supply = match need {
            Need::Fresh { from, upto } => {
                let (upto, records) = self.page(from, upto);
                Supply::Fresh { from, upto, records }
            }
            Need::Ahead { from, upto } => {
                let (upto, records) = self.page(from, upto);
                Supply::Ahead { from, upto, records }
            }
            Need::Returned(asked) => {
                let record = |at: &Position| Some((*at, self.log[at.0 as usize].clone()?));
                let records = asked.iter().filter_map(record).collect();
                Supply::Returned { asked, records }
            }
        };
        self.backlog.supply(supply);
    }

    fn page(&self, from: Position, upto: Position) -> (Position, Vec<(Position, Stored)>) {
        let (mut records, mut bytes) = (Vec::new(), 0);
        for position in from.0..upto.0 {
            let Some(stored) = &self.log[position as usize] else { continue };
            records.push((Position(position), stored.clone()));
            bytes += stored.bytes.len();
            if records.len() == 1000 || bytes >= WINDOW {
                return (Position(position + 1), records);
            }
        }
        (upto, records)
    }

    /// Loads what the disk has.
    fn restart(&mut self) {
        let tail = self.log.len() as u64;
        let cursor = self.backlog.cursor().0;
        let fresh = self.backlog.fresh();
        let marks = Marks { head: 0, cursor, tail, sweep_ms: None, fresh };
        let tracked: Vec<(Position, Tracked)> =
            self.backlog.tracked.iter().map(|(at, message)| (*at, message.clone())).collect();
        self.backlog = Backlog::load(&marks, Position(tail), tracked, 0);
        self.reads = 0;
    }
}

/// A queue in which a group has so many messages waiting and so many in flight.
fn noisy(waiting: usize, in_flight: usize) -> Queue {
    let mut queue = Queue::default();
    queue.send_many(NOISY, waiting + in_flight);
    (0..in_flight / 10).for_each(|_| _ = queue.receive(10));
    queue
}

#[test]
fn a_quiet_message_is_next_behind_a_hundred_thousand_of_a_noisy_group() {
    let mut queue = noisy(100_000, 500);
    let last = queue.send(QUIET);
    queue.reads = 0;
    assert_eq!(queue.receive(1), [(last, QUIET)]);
    assert!(queue.reads <= 1, "the log was read {} times", queue.reads);
    assert_eq!(queue.groups(1), [NOISY]);
}

#[test]
fn a_quiet_message_is_next_after_a_restart_too() {
    let mut queue = noisy(100_000, 500);
    let last = queue.send(QUIET);
    queue.restart();
    assert_eq!(queue.receive(1), [(last, QUIET)]);
    let pages = 101 + 2;
    assert!(queue.reads <= pages, "the log was read {} times", queue.reads);
    queue.reads = 0;
    let last = queue.send(QUIET);
    assert_eq!(queue.receive(1), [(last, QUIET)]);
    assert!(queue.reads <= 1, "what was read once is known: {}", queue.reads);
}

#[test]
fn a_receive_reads_a_bounded_part_of_the_log_and_the_next_one_reads_on() {
    let mut queue = noisy(300_000, 500);
    let last = queue.send(QUIET);
    queue.restart();
    let mut before = 0;
    for _ in 0..2 {
        assert_eq!(queue.groups(1), [NOISY]);
        assert!(queue.reads - before <= super::MOST_PAGES + 2);
        before = queue.reads;
    }
    assert_eq!(queue.receive(1), [(last, QUIET)]);
}

#[test]
fn quiet_messages_come_in_their_order_with_or_without_a_group() {
    let mut queue = noisy(5000, 500);
    let quiet: Vec<_> = [NONE, QUIET, NONE, Group(3), QUIET]
        .into_iter()
        .map(|group| (queue.send(group), group))
        .collect();
    assert_eq!(queue.receive(5), quiet);
    assert_eq!(queue.groups(2), [NOISY, NOISY]);
}

#[test]
fn of_noisy_groups_the_one_with_the_least_comes_first() {
    let mut queue = Queue::default();
    for (group, received) in [(1, 20), (2, 10), (3, 5)] {
        queue.send_many(Group(group), 100);
        (0..received).for_each(|_| assert_eq!(queue.groups(1), [Group(group)]));
    }
    assert_eq!(queue.groups(10), [Group(3); 10]);
    assert_eq!(queue.groups(10), [Group(2); 10]);
}

#[test]
fn one_worker_who_takes_one_after_the_other_serves_all() {
    let mut queue = Queue::default();
    queue.send_many(NOISY, 1000);
    queue.send_many(QUIET, 5);
    let done: Vec<Group> = (0..15).flat_map(|_| queue.work(1)).map(|(_, group)| group).collect();
    assert_eq!(done.iter().filter(|group| **group == QUIET).count(), 5, "{done:?}");
}

#[test]
fn nobody_gets_less_than_all_and_each_message_comes_once() {
    let mut queue = Queue::default();
    for number in 0..20_000_u64 {
        queue.send(Group(if number % 3 == 0 { number % 7 } else { 1 }));
    }
    queue.restart();
    let mut seen = std::collections::BTreeSet::new();
    while let done @ [_, ..] = &queue.work(10)[..] {
        assert!(done.iter().all(|(position, _)| seen.insert(*position)));
        if seen.len() % 1000 == 0 {
            queue.restart();
        }
    }
    assert_eq!(seen.len(), 20_000);
    assert_eq!((queue.backlog.fresh(), queue.backlog.cursor()), (0, Position(20_000)));
}

#[test]
fn a_backlog_is_read_a_bounded_number_of_times() {
    let mut queue = Queue::default();
    for number in 0..50_000_u64 {
        queue.send(Group(1 + number % 5));
    }
    queue.restart();
    while !queue.work(10).is_empty() {}
    // A page has a thousand messages; the rest are receives whose messages stand far apart.
    assert!(queue.reads < 50 * 5 + 500, "the log was read {} times", queue.reads);
}

/// The groups that are looked at, and the pages that are read, for a message of one of so many groups.
fn cost(groups: u64) -> (usize, usize) {
    let mut queue = Queue::default();
    for number in 0..100_000 {
        queue.send(Group(1 + number % groups));
    }
    (0..50).for_each(|_| _ = queue.receive(10));
    queue.reads = 0;
    queue.send(Group(1));
    let Fresh::Fair(mut turns) = Fresh::of(&queue.backlog) else { panic!("not fair") };
    assert!(matches!(turns.next(), Ok(Some(Next::Found(..) | Next::Unfetched))));
    let looks = turns.looks;
    assert_eq!(queue.receive(1).len(), 1);
    (looks, queue.reads)
}

#[test]
fn a_receive_costs_the_same_with_ten_groups_and_with_fifty_thousand() {
    for groups in [10, 1000, 50_000] {
        let (looks, reads) = cost(groups);
        assert!(looks <= 10, "{looks} groups were looked at, of {groups}");
        assert!(reads <= 1, "the log was read {reads} times with {groups} groups");
    }
}

#[test]
fn a_queue_without_groups_has_no_index_and_one_that_is_empty_has_none_any_more() {
    let mut queue = Queue::default();
    queue.send_many(NONE, 20);
    queue.receive(5);
    assert_eq!(queue.backlog.fair, None);
    queue.send(QUIET);
    assert!(queue.backlog.fair.is_some());
    assert_eq!(queue.receive(10).len() + queue.receive(10).len(), 16);
    assert_eq!(queue.backlog.fair, None);
    let last = queue.send(QUIET);
    assert_eq!(queue.receive(1), [(last, QUIET)]);
}

#[test]
fn messages_as_large_as_all_of_memory_are_received_together() {
    let mut queue = noisy(100, 100);
    queue.send_many(NOISY, 5000);
    let large: Vec<_> = (0..10).map(|_| (queue.send_sized(NONE, 2 * WINDOW), NONE)).collect();
    assert_eq!(queue.receive(10), large);
}

#[test]
fn a_message_that_goes_while_the_log_is_read_does_not_come_back() {
    let mut queue = noisy(100_000, 500);
    queue.restart();
    let receive = |most| Receive {
        most,
        now: NOW,
        visibility: Span::ZERO,
        retention: Span::from_seconds(60),
        redrive: None,
    };
    // Its index ends somewhere; the page behind is read while a delayed message of it goes.
    let delayed = Stored { sent: NOW, bytes: Bytes::from_static(b"x"), group: QUIET };
    queue.log.push(Some(delayed.clone()));
    let position = Position(queue.log.len() as u64 - 1);
    queue.backlog.send(position, delayed, Some(NOW));
    while let Err(need) = queue.backlog.take(receive(1)) {
        let is_last = matches!(need, Need::Ahead { from, .. } if position.0 - from.0 < 1000);
        if !is_last {
            queue.fetch(need);
            continue;
        }
        let Need::Ahead { from, upto } = need else { unreachable!() };
        let (end, records) = queue.page(from, upto);
        assert!(records.iter().any(|(at, _)| *at == position));
        queue.delete(position.0);
        queue.backlog.supply(Supply::Ahead { from, upto: end, records });
    }
    assert_eq!(queue.groups(1), [NOISY], "the deleted one is not quiet, but gone");
}

#[test]
fn a_record_that_is_not_there_does_not_stop_the_queue() {
    let mut queue = noisy(100_000, 500);
    let lost = queue.send_sized(QUIET, 2 * WINDOW);
    let next = queue.send_sized(QUIET, 2 * WINDOW);
    queue.restart();
    queue.receive(1);
    queue.log[lost as usize] = None;
    queue.log[next as usize] = None;
    assert_eq!(queue.groups(1), [NOISY]);
}
