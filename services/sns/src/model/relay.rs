//! How far the deliveries of a topic have come.
//!
//! All subscriptions share one mark, `done`: a round takes the messages behind it to everybody. A
//! subscription whose delivery fails is *behind* from then on: it has a cursor of its own and rounds pass
//! it by, until it has caught up with the mark, or with the round that has passed it by.

use runtime::delivery::{ByHealth, Health};
use std::collections::VecDeque;
use std::sync::Arc;

use base::Timestamp;
use store::Position;

use crate::keys::Marks;
use crate::model::SubscriptionId;
use crate::model::change::{Published, Settled};
use crate::model::laggards::{self, Laggards, Moves};
use crate::model::outgoing::Outgoing;

/// Bytes of messages just published that wait in memory for their delivery.
const WINDOW: usize = 1 << 20;
/// Most records that one commit releases.
const RELEASE: u64 = 1000;

/// The deliveries of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relay {
    /// Records before this position are released.
    pub(crate) head: Position,
    /// Messages before this position have been delivered, but for subscriptions that are behind.
    pub(crate) done: Position,
    /// When the next round is due. While there is something to deliver or to release, one is.
    pub(crate) relay_at: Option<Timestamp>,
    /// When those that are behind are tried again, by their pace. While any waits, it stands at the first
    /// one's time or before.
    pub(crate) drain_at: ByHealth<Option<Timestamp>>,
    pub(crate) behind: Laggards,
    /// In memory only: a round that was broken off begins anew.
    pub(crate) round: Option<Underway>,
    pub(crate) window: Window,
}

/// A round that passes somebody by. It is not known while nobody is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Underway {
    /// It brings the messages before this position.
    pub(crate) to: Position,
    /// How far it has come: to this subscription, or to all.
    pub(crate) last: Option<SubscriptionId>,
    /// Those behind that subscription have been passed by up to here.
    pub(crate) passed: Position,
}

/// Messages just published, without a gap: those that stand in memory, at or behind `done`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    messages: VecDeque<Arc<Outgoing>>,
    bytes: usize,
}

impl Relay {
    /// As its row says; those that are behind are read later.
    pub(super) fn load(marks: Marks) -> Self {
        Relay {
            head: Position(marks.head),
            done: Position(marks.done),
            relay_at: marks.relay_ms.map(Timestamp::from_millis),
            drain_at: [marks.drain_ms, marks.slow_ms, marks.silent_ms]
                .map(|at| at.map(Timestamp::from_millis)),
            behind: Laggards::unread(),
            round: None,
            window: Window::default(),
        }
    }

    /// When a message that comes now is delivered; none if a round is due anyway.
    pub(crate) fn wake(&self, now: Timestamp) -> Option<Timestamp> {
        self.relay_at.is_none().then_some(now)
    }

    pub(super) fn published(&mut self, published: &Published) {
        self.relay_at = self.relay_at.or(published.relay_at);
        self.window.push(Outgoing::new(published.position, Arc::clone(&published.entry)));
    }

    pub(super) fn settled(&mut self, settled: Settled) {
        self.head = settled.head;
        self.done = settled.done;
        self.relay_at = settled.relay_at;
        self.drain_at = settled.drain_at;
        self.round = settled.round;
        self.behind.apply(settled.behind);
        self.window.drop_below(self.done);
    }

    /// A subscription has ended. What was kept for it goes when those that are behind have their turn.
    pub(super) fn forget(&mut self, id: SubscriptionId) {
        self.behind.remove(id);
    }

    /// Up to where a subscription that is behind has to come, to be with the others.
    pub(crate) fn target(&self, id: SubscriptionId) -> Position {
        match self.round {
            Some(round) if round.last.is_none_or(|last| id <= last) => round.to.max(self.done),
            Some(round) => round.passed.max(self.done),
            None => self.done,
        }
    }

    /// When those of a pace are tried again, once these have moved: not later than it stood before.
    pub(crate) fn drain_with(&self, health: Health, moves: &Moves) -> Option<Timestamp> {
        let before = self.drain_at[health as usize];
        before.into_iter().chain(laggards::first(health, moves)).min()
    }

    /// Up to where records may be released by one commit, once these have moved, and whether that is all
    /// that may be. What stands from `kept` on is kept all the same.
    pub(crate) fn releasable(
        &self,
        done: Position,
        moves: &Moves,
        kept: Option<Position>,
    ) -> (Position, bool) {
        let lowest = self.behind.lowest_after(moves);
        let needed = lowest.into_iter().chain(kept).fold(done, Position::min);
        let head = needed.min(Position(self.head.0 + RELEASE)).max(self.head);
        (head, head >= needed)
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

    fn drop_below(&mut self, done: Position) {
        while let Some(first) = self.messages.pop_front_if(|first| first.position < done) {
            self.bytes -= first.size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::BehindRow;
    use crate::model::laggards::Behind;
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
    fn who_is_behind_has_to_come_as_far_as_the_round_that_has_passed_it_by() {
        let id = |number| SubscriptionId::from_bytes([number; 16]);
        let underway = |last| Underway { to: Position(9), last, passed: Position(6) };
        let relay =
            |last| Relay { done: Position(3), round: Some(underway(last)), ..Relay::default() };
        assert_eq!(relay(Some(id(5))).target(id(5)), Position(9));
        assert_eq!(relay(Some(id(5))).target(id(6)), Position(6), "by the one before");
        assert_eq!(relay(None).target(id(6)), Position(9));
    }

    #[test]
    fn records_are_released_when_nobody_needs_them_and_so_many_at_a_time() {
        let relay = Relay { head: Position(5), ..Relay::default() };
        let releasable = |done, behind: &[u64]| {
            let moved = (0_u8..).zip(behind).map(|(id, cursor)| {
                let row = BehindRow { cursor: *cursor, ..BehindRow::default() };
                (SubscriptionId::from_bytes([id; 16]), Some(Behind::from_row(row)))
            });
            relay.releasable(Position(done), &moved.collect(), None)
        };
        assert_eq!(releasable(9, &[]), (Position(9), true));
        assert_eq!(releasable(9, &[8, 7]), (Position(7), true));
        assert_eq!(releasable(9, &[5]), (Position(5), true));
        assert_eq!(releasable(2000, &[]), (Position(1005), false));
        let kept = relay.releasable(Position(9), &Moves::new(), Some(Position(6)));
        assert_eq!(kept, (Position(6), true));
    }
}
