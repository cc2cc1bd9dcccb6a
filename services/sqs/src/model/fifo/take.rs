//! Which messages of a FIFO queue a receive gets.

use std::num::NonZeroU32;

use base::{Span, Timestamp};
use store::Position;

use crate::limits;
use crate::model::backlog::{MOST_DEAD, MOST_LEAVING, Need, Pick, Receive, Stored, Taken, Tracked};
use crate::model::fifo::{Attempt, Fifo, is_delayed};

impl Fifo {
    /// Which messages a receive gets now: as many as possible of the ready group with the oldest message, in
    /// order, then of the next one.
    pub(crate) fn take(&self, receive: Receive) -> Result<Taken, Need> {
        let mut taken = Taken::default();
        let mut unfetched = Vec::new();
        let is_full = |taken: &Taken, unfetched: &Vec<_>| {
            taken.picks.len() + unfetched.len() == receive.most
                || taken.dead.len() == MOST_DEAD
                || taken.leaving.len() == MOST_LEAVING
        };
        'groups: for group in self.groups.ready() {
            // What a group gives in one receive either leaves or is received: behind a message that leaves the
            // others must wait, and none may leave before one that a receiver has.
            let mut group_leaves = None;
            for position in self.groups.waiting(group) {
                if is_full(&taken, &unfetched) {
                    break 'groups;
                }
                let Some(known) = self.known.get(&position) else { continue };
                let tracked = self.tracked.get(&position);
                if is_delayed(position, tracked, &self.hidden) {
                    break;
                }
                if known.sent + receive.retention <= receive.now {
                    taken.dead.push(position);
                    continue;
                }
                let policy = tracked.and_then(|message| receive.dead_letter(message));
                if *group_leaves.get_or_insert(policy.is_some()) != policy.is_some() {
                    break;
                }
                match policy {
                    Some(policy) => self.leave(position, (Some(&policy.target), false), &mut taken),
                    None => match self.records.get(known.place, position) {
                        Some(stored) => taken.picks.push(pick(position, tracked, stored, receive)),
                        None => unfetched.push(position),
                    },
                }
            }
        }
        if !unfetched.is_empty() {
            let own = taken.picks.iter().map(|pick| pick.position).chain(unfetched);
            // All of them: what is in memory may have to make room for the others.
            return Err(Need::Returned(own.collect()));
        }
        let wants_more = !is_full(&taken, &unfetched) && self.lacks();
        if wants_more { Err(self.need()) } else { Ok(taken) }
    }

    /// What the receive with this attempt id got, if that was in the last five minutes and all of it is still
    /// in flight and as it was: the same messages with the same handles, hidden anew.
    pub(crate) fn replay(
        &self,
        id: u64,
        now: Timestamp,
        visibility: Span,
    ) -> Option<Result<Taken, Need>> {
        let messages = self.attempts.messages(id).filter_map(|position| {
            Some((position, self.tracked.get(&position)?)).filter(|_| self.is_hidden(position))
        });
        let messages: Vec<_> = messages.filter(|(_, m)| is_recent(m, now)).collect();
        // Of an earlier receive with the same id something may be left; then it is not complete.
        let attempt = messages.iter().filter_map(|(_, m)| m.attempt).find(|attempt| {
            let same = messages.iter().filter(|(_, m)| m.attempt == Some(*attempt));
            same.count() == attempt.of.get() as usize
        })?;
        let same = messages.into_iter().filter(|(_, m)| m.attempt == Some(attempt));
        Some(self.give_again(same, now + visibility))
    }

    fn give_again<'m>(
        &self,
        messages: impl Iterator<Item = (Position, &'m Tracked)>,
        visible_at: Timestamp,
    ) -> Result<Taken, Need> {
        let mut taken = Taken::default();
        let (mut all, mut is_fetched) = (Vec::new(), true);
        for (position, message) in messages {
            all.push(position);
            let visible_at = visible_at.min(message.received + limits::TOTAL_VISIBILITY);
            match self.record(position) {
                Some(stored) => taken.picks.push(Pick {
                    position,
                    tracked: Tracked { visible_at, ..message.clone() },
                    stored: stored.clone(),
                }),
                // The index must have a message before its record can be kept.
                None if !self.known.contains_key(&position) => return Err(self.need()),
                None => is_fetched = false,
            }
        }
        // All of them: what is in memory may have to make room for the others.
        if is_fetched { Ok(taken) } else { Err(Need::Returned(all)) }
    }

    /// What was taken is in flight, leaving or gone.
    pub(crate) fn apply_taken(&mut self, taken: Taken) {
        taken.dead.iter().for_each(|position| self.drop_dead(*position));
        let (messages, mut groups, mut before) = (taken.picks.len(), 0, None);
        for Pick { position, tracked, .. } in taken.picks {
            let group = tracked.group;
            groups += usize::from(before != Some(group));
            if let Some(done) = before.replace(group).filter(|done| *done != group) {
                self.place(done);
            }
            if self.untrack(position).is_none() {
                self.fresh -= 1;
            }
            self.groups.leave(group, position);
            if let Some(known) = self.known.get(&position) {
                self.records.remove(known.place, position);
            }
            self.track(position, tracked);
        }
        before.into_iter().for_each(|last| self.place(last));
        self.ahead.took(messages, groups);
        taken.leaving.into_iter().for_each(|leave| self.apply_leave(leave));
    }
}

/// A message as a receive gets it.
fn pick(
    position: Position,
    tracked: Option<&Tracked>,
    stored: &Stored,
    receive: Receive<'_>,
) -> Pick {
    let visible_at = receive.now + receive.visibility;
    let tracked = match tracked {
        Some(message) => message.received_again(receive.now, visible_at),
        None => Tracked::delayed(stored.sent, visible_at)
            .in_group(stored.group)
            .received_again(receive.now, visible_at),
    };
    Pick { position, tracked, stored: stored.clone() }
}

/// Whether a message was received so recently that its attempt id still counts.
fn is_recent(message: &Tracked, now: Timestamp) -> bool {
    now < message.received + limits::DEDUPLICATION
}

impl Taken {
    /// The same, given out under an attempt id.
    #[must_use]
    pub(crate) fn attempted(mut self, id: u64) -> Self {
        let of = u32::try_from(self.picks.len()).ok().and_then(NonZeroU32::new);
        let first = self.picks.first().map_or(Position(0), |pick| pick.position);
        let attempt = of.map(|of| Attempt { id, of, first });
        self.picks.iter_mut().for_each(|pick| pick.tracked.attempt = attempt);
        self
    }
}
