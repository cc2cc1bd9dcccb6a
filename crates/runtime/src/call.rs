//! A call of an operation, and its answer.

use std::sync::Arc;

use futures::future::BoxFuture;
use identity::Caller;
use shape::{Encode, Fault, Malformed};

use crate::node::Node;

/// A call of an operation, without its input.
#[derive(Clone)]
pub struct Call {
    /// The caller.
    pub caller: Caller,
    /// The address at which the caller reaches this program, as in `http://localhost:4566`: URLs in answers begin
    /// so.
    pub endpoint: Arc<str>,
    /// The node, if it makes faults on purpose.
    pub faulty: Option<Arc<Node>>,
    /// The calls that led to this one.
    pub chain: Chain,
    /// The id under which a durable caller repeats this call until it is answered: an operation with a
    /// deduplication window answers a repetition as it answered the first time.
    pub idempotency_id: Option<Arc<str>>,
}

/// The calls that led to a call: an operation hands its own on to the operations that it calls, so that they cannot
/// call each other for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    depth: u8,
}

/// An operation's answer.
pub type Answer = Result<Box<dyn Encode + Send>, Fault>;

/// An operation that has been started.
pub type Started = Result<BoxFuture<'static, Answer>, Rejected>;

/// The reason why an operation was not even started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Its input is not what its shape says; each protocol has words of its own for that.
    Malformed(Malformed),
    /// The service refuses it.
    Fault(Fault),
}

/// Most calls that may lead to one another.
pub(crate) const DEEPEST: u8 = 8;

impl Call {
    /// A call from outside, or from work in the background.
    pub fn new(caller: Caller, endpoint: Arc<str>) -> Self {
        Call { caller, endpoint, faulty: None, chain: Chain::default(), idempotency_id: None }
    }
}

impl Chain {
    /// The chain of a call that one of this chain makes; none if it would be too deep.
    pub(crate) fn next(self) -> Option<Chain> {
        (self.depth < DEEPEST).then(|| Chain { depth: self.depth + 1 })
    }
}
