//! Jobs that have failed: those that are tried again, and those in quarantine.

use std::collections::BTreeMap;

use base::{Arn, Timestamp};
use bytes::Bytes;

use super::queues::QueueKey;

/// Failures in a row after which a timer goes to quarantine: with the pauses between them about an hour.
pub(super) const MOST_FAILURES: u32 = 20;
/// Most jobs whose failures are counted.
const MOST_FAILING: usize = 1 << 16;
/// Most timers that are kept in quarantine one by one; the others are only counted.
const MOST_QUARANTINED: usize = 10_000;

/// What has failed, by the timers' keys. In memory only: a restart tries everything again.
#[derive(Default)]
pub(super) struct Failures {
    failing: BTreeMap<Bytes, Failing>,
    quarantined: BTreeMap<Bytes, Quarantined>,
    /// How many are in quarantine of which nothing else is known.
    beyond: u64,
}

/// A job that is tried again.
pub(super) struct Failing {
    pub(super) queue: QueueKey,
    /// Failures in a row.
    pub(super) failures: u32,
    /// The time of the next try.
    pub(super) next: Timestamp,
}

/// A timer that is not tried again by itself. Its row stays on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The resource; none if the row is not a timer's.
    pub arn: Option<Arn>,
    /// The kind of job, in the service's numbering.
    pub kind: Option<u8>,
    /// The timer's own time.
    pub at: Option<Timestamp>,
    /// The time at which it was quarantined.
    pub since: Timestamp,
    /// Failures in a row before.
    pub failures: u32,
    /// The reason.
    pub reason: String,
}

impl Failures {
    /// Counts a failure; answers how many there were in a row.
    pub(super) fn count(&mut self, key: &Bytes, queue: &QueueKey, now: Timestamp) -> u32 {
        if self.failing.len() >= MOST_FAILING {
            // Those are left that were not tried again, because their timers have gone.
            self.failing.retain(|_, failing| failing.next >= now);
        }
        if self.failing.len() >= MOST_FAILING && !self.failing.contains_key(key) {
            return 1;
        }
        let new = || Failing { queue: queue.clone(), failures: 0, next: now };
        let failing = self.failing.entry(key.clone()).or_insert_with(new);
        failing.failures += 1;
        failing.failures
    }

    /// Notes when a job is tried again.
    pub(super) fn tried_again(&mut self, key: &Bytes, next: Timestamp) {
        if let Some(failing) = self.failing.get_mut(key) {
            failing.next = next;
        }
    }

    /// A job has succeeded.
    pub(super) fn succeeded(&mut self, key: &Bytes) {
        self.failing.remove(key);
    }

    pub(super) fn quarantine(&mut self, key: Bytes, quarantined: Quarantined) {
        self.failing.remove(&key);
        if self.quarantined.len() < MOST_QUARANTINED {
            self.quarantined.insert(key, quarantined);
        } else {
            self.beyond += 1;
        }
    }

    pub(super) fn is_quarantined(&self, key: &Bytes) -> bool {
        self.quarantined.contains_key(key)
    }

    /// Lets everything out of quarantine, and answers how much that is.
    pub(super) fn release(&mut self) -> u64 {
        let released = self.quarantined_count();
        *self = Failures::default();
        released
    }

    pub(super) fn failing(&self) -> impl Iterator<Item = &Failing> {
        self.failing.values()
    }

    pub(super) fn failing_count(&self) -> usize {
        self.failing.len()
    }

    pub(super) fn quarantined(&self) -> impl Iterator<Item = &Quarantined> {
        self.quarantined.values()
    }

    pub(super) fn quarantined_count(&self) -> u64 {
        self.quarantined.len() as u64 + self.beyond
    }
}
