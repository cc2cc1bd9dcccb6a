//! A message group, as decisions know it.

use sha2::{Digest, Sha256};

/// The first bytes of the hash of a group's id: short enough to stand in each record's head and in each row.
/// Should two ids ever have the same, their messages are one group in one order, which breaks no promise to
/// either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Group(pub(crate) u64);

impl Group {
    /// The group of this id.
    pub(crate) fn of(id: &str) -> Self {
        let hash = Sha256::digest(id.as_bytes());
        Group(hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}
