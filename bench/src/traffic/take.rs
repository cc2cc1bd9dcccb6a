//! ReceiveMessage of ten and DeleteMessageBatch of what came, from a queue that was filled before.

use super::batches::{rehearsal, senders};
use super::input::{BATCH, Size};
use super::turn::Turn;
use super::{Caller, Kind, Prepared, Traffic};
use crate::engine::Write;
use crate::load::Exchange;

/// Consumers that take ten messages at a time.
pub(crate) struct Take {
    kind: Kind,
}

/// From a standard queue.
pub(crate) const STANDARD: Take = Take { kind: Kind::Standard };
/// From a FIFO queue of a thousand groups.
pub(crate) const FIFO: Take = Take { kind: Kind::Fifo };

impl Traffic for Take {
    fn connections(&self) -> usize {
        64
    }

    fn turn(&self) -> &'static [Write] {
        &[Write::Track, Write::Forget]
    }

    fn messages(&self) -> usize {
        BATCH
    }

    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Prepared> {
        let queue = caller.create_queue(self.kind, "bench")?;
        caller.rehearse(&queue, Size::Ten, &rehearsal(self.kind, &queue))?;
        let turn = |_| -> Box<dyn Exchange> {
            Box::new(Turn::taking(caller.address(), &queue, Size::Ten))
        };
        Ok(Prepared {
            exchanges: (0..connections).map(turn).collect(),
            backlog: Some(senders(self.kind, caller, &queue, connections)),
        })
    }
}
