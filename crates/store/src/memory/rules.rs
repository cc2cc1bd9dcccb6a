//! How a store in memory is told to misbehave.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::submitted::Submitted;
use super::{Outcome, Room};
use crate::{Growth, Pressure, StoreError};

/// What has been asked for. As long as that is nothing, asking costs one load.
#[derive(Default)]
pub(super) struct Rules {
    any: AtomicBool,
    state: Mutex<State>,
    /// Held while held commits go on, one after the other.
    pub(super) order: Mutex<()>,
}

#[derive(Default)]
struct State {
    is_holding: bool,
    held: VecDeque<Submitted>,
    broken: Option<String>,
    is_closed: bool,
    unknown: Option<Outcome>,
    room: Room,
    pressure: Option<Pressure>,
}

/// What becomes of a commit.
pub(super) enum Verdict {
    Commit,
    Break(String),
    Unknown(Outcome),
}

impl Rules {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock();
        // Never lowered: once a store has been interfered with, it may be slower.
        self.any.store(true, Ordering::SeqCst);
        change(&mut state)
    }

    fn ask<T>(&self, usual: T, ask: impl FnOnce(&mut State) -> T) -> T {
        if self.any.load(Ordering::SeqCst) { ask(&mut self.state.lock()) } else { usual }
    }

    pub(super) fn start_holding(&self) {
        self.change(|state| state.is_holding = true);
    }

    /// Keeps a batch if commits are held, and gives it back otherwise.
    pub(super) fn hold(&self, submitted: Submitted) -> Option<Submitted> {
        if !self.any.load(Ordering::SeqCst) {
            return Some(submitted);
        }
        let mut state = self.state.lock();
        if state.is_holding {
            state.held.push_back(submitted);
            return None;
        }
        Some(submitted)
    }

    pub(super) fn next_held(&self) -> Option<Submitted> {
        self.change(|state| state.held.pop_front())
    }

    /// The oldest that is held; if there is none, none is held any more.
    pub(super) fn next_held_or_none_any_more(&self) -> Option<Submitted> {
        self.ask(None, |state| {
            let next = state.held.pop_front();
            state.is_holding = next.is_some();
            next
        })
    }

    pub(super) fn held(&self) -> usize {
        self.ask(0, |state| state.held.len())
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.ask(Verdict::Commit, |state| match (&state.broken, state.unknown.take()) {
            (Some(reason), _) => Verdict::Break(reason.clone()),
            (None, Some(outcome)) => Verdict::Unknown(outcome),
            (None, None) => Verdict::Commit,
        })
    }

    /// No sync succeeds any more; gives back what was held.
    pub(super) fn break_down(&self, reason: &str) -> VecDeque<Submitted> {
        self.change(|state| {
            state.broken.get_or_insert_with(|| reason.to_owned());
            std::mem::take(&mut state.held)
        })
    }

    pub(super) fn close(&self) {
        self.change(|state| state.is_closed = true);
    }

    pub(super) fn answer_unknown(&self, outcome: Outcome) {
        self.change(|state| state.unknown = Some(outcome));
    }

    pub(super) fn set_room(&self, room: Room) {
        self.change(|state| state.room = room);
    }

    pub(super) fn set_pressure(&self, pressure: Pressure) {
        self.change(|state| state.pressure = Some(pressure));
    }

    pub(super) fn has_room(&self, growth: Growth) -> bool {
        self.ask(true, |state| match state.room {
            Room::Plenty => true,
            Room::OnlyToFree => growth == Growth::Frees,
            Room::None => false,
        })
    }

    pub(super) fn pressure(&self) -> Pressure {
        self.ask(Pressure::Free, |state| match (state.room, state.pressure) {
            (Room::Plenty, pressure) => pressure.unwrap_or(Pressure::Free),
            _ => Pressure::Full,
        })
    }

    pub(super) fn check_sound(&self) -> Result<(), StoreError> {
        self.ask(Ok(()), |state| match &state.broken {
            Some(reason) => Err(StoreError::Broken(reason.clone())),
            None => Ok(()),
        })
    }

    pub(super) fn check_not_closed(&self) -> Result<(), StoreError> {
        let is_closed = self.ask(false, |state| state.is_closed);
        if is_closed { Err(StoreError::Broken("it is closed".to_owned())) } else { Ok(()) }
    }

    pub(super) fn check_open(&self) -> Result<(), StoreError> {
        self.check_sound().and_then(|()| self.check_not_closed())
    }
}
