//! Ids that are never used twice.

use std::fmt;

use crate::Random;

/// One life of a named thing. Each creation draws a new one, and every row, receipt handle, delivery
/// and timer carries it: what belonged to a deleted namesake can never appear again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation([u8; 16]);

impl Incarnation {
    /// Draws a new one.
    pub fn draw(random: &Random) -> Self {
        Incarnation(random.bytes())
    }

    /// The one with these bytes, as read from a key.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Incarnation(bytes)
    }

    /// Its bytes, as written to a key.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}
