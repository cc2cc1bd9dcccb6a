//! SendMessageBatch of ten messages of 1 KiB, all to one queue.

use super::input::{self, BATCH};
use super::send::repeated;
use super::stamped::{Stamped, input_with_own_ids};
use super::{Caller, Kind, Prepared, Traffic};
use crate::engine::Write;
use crate::http;
use crate::load::{Exchange, Exchanges};

/// How many different batches are sent, in turn.
const BATCHES: usize = 16;

/// Producers that send ten messages at a time.
pub(crate) struct SendBatch {
    kind: Kind,
}

/// To a standard queue.
pub(crate) const STANDARD: SendBatch = SendBatch { kind: Kind::Standard };
/// To a FIFO queue of a thousand groups.
pub(crate) const FIFO: SendBatch = SendBatch { kind: Kind::Fifo };

impl Traffic for SendBatch {
    fn connections(&self) -> usize {
        64
    }

    fn turn(&self) -> &'static [Write] {
        &[Write::Append]
    }

    fn messages(&self) -> usize {
        BATCH
    }

    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Prepared> {
        let queue = caller.create_queue(self.kind, "bench")?;
        caller.call("SendMessageBatch", &rehearsal(self.kind, &queue))?;
        let exchanges = senders(self.kind, caller, &queue, connections);
        Ok(Prepared { exchanges, backlog: None })
    }
}

/// One batch that nobody else sends.
pub(super) fn rehearsal(kind: Kind, queue: &str) -> String {
    match kind {
        Kind::Standard => input::batch(queue, BATCHES),
        Kind::Fifo => input_with_own_ids(queue),
    }
}

/// Conversations that send batches for ever.
pub(super) fn senders(kind: Kind, caller: &Caller, queue: &str, connections: usize) -> Exchanges {
    let host = caller.address();
    match kind {
        Kind::Standard => {
            let request =
                |seed| http::request(host, "SendMessageBatch", &input::batch(queue, seed));
            let requests: Vec<Vec<u8>> = (0..BATCHES).map(request).collect();
            repeated(requests.into(), connections, BATCH)
        }
        Kind::Fifo => (0..connections)
            .map(|index| Box::new(Stamped::new(host, queue, index)) as Box<dyn Exchange>)
            .collect(),
    }
}
