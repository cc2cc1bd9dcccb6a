//! The life of messages: sent, received and deleted, in turn on each connection, all on one queue.
//! What comes in goes out, so it can run for any time; a message counts when it is deleted.

use super::input::Size;
use super::turn::Turn;
use super::{Caller, Kind, Prepared, Traffic};
use crate::engine::Write;
use crate::load::Exchange;

/// Clients that send, receive and delete.
pub(crate) struct Cycle {
    size: Size,
}

/// One message at a time.
pub(crate) const ONE: Cycle = Cycle { size: Size::One };
/// Ten messages at a time.
pub(crate) const TEN: Cycle = Cycle { size: Size::Ten };

impl Traffic for Cycle {
    fn connections(&self) -> usize {
        64
    }

    fn turn(&self) -> &'static [Write] {
        &[Write::Append, Write::Track, Write::Forget]
    }

    fn messages(&self) -> usize {
        self.size.messages()
    }

    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Prepared> {
        let (size, host) = (self.size, caller.address());
        let queue = caller.create_queue(Kind::Standard, "bench")?;
        caller.rehearse(&queue, size, &size.input(&queue, connections))?;
        let turn =
            |index| -> Box<dyn Exchange> { Box::new(Turn::sending(host, &queue, size, index)) };
        Ok(Prepared { exchanges: (0..connections).map(turn).collect(), backlog: None })
    }
}
