//! Receiving from a queue whose depth stays the same: whoever receives ten messages deletes them and sends
//! ten others.

use super::batches::senders;
use super::input::Size;
use super::turn::Turn;
use super::{Caller, Kind};
use crate::load::{Exchange, Exchanges};

/// A queue of constant depth.
pub(crate) struct Depth {
    queue: String,
    connections: usize,
}

impl Depth {
    /// Creates the queue.
    pub(crate) fn create(
        caller: &mut Caller,
        name: &str,
        connections: usize,
    ) -> anyhow::Result<Depth> {
        Ok(Depth { queue: caller.create_queue(Kind::Standard, name)?, connections })
    }

    /// What fills it.
    pub(crate) fn backlog(&self, caller: &Caller) -> Exchanges {
        senders(Kind::Standard, caller, &self.queue, self.connections)
    }

    /// What is measured: the receives.
    pub(crate) fn exchanges(&self, caller: &Caller) -> Exchanges {
        let turn = |index| -> Box<dyn Exchange> {
            let turn = Turn::sending(caller.address(), &self.queue, Size::Ten, index);
            Box::new(turn.timing_receives())
        };
        (0..self.connections).map(turn).collect()
    }
}
