//! Seeing messages without taking them.

use base::Timestamp;
use store::Position;

use crate::model::backlog::{Counts, Need, State, Tracked};
use crate::model::fifo::Fifo;

impl Fifo {
    /// How many messages there are. Those that wait in a locked group count as visible.
    pub(crate) fn counts(&self) -> Counts {
        let returned = (self.tracked.len() - self.hidden.len() - self.leaving.count()) as u64;
        Counts {
            visible: self.fresh + returned,
            in_flight: self.hidden.len() as u64 - self.delayed + self.leaving.count() as u64,
            delayed: self.delayed,
        }
    }

    /// When the next hidden message is hidden no longer.
    pub(crate) fn next_visible(&self) -> Option<Timestamp> {
        self.hidden.first().map(|(at, _)| *at)
    }

    /// How many receivers would get something, or would have to look farther to know.
    pub(crate) fn ready(&self) -> usize {
        self.groups.count_ready() + usize::from(self.lacks())
    }

    /// When the oldest message was sent that is not leaving, if there is one.
    pub(crate) fn oldest(&self) -> Result<Option<Timestamp>, Need> {
        let mut staying = self.known.iter().filter(|(position, _)| !self.is_leaving(**position));
        match staying.next() {
            Some((_, first)) => Ok(Some(first.sent)),
            None if self.fresh == 0 && self.tracked.len() == self.leaving.count() => Ok(None),
            None => Err(self.need()),
        }
    }

    /// Messages in a state, in order; of those that wait, only what the index has room for.
    pub(crate) fn look(&self, state: State, most: usize) -> Result<Vec<Position>, Need> {
        let is_meant = |position: &Position| self.state(*position) == Some(state);
        Ok(match state {
            State::InFlight | State::Delayed => {
                let hidden = self.hidden.iter().map(|(_, position)| *position);
                hidden.filter(is_meant).take(most).collect()
            }
            State::Visible | State::Locked => {
                let known = self.known.keys().copied().filter(is_meant);
                let found: Vec<Position> = known.take(most).collect();
                if found.len() < most && self.lacks() {
                    return Err(self.need());
                }
                found
            }
            State::Leaving => self.leaving.positions().take(most).collect(),
        })
    }

    /// What the message at a position is doing, once the index has it if it can.
    pub(crate) fn exact_state(&self, position: Position) -> Result<Option<State>, Need> {
        let is_too_far = position >= self.end && position < self.tail && self.lacks();
        if is_too_far { Err(self.need()) } else { Ok(self.state(position)) }
    }

    /// What the message at a position is doing; `None` if there is none.
    pub(crate) fn state(&self, position: Position) -> Option<State> {
        if self.is_leaving(position) {
            return Some(State::Leaving);
        }
        if self.is_hidden(position) {
            let is_new = matches!(self.tracked.get(&position), Some(Tracked { receives: 0, .. }));
            return Some(if is_new { State::Delayed } else { State::InFlight });
        }
        let Some(known) = self.known.get(&position) else {
            return (position >= self.end && position < self.tail).then_some(State::Visible);
        };
        let is_free = self.groups.is_ready(known.group);
        Some(if is_free { State::Visible } else { State::Locked })
    }
}
