//! What is asked of a server: one small file for each kind of traffic.

mod batches;
mod caller;
mod check;
mod cycle;
mod depth;
mod input;
mod publish;
mod send;
mod stamped;
mod subscribe;
mod take;
mod text;
mod topic;
mod turn;

use std::fmt;

pub(crate) use batches::{FIFO as SEND_BATCH_FIFO, STANDARD as SEND_BATCH};
pub(crate) use caller::{Answers, Caller};
pub(crate) use check::handles;
pub(crate) use cycle::{ONE as CYCLE, TEN as CYCLE_BATCH};
pub(crate) use depth::Depth;
pub(crate) use input::Kind;
pub(crate) use publish::Published;
pub(crate) use send::{MANY as SEND, ONE as SEND_ALONE};
pub(crate) use take::{FIFO as TAKE_FIFO, STANDARD as TAKE};
pub(crate) use text::text;
pub(crate) use topic::{Queue, Topic, Wish};

use crate::engine::Write;
use crate::load::Exchanges;

/// A kind of traffic, all of it on one queue.
pub(crate) trait Traffic: Sync {
    /// How many connections it uses.
    fn connections(&self) -> usize;

    /// What the decisions of one turn write.
    fn turn(&self) -> &'static [Write];

    /// Messages of each request.
    fn messages(&self) -> usize;

    /// Prepares a fresh server.
    ///
    /// Makes each kind of request at least once: the answers are recorded, and the ceiling gives them.
    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Prepared>;
}

/// What each connection says to a server that has been prepared.
pub(crate) struct Prepared {
    /// What is measured.
    pub exchanges: Exchanges,
    /// What fills the queue before, if it must be full.
    pub backlog: Option<Exchanges>,
}

/// What cannot be measured, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Absent(pub String);

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Absent {}
