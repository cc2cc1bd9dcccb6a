//! Which fault strikes whom, and how often.

use std::sync::atomic::{AtomicU64, Ordering};

use base::{Arn, Span};
use policy::Pattern;
use shape::Fault;

/// A fault, and whom it strikes.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The operation, as in `SendMessage`; none for all of them.
    pub operation: Option<Box<str>>,
    /// The names of the things, in which `*` stands for anything; none for all of them.
    pub thing: Option<Pattern>,
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
pub(super) struct Counted {
    pub(super) rule: Rule,
    count: AtomicU64,
}

impl Rule {
    /// Whether it is about a request.
    pub(super) fn is_about(&self, operation: &str, thing: Option<&Arn>) -> bool {
        let named = self.operation.as_deref();
        named.is_none_or(|named| named == operation) && self.is_about_thing(thing)
    }

    /// Whether it is about a thing, whatever is done with it.
    pub(super) fn is_about_thing(&self, thing: Option<&Arn>) -> bool {
        let Some(names) = &self.thing else { return true };
        thing.is_some_and(|thing| names.matches(thing.resource()))
    }
}

impl Counted {
    pub(super) fn new(rule: Rule) -> Self {
        Counted { rule, count: AtomicU64::new(0) }
    }

    pub(super) fn struck(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}
