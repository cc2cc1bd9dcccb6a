//! What was sent in the last five minutes, so that it is not taken twice.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html>

use std::collections::{BTreeMap, HashMap};

use base::Timestamp;
use sha2::{Digest, Sha256};
use store::Position;
use uuid::Uuid;

/// The first bytes of the hash of a deduplication id, and of its group where that is the scope.
pub(crate) type SeenKey = u128;

/// A message that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) id: Uuid,
    pub(crate) position: Position,
}

/// Messages that were taken together: one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Together {
    /// Until then their deduplication ids cannot be used for other messages.
    pub(crate) until: Timestamp,
    pub(crate) messages: Vec<(SeenKey, Original)>,
}

/// Until when messages count that were taken together, and the position of the first.
pub(crate) type TogetherKey = (Timestamp, Position);

impl Together {
    /// What no others have.
    pub(crate) fn key(&self) -> Option<TogetherKey> {
        self.messages.first().map(|(_, first)| (self.until, first.position))
    }

    /// The one of these messages that has this key.
    pub(crate) fn find(&self, key: &SeenKey) -> Option<Original> {
        self.messages.iter().find(|(other, _)| other == key).map(|(_, original)| *original)
    }
}

/// What was sent in the last five minutes: some 100 bytes a message, whether it is still there or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    by_key: ByKey,
    by_time: BTreeMap<TogetherKey, Box<[SeenKey]>>,
}

/// Messages by key. In parts, because a map that grows moves all it has: a part of many thousands of messages
/// holds its queue up for less than a sync of the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ByKey(Vec<HashMap<SeenKey, (Timestamp, Original)>>);

const PARTS: usize = 64;

impl Default for ByKey {
    fn default() -> Self {
        ByKey(vec![HashMap::new(); PARTS])
    }
}

impl ByKey {
    fn get(&self, key: &SeenKey) -> Option<&(Timestamp, Original)> {
        self.0[part(key)].get(key)
    }

    fn insert(&mut self, key: SeenKey, seen: (Timestamp, Original)) {
        self.0[part(&key)].insert(key, seen);
    }

    fn remove(&mut self, key: &SeenKey) {
        self.0[part(key)].remove(key);
    }
}

fn part(key: &SeenKey) -> usize {
    (*key % PARTS as u128) as usize
}

/// The key of a deduplication id, within a group or in the whole queue.
pub(crate) fn key(group: Option<&str>, deduplication_id: &str) -> SeenKey {
    let mut hash = Sha256::new();
    // No id is longer than 128 characters, so the length says where it ends.
    let group = group.unwrap_or_default();
    hash.update([u8::try_from(group.len()).unwrap_or(u8::MAX)]);
    hash.update(group.as_bytes());
    hash.update(deduplication_id.as_bytes());
    hash.finalize().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// The deduplication id that a body has where none is given: attributes do not count.
pub(crate) fn content_id(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Seen {
    /// The message that was sent with this key, if that is not over.
    pub(crate) fn find(&self, key: &SeenKey, now: Timestamp) -> Option<Original> {
        let (_, original) = self.by_key.get(key).filter(|(until, _)| *until > now)?;
        Some(*original)
    }

    /// When the first entry is over.
    pub(crate) fn first_over(&self) -> Option<Timestamp> {
        self.by_time.keys().next().map(|(until, _)| *until)
    }

    /// The first rows that are over, `most` of them, and when the first after these is.
    pub(crate) fn over(
        &self,
        now: Timestamp,
        most: usize,
    ) -> (Vec<TogetherKey>, Option<Timestamp>) {
        let over = self.by_time.keys().take_while(|(until, _)| *until <= now).take(most);
        let over: Vec<_> = over.copied().collect();
        let next = self.by_time.keys().nth(over.len()).map(|(until, _)| *until);
        (over, next)
    }

    pub(crate) fn remember(&mut self, together: Together) {
        let Some(row) = together.key() else { return };
        self.by_time.insert(row, together.messages.iter().map(|(key, _)| *key).collect());
        for (key, original) in together.messages {
            self.by_key.insert(key, (together.until, original));
        }
    }

    /// Drops rows that are over, and their keys unless they were used again.
    pub(crate) fn forget(&mut self, over: &[TogetherKey]) {
        for row in over {
            for key in self.by_time.remove(row).into_iter().flatten() {
                if self.by_key.get(&key).is_some_and(|(until, _)| *until <= row.0) {
                    self.by_key.remove(&key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn together(ids: &[&str], until: u64) -> Together {
        let original = Original { id: Uuid::nil(), position: Position(until) };
        let messages = ids.iter().map(|id| (key(None, id), original)).collect();
        Together { until: Timestamp::from_millis(until), messages }
    }

    #[test]
    fn a_key_is_found_until_it_is_over() {
        let mut seen = Seen::default();
        seen.remember(together(&["a"], 10));
        let found = |at| seen.find(&key(None, "a"), Timestamp::from_millis(at)).is_some();
        assert!(found(9) && !found(10));
    }

    #[test]
    fn groups_and_the_queue_keep_their_keys_apart() {
        let keys = [key(None, "ab"), key(Some("a"), "b"), key(Some("ab"), ""), key(Some("b"), "a")];
        assert_eq!(BTreeSet::from(keys).len(), 4);
    }

    #[test]
    fn what_is_over_is_forgotten_and_what_was_used_again_is_not() {
        let mut seen = Seen::default();
        for (ids, until) in [(&["a", "d"][..], 1), (&["b"], 2), (&["c"], 3)] {
            seen.remember(together(ids, until));
        }
        let (over, next) = seen.over(Timestamp::from_millis(2), 10);
        assert_eq!((over.len(), next), (2, Some(Timestamp::from_millis(3))));
        seen.remember(together(&["a"], 9));
        seen.forget(&over);
        let now = Timestamp::ZERO;
        let found = ["a", "b", "c", "d"].map(|id| seen.find(&key(None, id), now).is_some());
        assert_eq!(found, [true, false, true, false]);
        assert_eq!(seen.first_over(), Some(Timestamp::from_millis(3)));
        let (over, next) = seen.over(Timestamp::from_millis(9), 1);
        assert_eq!((over.len(), next), (1, Some(Timestamp::from_millis(9))));
        seen.forget(&[
            (Timestamp::from_millis(3), Position(3)),
            (Timestamp::from_millis(9), Position(9)),
        ]);
        assert_eq!(seen, Seen::default());
    }
}
