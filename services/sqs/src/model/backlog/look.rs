//! Seeing messages without taking them.

use store::Position;

use crate::model::backlog::{Backlog, Tracked};

/// What a message is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The next receive may get it.
    Visible,
    /// Somebody has it.
    InFlight,
    /// It was sent with a delay that is not over.
    Delayed,
    /// It waits behind a message of its group that somebody has, or that is delayed.
    Locked,
    /// It is on its way to another queue.
    Leaving,
}

impl Backlog {
    /// Tracked messages in a state, those first whose turn comes first.
    pub(crate) fn look(&self, state: State, most: usize) -> Vec<Position> {
        if state == State::Leaving {
            return self.leaving.positions().take(most).collect();
        }
        let listed = if state == State::Visible { &self.visible } else { &self.hidden };
        let is_meant = |position: &Position| self.state(*position) == Some(state);
        listed.iter().map(|(_, position)| *position).filter(is_meant).take(most).collect()
    }

    /// What the message at a position is doing; `None` if there is none.
    pub(crate) fn state(&self, position: Position) -> Option<State> {
        let is_fresh = position >= self.cursor && position < self.tail;
        let Some(message) = self.tracked.get(&position) else {
            return is_fresh.then_some(State::Visible);
        };
        Some(match (self.is_hidden(position), message) {
            (_, Tracked { leaving: Some(_), .. }) => State::Leaving,
            (false, _) => State::Visible,
            (true, Tracked { receives: 0, .. }) => State::Delayed,
            (true, _) => State::InFlight,
        })
    }
}
