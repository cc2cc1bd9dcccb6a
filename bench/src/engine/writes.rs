//! The batches that the engine's ceiling writes: what a queue writes for a send, a receive and a delete.

use bytes::{BufMut, Bytes, BytesMut};
use store::{Batch, LaneId, Position, Table};

/// What one decision writes for its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    /// A send: a record each.
    Append,
    /// A receive: a row each.
    Track,
    /// A delete: the record and the row of each go.
    Forget,
}

/// Key of a row: the lane, a kind, a position.
const KEY: usize = 16 + 1 + 8;
/// The value of a row that tracks a message, if nothing says otherwise.
const TRACKED: usize = 20;
const LANE: LaneId = LaneId::from_bytes([7; 16]);

/// Batches in turns, without end.
pub(super) struct Turns {
    turn: &'static [Write],
    messages: usize,
    record: Bytes,
    row: Bytes,
    next: usize,
    position: u64,
}

impl Turns {
    /// Batches of `batch_bytes` in the mean of a turn: records are as long as that takes, or rows in a turn
    /// without records.
    pub(super) fn new(turn: &'static [Write], messages: usize, batch_bytes: f64) -> Turns {
        let mut turns =
            Turns { turn, messages, record: filler(0), row: filler(TRACKED), next: 0, position: 0 };
        let count = |write| turn.iter().filter(|&&other| other == write).count() * messages;
        let missing =
            |turns: &Turns| batch_bytes * turn.len() as f64 - turns.bytes_of_a_turn() as f64;
        if count(Write::Append) > 0 {
            turns.record = filler(per(missing(&turns), count(Write::Append)));
        } else {
            turns.row = filler(0);
            turns.row = filler(per(missing(&turns), count(Write::Track)));
        }
        turns
    }

    /// The next batch.
    pub(super) fn next(&mut self) -> Batch {
        let write = self.turn[self.next];
        let batch = self.batch(write, self.position);
        self.next = (self.next + 1) % self.turn.len();
        if self.next == 0 {
            self.position += self.messages as u64;
        }
        batch
    }

    fn bytes_of_a_turn(&self) -> usize {
        self.turn.iter().map(|&write| self.batch(write, 0).bytes()).sum()
    }

    fn batch(&self, write: Write, position: u64) -> Batch {
        let mut batch = Batch::new();
        for position in position..position + self.messages as u64 {
            match write {
                // A copy, as each message has bytes of its own.
                Write::Append => {
                    let record = Bytes::copy_from_slice(&self.record);
                    batch.append(LANE, Position(position), record);
                }
                Write::Track => batch.put(Table::Lane, key(position), self.row.clone()),
                Write::Forget => {
                    batch.release(LANE, Position(position));
                    batch.delete(Table::Lane, key(position));
                }
            }
        }
        batch
    }
}

fn key(position: u64) -> Bytes {
    let mut key = BytesMut::with_capacity(KEY);
    key.put_slice(LANE.as_bytes());
    key.put_u8(1);
    key.put_u64(position);
    key.freeze()
}

fn per(bytes: f64, count: usize) -> usize {
    (bytes / count.max(1) as f64).round().max(0.0) as usize
}

/// Bytes that do not compress to nothing.
fn filler(length: usize) -> Bytes {
    crate::traffic::text(1, length).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Op;

    fn mean(turn: &'static [Write], messages: usize, batch_bytes: f64) -> f64 {
        let mut turns = Turns::new(turn, messages, batch_bytes);
        let bytes: usize = (0..turn.len()).map(|_| turns.next().bytes()).sum();
        bytes as f64 / turn.len() as f64
    }

    #[test]
    fn batches_have_the_bytes_that_were_asked_for() {
        assert_eq!(mean(&[Write::Append], 1, 1154.0), 1154.0);
        assert_eq!(mean(&[Write::Append], 10, 11_540.0), 11_540.0);
        assert_eq!(mean(&[Write::Track, Write::Forget], 10, 1_000.0), 1_000.0);
        let cycle = &[Write::Append, Write::Track, Write::Forget];
        assert!((mean(cycle, 10, 5_000.0) - 5_000.0).abs() < 4.0);
    }

    #[test]
    fn a_turn_deletes_what_it_wrote_and_the_next_one_is_about_other_messages() {
        let mut turns = Turns::new(&[Write::Append, Write::Track, Write::Forget], 1, 500.0);
        for position in [0, 1] {
            let (append, track, forget) = (turns.next(), turns.next(), turns.next());
            assert!(matches!(append.ops(), [Op::Append(_, at, _)] if at.0 == position));
            assert!(matches!(track.ops(), [Op::Put(_, row, _)] if *row == key(position)));
            assert_eq!(
                forget.ops(),
                [Op::Release(LANE, Position(position)), Op::Delete(Table::Lane, key(position))]
            );
        }
    }
}
