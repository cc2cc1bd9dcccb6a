//! What leaves a queue, of either type.

use base::Timestamp;
use store::Position;

use crate::model::Messages;
use crate::model::backlog::{Need, Taken, Tracked};
use crate::model::leaving::{Leaving, Move, Outgoing, Settled};
use crate::model::messages::either;

impl Messages {
    /// The messages that are leaving.
    pub(crate) fn leaving(&self) -> &Leaving {
        either!(self, one => one.leaving())
    }

    /// The state, before it is settled, of a leaving message.
    pub(crate) fn departing(&self, number: u64) -> Option<(Position, &Tracked)> {
        let position = self.leaving().position(number)?;
        Some((position, self.tracked(position)?))
    }

    /// The numbers of the leaving messages that must come back if that one does.
    pub(crate) fn departing_behind(&self, number: u64) -> Vec<u64> {
        match self {
            Messages::Standard(_) => Vec::new(),
            Messages::Fifo(fifo) => fifo.departing_behind(number),
        }
    }

    /// The first leaving messages, in order, with their records.
    pub(crate) fn outgoing(&self, most: usize) -> Result<Vec<Outgoing>, Need> {
        either!(self, one => one.outgoing(most))
    }

    /// What a move task takes now.
    pub(crate) fn to_move(&self, wanted: Move<'_>) -> Result<Taken, Need> {
        either!(self, one => one.to_move(wanted))
    }

    /// What became of leaving messages.
    pub(crate) fn settle(&mut self, settled: &Settled) {
        either!(self, one => one.settle(settled));
    }

    /// When the newest message was sent that one may be too late for. A FIFO queue has none: what comes to it
    /// is dated when it comes.
    pub(crate) fn newest(&self) -> Timestamp {
        match self {
            Messages::Standard(backlog) => backlog.newest(),
            Messages::Fifo(_) => Timestamp::ZERO,
        }
    }
}
