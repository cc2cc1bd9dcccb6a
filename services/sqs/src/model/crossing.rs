//! What a queue remembers of messages that cross from one queue to another.
//!
//! A leaving message is delivered as part of the *stream* of its queue's life, in the order of the numbers,
//! one delivery at a time. So a receiver knows a stream by the highest number that it has taken: what comes
//! again after a crash has a number that is not higher, and is there already.

use std::collections::BTreeMap;

use base::{Incarnation, Timestamp};
use runtime::jobs::Timer;

use crate::model::Queue;
use crate::model::leaving::Settled;
use crate::model::tasks::{Task, Tasks};

/// A queue's side of all crossings, in both directions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// The highest number that was taken of each stream that ends here.
    pub(crate) streams: BTreeMap<Incarnation, u64>,
    /// When the relay of leaving messages is due; none while nothing leaves.
    pub(crate) relay_at: Option<Timestamp>,
    /// Move tasks.
    pub(crate) tasks: Tasks,
}

/// The end of the way of some leaving messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// The relay that brought it.
    pub(crate) done: Timer,
    pub(crate) settled: Settled,
    /// When the next relay is due, if anything is still leaving.
    pub(crate) relay_at: Option<Timestamp>,
    /// When a sweep is due, if that is sooner than before: returned messages may be old.
    pub(crate) sweep_at: Option<Timestamp>,
}

impl Queue {
    /// Whether this number of a stream was taken before.
    pub(crate) fn has_taken(&self, stream: &Incarnation, number: u64) -> bool {
        self.crossing.streams.get(stream).is_some_and(|highest| number <= *highest)
    }

    /// When a sweep must be due for a message that was sent then, unless one is due by that time.
    pub(crate) fn sweep_for(&self, sent: Timestamp) -> Option<Timestamp> {
        let over = sent + self.attributes.retention;
        self.sweep_at.is_none_or(|due| due > over).then_some(over)
    }

    /// When a relay must be due now that messages leave, unless one is due.
    pub(crate) fn relay_for(&self, leaving: usize, now: Timestamp) -> Option<Timestamp> {
        (leaving > 0 && self.crossing.relay_at.is_none()).then_some(now)
    }

    /// The move task that is under way.
    pub(crate) fn task(&self) -> Option<&Task> {
        self.crossing.tasks.active()
    }
}
