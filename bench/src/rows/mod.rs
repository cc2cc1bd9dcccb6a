//! The rows of the table: one small file each.

mod caller;
mod cycle;
mod send;
mod send_batch;
mod text;

use std::fmt;

pub(crate) use caller::{Answers, Caller};

use crate::load::Exchanges;

/// One row: what is asked, on how many connections.
pub(crate) trait Row {
    /// Its short name, for the command line.
    fn name(&self) -> &'static str;

    /// What it measures.
    fn title(&self) -> &'static str;

    /// How many connections it uses.
    fn connections(&self) -> usize;

    /// Whether each request does nothing but store a message of 1 KiB: then the engine alone is measured too.
    fn only_stores(&self) -> bool {
        false
    }

    /// Prepares a fresh server, and gives each connection its conversation.
    ///
    /// Makes each kind of request at least once: the answers are recorded, and the ceiling gives them.
    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Exchanges>;
}

/// The server does not have an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Absent(pub String);

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server has no {}", self.0)
    }
}

impl std::error::Error for Absent {}

/// The rows of the queue service, in the order of the table.
pub(crate) fn sqs() -> Vec<Box<dyn Row>> {
    vec![
        Box::new(send::ONE),
        Box::new(send::MANY),
        Box::new(send_batch::SendBatch),
        Box::new(cycle::ONE),
        Box::new(cycle::TEN),
    ]
}

/// Their names.
pub(crate) fn names() -> Vec<&'static str> {
    sqs().iter().map(|row| row.name()).collect()
}
