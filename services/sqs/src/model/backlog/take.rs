//! Which messages a receive gets.

use base::{Span, Timestamp};
use store::Position;

use crate::model::backlog::fair::{Fresh, Next};
use crate::model::backlog::{Backlog, Need, Stored, Tracked};
use crate::model::fifo::Group;
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
    /// Which messages a receive gets now: returned and fresh ones in turn, the returned ones the oldest
    /// first, and so the fresh ones if none is in a group.
    pub(crate) fn take(&self, receive: Receive<'_>) -> Result<Taken, Need> {
        let mut taken =
            Taken { cursor: self.cursor, fresh_first: self.fresh_first, ..Taken::default() };
        let mut fresh = Fresh::of(self);
        let mut returned = self.visible.iter().map(|(_, position)| *position);
        let mut unfetched = Vec::new();
        let mut unfetched_fresh = 0;
        let mut fresh_left = self.fresh > 0;
        let mut returned_left = true;
        let wanted = |taken: &Taken, unfetched: usize| {
            taken.picks.len() + unfetched < receive.most
                && taken.dead.len() < MOST_DEAD
                && taken.leaving.len() < MOST_LEAVING
        };
        while (fresh_left || returned_left) && wanted(&taken, unfetched.len() + unfetched_fresh) {
            if fresh_left && (taken.fresh_first || !returned_left) {
                match fresh.next(self)? {
                    Some(Next::Found(position, stored)) => {
                        if taken.take_fresh(position, stored, receive) {
                            fresh.picked(stored.group);
                        }
                    }
                    Some(Next::Unfetched) => unfetched_fresh += 1,
                    None => fresh_left = false,
                }
            } else {
                match returned.next() {
                    Some(position) => {
                        let picked =
                            self.take_returned(position, receive, &mut taken, &mut unfetched);
                        picked.into_iter().for_each(|group| fresh.picked(group));
                    }
                    None => returned_left = false,
                }
            }
            taken.fresh_first = !taken.fresh_first;
        }
        if unfetched.len() + unfetched_fresh > 0 {
            return Err(fresh.need(unfetched));
        }
        taken.cursor = fresh.cursor();
        Ok(taken)
    }

    /// Takes a returned message; answers its group if the receive gets it.
    fn take_returned(
        &self,
        position: Position,
        receive: Receive<'_>,
        taken: &mut Taken,
        unfetched: &mut Vec<Position>,
    ) -> Option<Group> {
        let message = self.tracked.get(&position)?;
        if message.sent + receive.retention <= receive.now {
            taken.dead.push(position);
            return None;
        }
        if let Some(policy) = receive.dead_letter(message) {
            let to = Some(policy.target.clone());
            taken.leave(self.leaving.last(), position, message.clone(), to, false);
            return None;
        }
        match self.fetched.get(&position) {
            Some(stored) => taken.picks.push(Pick {
                position,
                tracked: message.received_again(receive.now, receive.now + receive.visibility),
                stored: stored.clone(),
            }),
            None => unfetched.push(position),
        }
        Some(message.group)
    }

    /// What was taken is hidden, or gone.
    pub(crate) fn apply_taken(&mut self, taken: Taken) {
        for position in taken.dead {
            self.drop_dead(position);
        }
        let picks = taken.picks.into_iter();
        for (position, message) in picks.map(|pick| (pick.position, pick.tracked)) {
            if self.untrack(position).is_none() {
                self.drop_fresh(position);
            }
            self.shares.received(message.group);
            self.track(position, message);
        }
        for leave in taken.leaving {
            if self.untrack(leave.position).is_none() {
                self.drop_fresh(leave.position);
            }
            self.track(leave.position, leave.tracked);
        }
        self.move_cursor(taken.cursor);
        self.fresh_first = taken.fresh_first;
        self.fair.iter_mut().for_each(|fair| fair.rest());
        self.rest();
    }

    pub(super) fn move_cursor(&mut self, cursor: Position) {
        self.cursor = cursor;
        self.window.forget_below(cursor);
        self.fair.iter_mut().for_each(|fair| fair.move_cursor(cursor));
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
    /// Takes a fresh message; answers whether the receive gets it.
    fn take_fresh(&mut self, position: Position, stored: &Stored, receive: Receive<'_>) -> bool {
        if stored.sent + receive.retention <= receive.now {
            self.dead.push(position);
            return false;
        }
        let visible_at = receive.now + receive.visibility;
        let tracked = Tracked::delayed(stored.sent, visible_at)
            .in_group(stored.group)
            .received_again(receive.now, visible_at);
        self.picks.push(Pick { position, tracked, stored: stored.clone() });
        true
    }
}
