//! The reasons why a text is no policy.

use std::fmt;

/// A text is no policy: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    place: String,
    reason: String,
}

impl Malformed {
    /// Something is wrong at a place of the document.
    pub(crate) fn at(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Malformed { place: place.into(), reason: reason.into() }
    }

    /// The same mistake, seen from what encloses its place.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.place = format!("{outer}.{}", self.place);
        self
    }

    /// The place: the elements' names from the outside in, as in `Statement[2].Condition.Bool`; statements are
    /// counted from 1.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl std::error::Error for Malformed {}
