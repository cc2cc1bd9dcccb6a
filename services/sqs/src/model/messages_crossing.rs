//! What leaves a queue, of either type. Messages of FIFO queues do not leave yet: a redrive policy of a
//! FIFO queue is refused by name, so there is nothing to ask them.

use base::Timestamp;
use store::Position;

use crate::model::Messages;
use crate::model::backlog::{Move, Need, Outgoing, Settled, Taken, Tracked};

impl Messages {
    /// How many messages are leaving.
    pub(crate) fn leaving(&self) -> usize {
        match self {
            Messages::Standard(backlog) => backlog.leaving(),
            Messages::Fifo(_) => 0,
        }
    }

    /// The last number that a leaving message was given.
    pub(crate) fn last_number(&self) -> u64 {
        match self {
            Messages::Standard(backlog) => backlog.last_number(),
            Messages::Fifo(_) => 0,
        }
    }

    /// A leaving message.
    pub(crate) fn departing(&self, number: u64) -> Option<(Position, &Tracked)> {
        match self {
            Messages::Standard(backlog) => backlog.departing(number),
            Messages::Fifo(_) => None,
        }
    }

    /// The first leaving messages, in order, with their records.
    pub(crate) fn outgoing(&self, most: usize) -> Result<Vec<Outgoing>, Need> {
        match self {
            Messages::Standard(backlog) => backlog.outgoing(most),
            Messages::Fifo(_) => Ok(Vec::new()),
        }
    }

    /// What a move task takes now.
    pub(crate) fn to_move(&self, wanted: Move<'_>) -> Result<Taken, Need> {
        match self {
            Messages::Standard(backlog) => backlog.to_move(wanted),
            Messages::Fifo(_) => Ok(Taken { cursor: self.cursor(), ..Taken::default() }),
        }
    }

    /// What became of leaving messages.
    pub(crate) fn settle(&mut self, settled: &Settled) {
        if let Messages::Standard(backlog) = self {
            backlog.settle(settled);
        }
    }

    /// When the newest message that is known was sent.
    pub(crate) fn newest(&self) -> Timestamp {
        match self {
            Messages::Standard(backlog) => backlog.newest(),
            Messages::Fifo(_) => Timestamp::ZERO,
        }
    }
}
