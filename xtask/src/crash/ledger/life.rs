//! A message in one queue, from when it comes there until it is deleted or goes to another queue.

use std::time::{Duration, Instant};

use super::Began;
use crate::crash::breach::Breach;
use crate::crash::queue::Queue;

/// The program counts time in whole milliseconds, so a span may end that much early.
const RESOLUTION: Duration = Duration::from_millis(1);

/// What is known of a message in one queue.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) queue: Queue,
    /// Its `MessageId` there.
    pub(super) id: String,
    /// Its `SequenceNumber` there.
    pub(super) sequence: Option<u128>,
    /// Its `SentTimestamp` there, once it was seen.
    pub(super) sent: Option<u64>,
    /// It cannot have been received there before this step.
    pub(super) born: u64,
    /// The step at which it was known to be there.
    pub(super) known_at: u64,
    /// How often it was seen.
    pub(super) seen: u32,
    /// The highest receive count seen, and the step at which it was seen.
    pub(super) count: Option<(u32, u64)>,
    pub(super) hidden: Option<Hidden>,
}

/// A promise that nobody receives the message for a while.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hidden {
    known_at: u64,
    until: Instant,
}

impl Hidden {
    /// From a request that began then and whose answer is known now, at this step.
    pub(super) fn by(began: Began, known_at: u64, span: Duration) -> Hidden {
        Hidden { known_at, until: began.at + span }
    }

    fn holds(self, began: Began) -> bool {
        self.known_at < began.step && Instant::now() + RESOLUTION < self.until
    }
}

impl Life {
    /// The highest receive count that was seen.
    pub(super) fn highest(&self) -> u32 {
        self.count.map_or(0, |(highest, _)| highest)
    }

    /// Since when nothing is known of its receives.
    pub(super) fn last_seen(&self) -> u64 {
        self.count.map_or(self.born, |(_, step)| step)
    }

    /// Whether it was hidden for certain during a request that began then and ends now.
    pub(super) fn is_hidden(&self, began: Began) -> bool {
        self.hidden.is_some_and(|hidden| hidden.holds(began))
    }

    /// Whether the handle of the receive with this count is of use for certain, as far as it was known
    /// when the request began, until now.
    pub(super) fn is_held(&self, count: u32, began: Began) -> bool {
        self.highest() == count && self.is_hidden(began)
    }

    /// What a receive that began then, ends now and shows this count has broken.
    pub(super) fn broken_by(&self, began: Began, count: u32, sent: u64) -> Vec<Breach> {
        let mut found = Vec::new();
        if let Some((highest, step)) = self.count
            && (count == highest || (count < highest && step < began.step))
        {
            found.push(Breach::Backwards);
        }
        if self.sent.is_some_and(|before| before != sent) {
            found.push(Breach::Changed);
        }
        found
    }

    /// It was received.
    pub(super) fn note_receive(&mut self, step: u64, count: u32, hidden: Hidden) {
        self.seen += 1;
        if count > self.highest() {
            self.count = Some((count, step));
            self.hidden = Some(hidden);
        }
    }

    /// Its visibility timeout is about to change: until the answer comes, the earlier of two times holds.
    pub(super) fn may_be_hidden(&mut self, began: Began, span: Duration) {
        if let Some(hidden) = &mut self.hidden {
            hidden.until = hidden.until.min(began.at + span);
        }
    }
}
