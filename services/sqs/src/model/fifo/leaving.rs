//! Messages of a FIFO queue on their way to another one. Each locks its group until it has arrived or is back:
//! nobody receives what is behind it, and if it comes back it is the head again.

use std::collections::BTreeSet;

use base::Arn;
use store::Position;

use crate::model::backlog::{MOST_DEAD, Need, Taken, Tracked};
use crate::model::fifo::Fifo;
use crate::model::leaving::{Leave, Leaving, Move, Outgoing, Settled};

impl Fifo {
    /// The messages that are leaving.
    pub(crate) fn leaving(&self) -> &Leaving {
        &self.leaving
    }

    /// The numbers of those that leave behind a message in its group: if it comes back, they must not
    /// overtake it.
    pub(crate) fn departing_behind(&self, number: u64) -> Vec<u64> {
        let Some((_, first)) = self.leaving.find(number, &self.tracked) else { return Vec::new() };
        let group = |position| self.tracked.get(&position).map(|message| message.group);
        let behind = self.leaving.behind(number);
        let behind = behind.filter(|(_, position)| group(*position) == Some(first.group));
        behind.map(|(number, _)| number).collect()
    }

    /// The first leaving messages, in order, with their records.
    pub(crate) fn outgoing(&self, most: usize) -> Result<Vec<Outgoing>, Need> {
        // The index must have a message before its record can be kept.
        let mut first = self.leaving.positions().take(most);
        if first.any(|position| !self.known.contains_key(&position)) {
            return Err(self.need());
        }
        let record = |position| self.record(position);
        // All of them: what is in memory may have to make room for the others.
        let all = |_| Need::Returned(self.leaving.positions().take(most).collect());
        self.leaving.outgoing(most, &self.tracked, record).map_err(all)
    }

    /// What a move task takes now: messages that were there when it began and that could be received, the
    /// oldest first. So of a locked group it takes none.
    pub(crate) fn to_move(&self, wanted: Move<'_>) -> Result<Taken, Need> {
        let mut taken = Taken::default();
        let is_full =
            |taken: &Taken| taken.leaving.len() == wanted.most || taken.dead.len() == MOST_DEAD;
        let mut ready = self.groups.heads().peekable();
        // The first message that is not looked at of each group that was begun.
        let mut heads = BTreeSet::new();
        while !is_full(&taken) {
            let is_oldest = |head: &_| heads.first().is_none_or(|first| head < first);
            if let Some(head) = ready.next_if(is_oldest) {
                heads.insert(head);
            }
            let Some((position, group)) = heads.pop_first().filter(|(at, _)| *at < wanted.below)
            else {
                break;
            };
            let Some(known) = self.known.get(&position).filter(|_| !self.is_delayed(position))
            else {
                continue;
            };
            if known.sent + wanted.retention <= wanted.now {
                taken.dead.push(position);
            } else {
                self.leave(position, (wanted.to, true), &mut taken);
            }
            heads.extend(self.groups.next(group, position).map(|next| (next, group)));
        }
        let lacks = self.lacks() && self.end < wanted.below && !is_full(&taken);
        if lacks { Err(self.need()) } else { Ok(taken) }
    }

    /// Takes a message that leaves: whereto, and whether a move task sends it.
    pub(super) fn leave(
        &self,
        position: Position,
        (to, by_task): (Option<&Arn>, bool),
        taken: &mut Taken,
    ) {
        let Some(known) = self.known.get(&position) else { return };
        let message = match self.tracked.get(&position) {
            Some(message) => message.clone(),
            None => Tracked::delayed(known.sent, known.sent).in_group(known.group),
        };
        taken.leave(self.leaving.last(), position, message, to.cloned(), by_task);
    }

    pub(super) fn apply_leave(&mut self, Leave { position, tracked }: Leave) {
        let group = tracked.group;
        if self.untrack(position).is_none() {
            self.fresh -= 1;
        }
        self.groups.leave(group, position);
        self.track(position, tracked);
        self.place(group);
    }

    /// Leaving messages are gone, or wait again where they stood.
    pub(crate) fn settle(&mut self, settled: &Settled) {
        for number in &settled.delivered {
            if let Some(position) = self.leaving.position(*number) {
                self.remove(position);
            }
        }
        for number in &settled.returned {
            if let Some((position, message)) = self.leaving.find(*number, &self.tracked) {
                let message = message.returned(settled);
                let group = message.group;
                self.untrack(position);
                self.track(position, message);
                if self.known.contains_key(&position) && !self.locks(position) {
                    self.groups.wait(group, position);
                }
                self.place(group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base::{Span, Timestamp};

    use super::*;
    use crate::model::backlog::{Receive, State, Stored};
    use crate::model::fifo::Group;
    use crate::model::testing;

    const NOW: Timestamp = Timestamp::from_millis(10);
    const RETENTION: Span = Span::from_seconds(60);

    /// Messages of these groups, in order, of which the first one is in flight.
    fn with_first_in_flight(groups: &[u64]) -> Fifo {
        let mut fifo = Fifo::default();
        for (position, group) in (0..).map(Position).zip(groups) {
            let stored = Stored { group: Group(*group), ..testing::stored(1) };
            fifo.send(position, stored, None);
        }
        let (visibility, retention) = (Span::from_seconds(30), RETENTION);
        let receive = Receive { most: 1, now: NOW, visibility, retention, redrive: None };
        let taken = fifo.take(receive).unwrap();
        fifo.apply_taken(taken);
        fifo
    }

    fn move_out(fifo: &mut Fifo, below: u64, most: usize) -> Vec<u64> {
        let below = Position(below);
        let wanted = Move { below, most, to: None, now: NOW, retention: RETENTION };
        let taken = fifo.to_move(wanted).unwrap();
        let positions = taken.leaving.iter().map(|leave| leave.position.0).collect();
        fifo.apply_taken(taken);
        positions
    }

    #[test]
    fn a_task_takes_the_oldest_messages_of_groups_that_nobody_has() {
        let mut fifo = with_first_in_flight(&[1, 2, 3, 1, 3, 2, 2, 3]);
        assert_eq!(move_out(&mut fifo, 7, 3), [1, 2, 4]);
        assert_eq!(move_out(&mut fifo, 7, 9), [0_u64; 0], "what leaves locks its group");
        let settled = Settled { delivered: vec![1, 2, 3], ..Settled::default() };
        fifo.settle(&settled);
        assert_eq!(move_out(&mut fifo, 7, 9), [5, 6], "the last one came too late");
        assert_eq!(fifo.leaving.last(), 5);
    }

    #[test]
    fn what_leaves_is_in_flight_for_all_and_too_old_for_nobody() {
        let mut fifo = with_first_in_flight(&[1, 2]);
        fifo.remove(Position(0));
        assert_eq!(move_out(&mut fifo, 9, 9), [1]);
        let counts = fifo.counts();
        assert_eq!((counts.visible, counts.in_flight, counts.delayed), (0, 1, 0));
        assert_eq!(fifo.state(Position(1)), Some(State::Leaving));
        assert_eq!(fifo.look(State::Leaving, 9), Ok(vec![Position(1)]));
        assert_eq!(fifo.expired(Span::ZERO, Timestamp::MAX, 9), Ok(vec![]));
        assert_eq!(fifo.oldest(), Ok(None));
        fifo.settle(&Settled { returned: vec![1], at: NOW, ..Settled::default() });
        fifo.observe(NOW);
        assert_eq!(fifo.state(Position(1)), Some(State::Visible));
        assert_eq!(fifo.expired(Span::ZERO, Timestamp::MAX, 9), Ok(vec![Position(1)]));
    }
}
