//! Which messages a receive gets.

use base::{Span, Timestamp};
use store::Position;

use crate::model::backlog::{Backlog, Need, Stored, Tracked};
use crate::model::leaving::Leave;
use crate::model::redrive::RedrivePolicy;

/// What a receive takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Messages that it gets.
    pub(crate) picks: Vec<Pick>,
    /// Messages on the way to these whose retention is over: they are dropped.
    pub(crate) dead: Vec<Position>,
    /// Where the cursor is afterwards.
    pub(crate) cursor: Position,
    /// Whose turn it is afterwards.
    pub(crate) fresh_first: bool,
    /// Messages that leave for another queue.
    pub(crate) leaving: Vec<Leave>,
    /// When a relay is due for these, if none was due before.
    pub(crate) relay_at: Option<Timestamp>,
}

/// A message that a receive gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) position: Position,
    /// Its state from now on.
    pub(crate) tracked: Tracked,
    pub(crate) stored: Stored,
}

/// How to receive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receive<'a> {
    /// Most messages.
    pub(crate) most: usize,
    pub(crate) now: Timestamp,
    /// How long they are hidden from others.
    pub(crate) visibility: Span,
    pub(crate) retention: Span,
    /// Where messages go that were received too often.
    pub(crate) redrive: Option<&'a RedrivePolicy>,
}

/// Most expired messages that one receive drops; the sweep has the rest.
pub(crate) const MOST_DEAD: usize = 100;
/// Most dead letters that one receive sends off.
pub(crate) const MOST_LEAVING: usize = 100;

impl Backlog {
    /// Which messages a receive gets now: returned and fresh ones in turn, each kind the oldest first.
    pub(crate) fn take(&self, receive: Receive<'_>) -> Result<Taken, Need> {
        let mut taken =
            Taken { cursor: self.cursor, fresh_first: self.fresh_first, ..Taken::default() };
        let mut fresh = self.window.iter();
        let mut returned = self.visible.iter().map(|(_, position)| *position);
        let mut unfetched = Vec::new();
        let mut fresh_left = self.fresh > 0;
        let mut returned_left = true;
        let wanted = |taken: &Taken, unfetched: &Vec<_>| {
            taken.picks.len() + unfetched.len() < receive.most
                && taken.dead.len() < MOST_DEAD
                && taken.leaving.len() < MOST_LEAVING
        };
        while (fresh_left || returned_left) && wanted(&taken, &unfetched) {
            if fresh_left && (taken.fresh_first || !returned_left) {
                match fresh.next() {
                    Some((position, stored)) => taken.take_fresh(*position, stored, receive),
                    None if self.window.end() < self.tail => {
                        return Err(self.window.need(self.tail));
                    }
                    None => fresh_left = false,
                }
            } else {
                match returned.next() {
                    Some(position) => {
                        self.take_returned(position, receive, &mut taken, &mut unfetched)
                    }
                    None => returned_left = false,
                }
            }
            taken.fresh_first = !taken.fresh_first;
        }
        if unfetched.is_empty() { Ok(taken) } else { Err(Need::Returned(unfetched)) }
    }

    fn take_returned(
        &self,
        position: Position,
        receive: Receive<'_>,
        taken: &mut Taken,
        unfetched: &mut Vec<Position>,
    ) {
        let Some(message) = self.tracked.get(&position) else { return };
        if message.sent + receive.retention <= receive.now {
            taken.dead.push(position);
            return;
        }
        if let Some(policy) = receive.dead_letter(message) {
            let to = Some(policy.target.clone());
            return taken.leave(self.leaving.last(), position, message.clone(), to, false);
        }
        match self.fetched.get(&position) {
            Some(stored) => taken.picks.push(Pick {
                position,
                tracked: message.received_again(receive.now, receive.now + receive.visibility),
                stored: stored.clone(),
            }),
            None => unfetched.push(position),
        }
    }

    /// What was taken is hidden, or gone.
    pub(crate) fn apply_taken(&mut self, taken: Taken) {
        for position in taken.dead {
            self.drop_dead(position);
        }
        for pick in taken.picks {
            if self.untrack(pick.position).is_none() {
                self.window.take(pick.position);
                self.fresh -= 1;
            }
            self.track(pick.position, pick.tracked);
        }
        for leave in taken.leaving {
            if self.untrack(leave.position).is_none() {
                self.window.take(leave.position);
                self.fresh -= 1;
            }
            self.track(leave.position, leave.tracked);
        }
        self.move_cursor(taken.cursor);
        self.fresh_first = taken.fresh_first;
    }

    pub(super) fn move_cursor(&mut self, cursor: Position) {
        self.cursor = cursor;
        self.window.forget_below(cursor);
    }
}

impl<'a> Receive<'a> {
    /// The policy by which a message is a dead letter now.
    pub(crate) fn dead_letter(&self, message: &Tracked) -> Option<&'a RedrivePolicy> {
        let is_dead = |policy: &&RedrivePolicy| {
            message.receives >= policy.max_receive_count && message.stays_until <= self.now
        };
        self.redrive.filter(is_dead)
    }
}

impl Taken {
    fn take_fresh(&mut self, position: Position, stored: &Stored, receive: Receive<'_>) {
        self.cursor = position.next();
        if stored.sent + receive.retention <= receive.now {
            self.dead.push(position);
            return;
        }
        let visible_at = receive.now + receive.visibility;
        let tracked =
            Tracked::delayed(stored.sent, visible_at).received_again(receive.now, visible_at);
        self.picks.push(Pick { position, tracked, stored: stored.clone() });
    }
}
