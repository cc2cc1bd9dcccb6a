//! The state of a topic's deliveries: its offsets, and its lagging subscriptions.
//!
//! All subscriptions share one `delivered` offset: a batch takes the messages behind it to all of them. A
//! subscription whose delivery fails *lags* from then on: it has a cursor of its own, and batches pass it by
//! until it has caught up with the delivered offset, or with the batch that has passed it by.

use std::collections::VecDeque;
use std::sync::Arc;

use base::Timestamp;
use runtime::delivery::{ByHealth, Health};
use store::Position;

use crate::ids::SubscriptionId;
use crate::keys::Offsets;
use crate::model::change::{Published, Settled};
use crate::model::lagging::{self, CursorUpdates, LaggingSubscriptions};
use crate::model::outgoing::Outgoing;

/// Bytes of new messages that wait in memory for their delivery.
const WINDOW: usize = 1 << 20;
/// Most records that one commit releases.
const RELEASE: u64 = 1000;

/// The deliveries of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relay {
    /// The released offset: records before this position are released.
    pub(crate) released: Position,
    /// The delivered offset: messages before this position have been delivered, but to lagging subscriptions.
    pub(crate) delivered: Position,
    /// The time of the next batch. While there is something to deliver or to release, there is one.
    pub(crate) deliver_at: Option<Timestamp>,
    /// The times of the next catch-ups, by the receivers' health. While any subscription lags, its catch-up is
    /// at the time of the first attempt or before.
    pub(crate) catch_up_at: ByHealth<Option<Timestamp>>,
    pub(crate) lagging: LaggingSubscriptions,
    /// In memory only: a batch that was interrupted begins anew.
    pub(crate) in_flight: Option<BatchInFlight>,
    pub(crate) window: Window,
}

/// A batch that passes lagging subscriptions by. It is not known while none lags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BatchInFlight {
    /// The position behind its last message.
    pub(crate) to: Position,
    /// The last subscription that it has come to; none if it has come to all.
    pub(crate) last: Option<SubscriptionId>,
    /// The position up to which the subscriptions behind `last` were passed by, by the batch before it.
    pub(crate) passed: Position,
}

/// New messages in memory, without a gap, at or behind the delivered offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    messages: VecDeque<Arc<Outgoing>>,
    bytes: usize,
}

/// The records that one commit may release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Releasable {
    /// Records before this position may be released.
    pub(crate) below: Position,
    /// No others are left that nobody needs.
    pub(crate) is_all: bool,
}

impl Relay {
    /// The deliveries as their row says; lagging subscriptions are read later.
    pub(super) fn load(offsets: Offsets) -> Self {
        Relay {
            released: Position(offsets.released),
            delivered: Position(offsets.delivered),
            deliver_at: offsets.deliver_ms.map(Timestamp::from_millis),
            catch_up_at: [offsets.catch_up_ms, offsets.slow_ms, offsets.unresponsive_ms]
                .map(|at| at.map(Timestamp::from_millis)),
            lagging: LaggingSubscriptions::unread(),
            in_flight: None,
            window: Window::default(),
        }
    }

    /// The time of the batch that a message needs which is published now; none if one is due anyway.
    pub(crate) fn wake(&self, now: Timestamp) -> Option<Timestamp> {
        self.deliver_at.is_none().then_some(now)
    }

    pub(super) fn published(&mut self, published: &Published) {
        self.deliver_at = self.deliver_at.or(published.deliver_at);
        self.window.push(Outgoing::new(published.position, Arc::clone(&published.entry)));
    }

    pub(super) fn settled(&mut self, settled: Settled) {
        self.released = settled.released;
        self.delivered = settled.delivered;
        self.deliver_at = settled.deliver_at;
        self.catch_up_at = settled.catch_up_at;
        self.in_flight = settled.in_flight;
        self.lagging.apply(settled.updates);
        self.window.drop_below(self.delivered);
    }

    /// Forgets a subscription that has ended. What was kept for it is released after the next catch-up.
    pub(super) fn forget(&mut self, id: SubscriptionId) {
        self.lagging.remove(id);
    }

    /// The position up to which a lagging subscription has to come, to be with the others.
    pub(crate) fn target(&self, id: SubscriptionId) -> Position {
        match self.in_flight {
            Some(batch) if batch.last.is_none_or(|last| id <= last) => batch.to.max(self.delivered),
            Some(batch) => batch.passed.max(self.delivered),
            None => self.delivered,
        }
    }

    /// The time of the next catch-up after these updates: not later than it was before.
    pub(crate) fn catch_up_with(
        &self,
        health: Health,
        updates: &CursorUpdates,
    ) -> Option<Timestamp> {
        let before = self.catch_up_at[health as usize];
        before.into_iter().chain(lagging::first(health, updates)).min()
    }

    /// The records that one commit may release after these updates. Those from `kept` on are kept.
    pub(crate) fn releasable(
        &self,
        delivered: Position,
        updates: &CursorUpdates,
        kept: Option<Position>,
    ) -> Releasable {
        let lowest = self.lagging.lowest_after(updates);
        let needed = lowest.into_iter().chain(kept).fold(delivered, Position::min);
        let below = needed.min(Position(self.released.0 + RELEASE)).max(self.released);
        Releasable { below, is_all: below >= needed }
    }
}

impl Window {
    /// The messages from a position on, if it is not before the first one.
    pub(crate) fn from(&self, position: Position) -> impl Iterator<Item = &Arc<Outgoing>> {
        let first = self.messages.front().map(|first| first.position);
        let skipped = first.and_then(|first| position.0.checked_sub(first.0));
        self.messages.iter().skip(skipped.map_or(usize::MAX, |skipped| skipped as usize))
    }

    fn push(&mut self, message: Outgoing) {
        let follows =
            self.messages.back().is_none_or(|last| last.position.next() == message.position);
        if follows && self.bytes + message.size <= WINDOW {
            self.bytes += message.size;
            self.messages.push_back(Arc::new(message));
        }
    }

    fn drop_below(&mut self, delivered: Position) {
        while let Some(first) = self.messages.pop_front_if(|first| first.position < delivered) {
            self.bytes -= first.size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::LagRow;
    use crate::model::lagging::Lag;
    use crate::model::testing::message;

    fn outgoing(position: u64, size: usize) -> Outgoing {
        Outgoing::new(Position(position), Arc::new(message(&"x".repeat(size))))
    }

    fn found(window: &Window, from: u64) -> Vec<u64> {
        window.from(Position(from)).map(|message| message.position.0).collect()
    }

    #[test]
    fn the_window_is_bounded_and_has_no_gaps() {
        let mut window = Window::default();
        for position in 0..4 {
            window.push(outgoing(position, WINDOW / 3 - 1000));
        }
        assert_eq!(found(&window, 0), [0, 1, 2]);
        window.drop_below(Position(1));
        window.push(outgoing(4, 1));
        assert_eq!(found(&window, 1), [1, 2], "3 was not kept, so 4 is not");
        assert_eq!(
            (found(&window, 0), found(&window, 2), found(&window, 3)),
            (vec![], vec![2], vec![])
        );
        window.drop_below(Position(4));
        window.push(outgoing(5, 1));
        assert_eq!((found(&window, 4), found(&window, 5)), (vec![], vec![5]));
    }

    #[test]
    fn who_is_behind_has_to_come_as_far_as_the_batch_that_has_passed_it_by() {
        let id = |number| SubscriptionId::from_bytes([number; 16]);
        let in_flight = |last| BatchInFlight { to: Position(9), last, passed: Position(6) };
        let relay = |last| Relay {
            delivered: Position(3),
            in_flight: Some(in_flight(last)),
            ..Relay::default()
        };
        assert_eq!(relay(Some(id(5))).target(id(5)), Position(9));
        assert_eq!(relay(Some(id(5))).target(id(6)), Position(6), "by the one before");
        assert_eq!(relay(None).target(id(6)), Position(9));
    }

    #[test]
    fn records_are_released_when_nobody_needs_them_and_so_many_at_a_time() {
        let relay = Relay { released: Position(5), ..Relay::default() };
        let releasable = |delivered, lag: &[u64]| {
            let moved = (0_u8..).zip(lag).map(|(id, cursor)| {
                let row = LagRow { cursor: *cursor, ..LagRow::default() };
                (SubscriptionId::from_bytes([id; 16]), Some(Lag::from_row(row)))
            });
            relay.releasable(Position(delivered), &moved.collect(), None)
        };
        let up_to = |below, is_all| Releasable { below: Position(below), is_all };
        assert_eq!(releasable(9, &[]), up_to(9, true));
        assert_eq!(releasable(9, &[8, 7]), up_to(7, true));
        assert_eq!(releasable(9, &[5]), up_to(5, true));
        assert_eq!(releasable(2000, &[]), up_to(1005, false));
        let kept = relay.releasable(Position(9), &CursorUpdates::new(), Some(Position(6)));
        assert_eq!(kept, up_to(6, true));
    }
}
