//! Scalars: the values at the leaves of an event.

use std::sync::Arc;

use crate::Number;

/// A value that is neither an object nor an array.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scalar {
    /// `null`, which is a value: a field that is not there is something else.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; text that looks like one is text.
    Number(Number),
    /// Text.
    String(Arc<str>),
}

impl Scalar {
    /// Returns true if it is `null` or no text at all.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Scalar::Null => true,
            Scalar::String(text) => text.is_empty(),
            Scalar::Bool(_) | Scalar::Number(_) => false,
        }
    }
}
