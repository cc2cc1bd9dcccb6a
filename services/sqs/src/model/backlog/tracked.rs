//! A message that has a state of its own.

use base::Timestamp;

use crate::model::fifo::{Attempt, Group};
use crate::model::leaving::Departure;

/// A message that was received or delayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tracked {
    pub(crate) sent: Timestamp,
    /// When it can be received (again).
    pub(crate) visible_at: Timestamp,
    /// How often it was received.
    pub(crate) receives: u32,
    /// When it was received first; of no meaning before that.
    pub(crate) first_received: Timestamp,
    /// When it was received last.
    pub(crate) received: Timestamp,
    /// Where it goes, if it is on its way to another queue.
    pub(crate) leaving: Option<Departure>,
    /// Until when no redrive policy sends it off: its dead-letter queue has not taken it.
    pub(crate) stays_until: Timestamp,
    /// Its group; of no meaning for a message without one.
    pub(crate) group: Group,
    /// The attempt that received it last, as long as nothing else has happened to it.
    pub(crate) attempt: Option<Attempt>,
}

impl Tracked {
    /// One that was never received.
    pub(crate) fn delayed(sent: Timestamp, visible_at: Timestamp) -> Self {
        let (first_received, received) = (Timestamp::ZERO, Timestamp::ZERO);
        let (leaving, stays_until) = (None, Timestamp::ZERO);
        let (group, attempt) = (Group::default(), None);
        Tracked {
            sent,
            visible_at,
            receives: 0,
            first_received,
            received,
            leaving,
            stays_until,
            group,
            attempt,
        }
    }

    /// The same in a group.
    #[must_use]
    pub(crate) fn in_group(self, group: Group) -> Self {
        Tracked { group, ..self }
    }

    /// The same, hidden until then.
    #[must_use]
    pub(crate) fn hidden_until(&self, visible_at: Timestamp) -> Self {
        Tracked { visible_at, attempt: None, ..self.clone() }
    }

    /// The same after another receive.
    pub(crate) fn received_again(&self, now: Timestamp, visible_at: Timestamp) -> Self {
        let first_received = if self.receives == 0 { now } else { self.first_received };
        let receives = self.receives.saturating_add(1);
        let received = now;
        Tracked { visible_at, receives, first_received, received, attempt: None, ..self.clone() }
    }
}
