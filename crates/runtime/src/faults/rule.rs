//! Which fault strikes whom, and how often.

use std::sync::atomic::{AtomicU64, Ordering};

use base::{Arn, Span};
use shape::Fault;

/// A fault, and whom it strikes.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The operation, as in `SendMessage`; none for all of them.
    pub operation: Option<Box<str>>,
    /// The names of the things, in which `*` stands for anything; none for all of them.
    pub thing: Option<Box<str>>,
    /// How often, from 0 to 1.
    pub share: f64,
    /// What happens.
    pub trouble: Trouble,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The request is refused before anything is done.
    Refuse(Fault),
    /// The request waits before it is begun.
    Delay(Span),
    /// A message that is received from a standard queue is not hidden: it comes again.
    Duplicate,
    /// A message that is sent to a standard queue arrives that much later, behind others.
    Reorder(Span),
}

/// A rule that counts how often it strikes.
pub struct Counted {
    pub(super) rule: Rule,
    count: AtomicU64,
}

/// Something that a rule may be about.
pub(super) struct Event<'e> {
    pub(super) service: &'e str,
    pub(super) operation: &'e str,
    pub(super) thing: Option<&'e Arn>,
}
