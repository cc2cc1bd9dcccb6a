//! The messages that were published to a FIFO topic in the last five minutes, so that none is accepted twice.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html>

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use sha2::{Digest, Sha256};
use store::Position;
use uuid::Uuid;

use crate::ids::SeenKey;

/// A message that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) id: Uuid,
    pub(crate) position: Position,
    /// The time until which its deduplication id cannot be used for another message.
    pub(crate) until: Timestamp,
}

/// The messages of the last five minutes: some 100 bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    by_key: BTreeMap<SeenKey, Original>,
    by_time: BTreeSet<(Timestamp, SeenKey)>,
}

/// The key of a deduplication id, within a group or in the whole topic.
pub(crate) fn key(group: Option<&str>, deduplication_id: &str) -> SeenKey {
    let mut hash = Sha256::new();
    // No id is longer than 128 characters, so the length says where it ends.
    let group = group.unwrap_or_default();
    hash.update([u8::try_from(group.len()).unwrap_or(u8::MAX)]);
    hash.update(group.as_bytes());
    hash.update(deduplication_id.as_bytes());
    let hash = hash.finalize();
    std::array::from_fn(|index| hash[index])
}

/// The deduplication id that a message has where none is given: attributes do not count.
pub(crate) fn content_id(message: &str) -> String {
    let hash = Sha256::digest(message.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Seen {
    /// The message that was published with this key, if that is not over.
    pub(crate) fn find(&self, key: &SeenKey, now: Timestamp) -> Option<&Original> {
        self.by_key.get(key).filter(|original| original.until > now)
    }

    /// The time until which the entry of this key counts, which may be over.
    pub(crate) fn until(&self, key: &SeenKey) -> Option<Timestamp> {
        self.by_key.get(key).map(|original| original.until)
    }

    /// The time at which the first entry expires.
    pub(crate) fn first_over(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(until, _)| *until)
    }

    /// The first entries that are over, `most` of them, and when the first after these is.
    pub(crate) fn over(
        &self,
        now: Timestamp,
        most: usize,
    ) -> (Vec<(Timestamp, SeenKey)>, Option<Timestamp>) {
        let over = self.by_time.iter().take_while(|(until, _)| *until <= now).take(most);
        let over: Vec<_> = over.copied().collect();
        let next = self.by_time.iter().nth(over.len()).map(|(until, _)| *until);
        (over, next)
    }

    pub(crate) fn remember(&mut self, key: SeenKey, original: Original) {
        if let Some(before) = self.by_key.insert(key, original) {
            self.by_time.remove(&(before.until, key));
        }
        self.by_time.insert((original.until, key));
    }

    /// Drops entries that are over, unless their key was used again.
    pub(crate) fn forget(&mut self, over: &[(Timestamp, SeenKey)]) {
        for (until, key) in over {
            if self.by_time.remove(&(*until, *key)) {
                self.by_key.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original(until: u64) -> Original {
        let until = Timestamp::from_millis(until);
        Original { id: Uuid::nil(), position: Position(until.millis()), until }
    }

    #[test]
    fn a_key_is_found_until_it_is_over() {
        let mut seen = Seen::default();
        seen.remember(key(None, "a"), original(10));
        let found = |at| seen.find(&key(None, "a"), Timestamp::from_millis(at)).is_some();
        assert!(found(9) && !found(10));
    }

    #[test]
    fn groups_and_the_topic_keep_their_keys_apart() {
        let keys = [key(None, "ab"), key(Some("a"), "b"), key(Some("ab"), ""), key(Some("b"), "a")];
        assert_eq!(BTreeSet::from(keys).len(), 4);
    }

    #[test]
    fn what_is_over_is_forgotten_and_what_was_used_again_is_not() {
        let mut seen = Seen::default();
        for (id, until) in [("a", 1), ("b", 2), ("c", 3)] {
            seen.remember(key(None, id), original(until));
        }
        let (over, next) = seen.over(Timestamp::from_millis(2), 10);
        assert_eq!((over.len(), next), (2, Some(Timestamp::from_millis(3))));
        seen.remember(key(None, "a"), original(9));
        seen.forget(&over);
        let found = |id| seen.find(&key(None, id), Timestamp::ZERO).is_some();
        assert_eq!(["a", "b", "c"].map(found), [true, false, true]);
        assert_eq!(seen.first_over(), Some(Timestamp::from_millis(3)));
    }
}
