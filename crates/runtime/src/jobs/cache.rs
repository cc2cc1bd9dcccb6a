//! The timer cache: those of one slot's timers that are in memory.

use std::collections::BTreeMap;

use base::{Span, Timestamp};
use bytes::Bytes;

use super::timer::Row;

/// The timers of one slot before the key `end`; later ones are on disk only.
#[derive(Default)]
pub(crate) struct TimerCache {
    pub(crate) end: Bytes,
    /// When to read on: at the time of `end`, or later when that has failed.
    read_at: Timestamp,
    rows: BTreeMap<Bytes, Bytes>,
    retries: BTreeMap<(Timestamp, Bytes), Bytes>,
    /// Whether rows were left to the disk that it may not have yet.
    left: bool,
}

/// The part of a slot's timers that is to be read from disk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ToRead {
    /// The first key.
    pub(crate) from: Bytes,
    /// Whether rows may be there that are not durable yet.
    pub(crate) left: bool,
}

/// Most rows of a slot in memory, and most that wait for another try.
pub(crate) const MOST: usize = 1024;
/// How far ahead of the clock timers are read.
const HORIZON: Span = Span::from_seconds(300);

impl TimerCache {
    /// Notes a row that has been submitted; answers whether it is kept in memory.
    pub(crate) fn note(&mut self, (key, value): Row) -> bool {
        let is_near = key < self.end;
        if is_near {
            self.rows.insert(key, value);
            self.keep_bounded();
        } else {
            self.left = true;
        }
        is_near
    }

    /// The time of the first timer, or of the first retry.
    pub(crate) fn next_timer(&self) -> Timestamp {
        let row = self.rows.keys().next().map_or(Timestamp::MAX, |key| time_of(key));
        let retry = self.retries.keys().next().map_or(Timestamp::MAX, |(at, _)| *at);
        row.min(retry)
    }

    /// The time to read on. Not before there is room: what is due is taken out first.
    pub(crate) fn next_read(&self) -> Timestamp {
        if self.rows.len() < MOST { self.read_at } else { Timestamp::MAX }
    }

    /// Takes out what is due.
    pub(crate) fn take(&mut self, now: Timestamp) -> Vec<Row> {
        let later = self.rows.split_off(&start_after(now));
        let mut due: Vec<Row> = std::mem::replace(&mut self.rows, later).into_iter().collect();
        let later = self.retries.split_off(&(now + Span::from_millis(1), Bytes::new()));
        let retries = std::mem::replace(&mut self.retries, later);
        due.extend(retries.into_iter().map(|((_, key), value)| (key, value)));
        due
    }

    /// Keeps a row whose job has failed for another try. When too many are kept, all from this one on are left to
    /// the disk and read again at the time `reread`.
    pub(crate) fn retry(&mut self, at: Timestamp, reread: Timestamp, (key, value): Row) {
        if self.retries.len() < MOST {
            self.retries.insert((at, key), value);
        } else {
            self.leave(key, reread);
        }
    }

    /// Moves the end on before the rows up to it are read, so that those which are written meanwhile are
    /// noted. None as long as nothing is to be read.
    pub(crate) fn begin(&mut self, now: Timestamp) -> Option<ToRead> {
        (self.next_read() <= now).then(|| {
            let from = std::mem::replace(&mut self.end, start_after(now + HORIZON));
            self.read_at = time_of(&self.end);
            ToRead { from, left: std::mem::take(&mut self.left) }
        })
    }

    /// Forgets what is in memory, so that everything is read again.
    pub(crate) fn restart(&mut self) {
        *self = TimerCache { left: true, ..TimerCache::default() };
    }

    /// Adds rows that were read; answers whether there is room for more.
    pub(crate) fn add(&mut self, rows: Vec<Row>) -> bool {
        self.rows.extend(rows);
        self.rows.split_off(&self.end);
        !self.keep_bounded()
    }

    /// Leaves the rows from `from` on to the disk, and reads them at that time.
    pub(crate) fn leave(&mut self, from: Bytes, read_at: Timestamp) {
        if from < self.end {
            self.rows.split_off(&from);
            self.end = from;
            self.left = true;
        }
        self.read_at = read_at;
    }

    /// Leaves the farthest rows to the disk when there are too many; answers whether there were.
    fn keep_bounded(&mut self) -> bool {
        let is_crowded = self.rows.len() > MOST;
        while self.rows.len() > MOST {
            let Some((farthest, _)) = self.rows.pop_last() else { break };
            self.read_at = time_of(&farthest);
            self.end = farthest;
            self.left = true;
        }
        is_crowded
    }
}

fn time_of(key: &[u8]) -> Timestamp {
    key.first_chunk().map_or(Timestamp::ZERO, |at| Timestamp::from_millis(u64::from_be_bytes(*at)))
}

/// The first key after all rows of that time.
fn start_after(at: Timestamp) -> Bytes {
    Bytes::copy_from_slice(&(at + Span::from_millis(1)).millis().to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: u64, id: u64) -> Row {
        let key = [at.to_be_bytes(), id.to_be_bytes()].concat();
        (key.into(), Bytes::new())
    }

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// With rows in memory up to and with that time.
    fn cache(until: u64) -> TimerCache {
        TimerCache { end: start_after(at(until)), read_at: at(until + 1), ..TimerCache::default() }
    }

    #[test]
    fn what_is_due_is_taken_in_order_and_once() {
        let mut cache = cache(100);
        for (at, id) in [(7, 1), (5, 2), (5, 1), (9, 1), (200, 1)] {
            assert_eq!(cache.note(row(at, id)), at <= 100);
        }
        assert_eq!(cache.next_timer(), at(5));
        assert_eq!(cache.take(at(7)), [row(5, 1), row(5, 2), row(7, 1)]);
        assert_eq!(cache.take(at(7)), []);
        assert_eq!(cache.next_timer(), at(9));
    }

    #[test]
    fn a_hundred_thousand_timers_take_the_memory_of_a_thousand() {
        let mut cache = cache(u64::MAX - 1);
        for at in 0..100_000 {
            cache.note(row(100_000 - at, 1));
        }
        assert_eq!(cache.rows.len(), MOST);
        assert_eq!(cache.read_at, at(MOST as u64 + 1), "later ones are read again");
    }

    #[test]
    fn of_too_many_rows_of_one_moment_the_first_ones_are_near() {
        let mut cache = cache(100);
        for id in 0..3 * MOST as u64 {
            cache.note(row(50, id));
        }
        assert_eq!(cache.take(at(50)).len(), MOST);
        let more = ToRead { from: row(50, MOST as u64).0, left: true };
        assert_eq!(cache.begin(at(50)), Some(more));
    }

    #[test]
    fn what_failed_is_due_again_at_its_own_time() {
        let mut cache = cache(100);
        cache.retry(at(50), at(50), row(5, 1));
        assert_eq!(cache.next_timer(), at(50));
        assert_eq!(cache.take(at(49)), []);
        assert_eq!(cache.take(at(50)), [row(5, 1)]);
    }

    #[test]
    fn of_what_failed_no_more_is_kept_than_memory_may_hold_and_the_rest_is_read_again() {
        let mut cache = cache(100);
        for id in 0..3 * MOST as u64 {
            cache.retry(at(50), at(50), row(5, id));
        }
        assert_eq!(cache.retries.len(), MOST);
        assert_eq!((cache.begin(at(49)), cache.next_read()), (None, at(50)));
        let rest = ToRead { from: row(5, MOST as u64).0, left: true };
        assert_eq!(cache.begin(at(50)), Some(rest));
    }

    #[test]
    fn what_is_read_beyond_the_end_stays_on_disk() {
        let mut cache = cache(100);
        assert!(cache.add(vec![row(99, 1), row(101, 1)]));
        assert_eq!(cache.rows.len(), 1);
    }
}
