//! Conditions: the tests that a pattern puts to a value.

mod cidr;
mod fold;
mod wildcard;

use std::sync::Arc;

pub(crate) use cidr::Network;
pub(crate) use fold::{fold, folded_prefix, folded_suffix};
pub(crate) use wildcard::{Wildcard, WildcardText};

use crate::Scalar;
use crate::number::Range;

/// One thing that a value may be. Texts that are compared without case are kept folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Condition {
    /// This very value.
    Exactly(Scalar),
    /// Text that differs in case at most.
    IgnoringCase(Arc<str>),
    /// Text that begins so.
    Prefix(Arc<str>),
    /// Text that ends so.
    Suffix(Arc<str>),
    /// Text that begins so but for case.
    PrefixIgnoringCase(Arc<str>),
    /// Text that ends so but for case.
    SuffixIgnoringCase(Arc<str>),
    /// Text with any text in places.
    Wildcard(Wildcard),
    /// A number of a range.
    Within(Range),
    /// Text that is an IP address of a block.
    Network(Network),
    /// Anything.
    Any,
    /// Anything but `null` and empty text.
    Content,
    /// None of these.
    NoneOf(Box<[Condition]>),
}

impl Condition {
    /// Returns true if a value meets the condition.
    pub(crate) fn holds(&self, value: &Scalar) -> bool {
        match self {
            Condition::Exactly(exact) => exact == value,
            Condition::Any => true,
            Condition::Content => !value.is_nothing(),
            Condition::NoneOf(not) => !not.iter().any(|condition| condition.holds(value)),
            Condition::Within(range) => {
                matches!(value, Scalar::Number(number) if range.contains(*number))
            }
            _ => matches!(value, Scalar::String(text) if self.holds_for_text(text)),
        }
    }

    fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Condition::IgnoringCase(folded) => fold::equals(text, folded),
            Condition::Prefix(prefix) => text.starts_with(&**prefix),
            Condition::Suffix(suffix) => text.ends_with(&**suffix),
            Condition::PrefixIgnoringCase(prefix) => folded_prefix(text, prefix),
            Condition::SuffixIgnoringCase(suffix) => folded_suffix(text, suffix),
            Condition::Wildcard(wildcard) => wildcard.matches(text),
            Condition::Network(network) => network.contains(text),
            _ => false,
        }
    }
}
