//! Ids that rows and memory have in common.

use std::fmt;
use std::str::FromStr;

use base::Random;
use uuid::Uuid;

/// The first bytes of the hash of a deduplication id, and of its group where that is the scope.
pub(crate) type SeenKey = [u8; 16];

/// The last part of a subscription's ARN. Each new subscription draws one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SubscriptionId([u8; 16]);

impl SubscriptionId {
    /// Draws a new one.
    pub(crate) fn draw(random: &Random) -> Self {
        SubscriptionId(random.uuid().into_bytes())
    }

    /// The one with these bytes, as read from a key.
    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Self {
        SubscriptionId(bytes)
    }

    /// Its bytes, as written to a key.
    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for SubscriptionId {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let id = Uuid::parse_str(text).map_err(|_| ())?;
        // Other ways to write the same id name nothing.
        let id = SubscriptionId(id.into_bytes());
        if id.to_string() == text { Ok(id) } else { Err(()) }
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_one_way_only() {
        let id = SubscriptionId::draw(&Random::seeded(1));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<SubscriptionId>(), Err(()));
        assert_eq!(id.to_string().replace('-', "").parse::<SubscriptionId>(), Err(()));
    }
}
