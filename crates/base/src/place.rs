//! Slots: the units of ownership, and the slot of a resource.

use std::fmt;
use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// The number of slots of a data directory; fixed when it is created.
pub const SLOTS: u16 = 256;

/// A slot: the unit of ownership. Each lane lives in the slot that the hash of its ARN names, so a
/// lane is found from its ARN alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(u8);

impl SlotId {
    /// The slot of the thing with this ARN. The hash is part of the data's format: it never changes.
    pub fn of(arn: &str) -> Self {
        let mut hasher = SipHasher13::new_with_keys(0, 0);
        hasher.write(arn.as_bytes());
        SlotId(hasher.finish().to_le_bytes()[0])
    }

    /// The slot with this number.
    pub const fn from_number(number: u8) -> Self {
        SlotId(number)
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its number, to index an array with.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// All slots, in order.
    pub fn all() -> impl Iterator<Item = SlotId> {
        (0..=u8::MAX).map(SlotId)
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_slot_for_ever() {
        // Data on disk depends on these numbers: a change here needs a migration.
        assert_eq!(SlotId::of("arn:aws:sqs:us-east-1:000000000000:orders").number(), 96);
        assert_eq!(SlotId::of("").number(), SlotId::of("").number());
        assert_eq!(SlotId::all().count(), usize::from(SLOTS));
    }
}
