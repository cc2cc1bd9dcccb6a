//! The near future of one slot.

use std::collections::BTreeMap;

use base::{Span, Timestamp};
use bytes::Bytes;

/// A due row: its key begins with its time.
pub(crate) type Row = (Bytes, Bytes);

/// All rows before the key `end` are in memory; later ones are on disk only.
#[derive(Default)]
pub(crate) struct Near {
    pub(crate) end: Bytes,
    /// When to read on: at the time of `end`, or later when that has failed.
    read_at: Timestamp,
    rows: BTreeMap<Bytes, Bytes>,
    retries: Vec<(Timestamp, Row)>,
    /// Whether rows were left to the disk that it may not have yet.
    left: bool,
}

/// Most rows of a slot in memory, and most that wait for another try.
pub(crate) const MOST: usize = 1024;
/// How far the near future reaches.
const HORIZON: Span = Span::from_seconds(300);

impl Near {
    /// Takes note of a row that has been submitted; answers whether it is near.
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

    /// When there is something to do or to read.
    pub(crate) fn next(&self) -> Timestamp {
        let row = self.rows.keys().next().map(|key| time_of(key));
        let retry = self.retries.iter().map(|(at, _)| *at).min();
        [row, retry].into_iter().flatten().fold(self.read_at, Timestamp::min)
    }

    /// Takes out what is due.
    pub(crate) fn take(&mut self, now: Timestamp) -> Vec<Row> {
        let later = self.rows.split_off(&start_after(now));
        let mut due: Vec<Row> = std::mem::replace(&mut self.rows, later).into_iter().collect();
        due.extend(self.retries.extract_if(.., |(at, _)| *at <= now).map(|(_, row)| row));
        due
    }

    /// Keeps a row that could not be done for another try. When too many are kept, all from this one on
    /// are left to the disk and read again then.
    pub(crate) fn retry(&mut self, at: Timestamp, row: Row) {
        if self.retries.len() < MOST {
            self.retries.push((at, row));
        } else {
            self.leave(row.0, at);
        }
    }

    /// Moves the end on before the rows up to it are read, so that those which are written meanwhile are
    /// noted. Answers where to read from, and whether rows may be there that are not durable yet; `None`
    /// as long as nothing is to be read.
    pub(crate) fn begin(&mut self, now: Timestamp) -> Option<(Bytes, bool)> {
        (self.read_at <= now).then(|| {
            let from = std::mem::replace(&mut self.end, start_after(now + HORIZON));
            self.read_at = time_of(&self.end);
            (from, std::mem::take(&mut self.left))
        })
    }

    /// Adds rows that were read; answers whether all of them are near.
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
    fn near(until: u64) -> Near {
        Near { end: start_after(at(until)), read_at: at(until + 1), ..Near::default() }
    }

    #[test]
    fn what_is_due_is_taken_in_order_and_once() {
        let mut near = near(100);
        for (at, id) in [(7, 1), (5, 2), (5, 1), (9, 1), (200, 1)] {
            assert_eq!(near.note(row(at, id)), at <= 100);
        }
        assert_eq!(near.next(), at(5));
        assert_eq!(near.take(at(7)), [row(5, 1), row(5, 2), row(7, 1)]);
        assert_eq!(near.take(at(7)), []);
        assert_eq!(near.next(), at(9));
    }

    #[test]
    fn a_hundred_thousand_timers_take_the_memory_of_a_thousand() {
        let mut near = near(u64::MAX - 1);
        for at in 0..100_000 {
            near.note(row(100_000 - at, 1));
        }
        assert_eq!(near.rows.len(), MOST);
        assert_eq!(near.read_at, at(MOST as u64 + 1), "later ones are read again");
    }

    #[test]
    fn of_too_many_rows_of_one_moment_the_first_ones_are_near() {
        let mut near = near(100);
        for id in 0..3 * MOST as u64 {
            near.note(row(50, id));
        }
        assert_eq!(near.take(at(50)).len(), MOST);
        let (from, left) = near.begin(at(50)).expect("there is more to read");
        assert_eq!((from, left), (row(50, MOST as u64).0, true));
    }

    #[test]
    fn what_failed_is_due_again_at_its_own_time() {
        let mut near = near(100);
        near.retry(at(50), row(5, 1));
        assert_eq!(near.next(), at(50));
        assert_eq!(near.take(at(49)), []);
        assert_eq!(near.take(at(50)), [row(5, 1)]);
    }

    #[test]
    fn of_what_failed_no_more_is_kept_than_memory_may_hold_and_the_rest_is_read_again() {
        let mut near = near(100);
        for id in 0..3 * MOST as u64 {
            near.retry(at(50), row(5, id));
        }
        assert_eq!(near.retries.len(), MOST);
        assert_eq!((near.begin(at(49)), near.next()), (None, at(50)));
        assert_eq!(near.begin(at(50)), Some((row(5, MOST as u64).0, true)));
    }

    #[test]
    fn what_is_read_beyond_the_end_stays_on_disk() {
        let mut near = near(100);
        assert!(near.add(vec![row(99, 1), row(101, 1)]));
        assert_eq!(near.rows.len(), 1);
    }
}
