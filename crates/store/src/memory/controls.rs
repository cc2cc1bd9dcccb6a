//! The handle by which a test, or the simulation, makes a store in memory misbehave.

use std::sync::Arc;

use base::SlotId;

use super::MemoryStore;
use super::inner::Inner;
use crate::{CommitError, Pressure};

/// What a store in memory can be told; its clones control the same store.
#[derive(Clone)]
pub struct Controls {
    inner: Arc<Inner>,
}

/// What becomes of a commit whose answer is [`CommitError::Unknown`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is written all the same.
    Written,
    /// It is not.
    NotWritten,
}

/// How much room there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// Enough.
    #[default]
    Plenty,
    /// Nothing that grows is taken.
    OnlyToFree,
    /// Nothing is taken.
    None,
}

/// What ends unexpectedly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The process: all that was committed stays.
    Process,
    /// The machine: what was committed for the process's sake only goes, unless a stronger commit came
    /// after it.
    Machine,
}

impl Controls {
    pub(super) fn of(inner: Arc<Inner>) -> Self {
        Controls { inner }
    }

    /// From now on commits are not completed, nor shown to readers, until they are released.
    pub fn hold(&self) {
        self.inner.rules.start_holding();
    }

    /// How many commits are held.
    pub fn held(&self) -> usize {
        self.inner.rules.held()
    }

    /// Lets the oldest held commit go on; says whether there was one.
    pub fn release_one(&self) -> bool {
        self.inner.release_one()
    }

    /// Lets all held commits go on, and holds no more.
    pub fn release_all(&self) {
        self.inner.release_all();
    }

    /// Lets the next sync fail, that of the held commits included, and with it all that come later.
    pub fn fail_sync(&self) {
        self.break_down("a sync failed");
    }

    /// Lets the next commit, of whatever slot, answer that its outcome is unknown.
    pub fn answer_unknown(&self, outcome: Outcome) {
        self.inner.rules.answer_unknown(outcome);
    }

    /// Says how much room there is.
    pub fn set_room(&self, room: Room) {
        self.inner.rules.set_room(room);
    }

    /// Says how far it is behind.
    pub fn set_pressure(&self, pressure: Pressure) {
        self.inner.rules.set_pressure(pressure);
    }

    /// Takes a slot away from its owner, as another node would.
    pub fn fence(&self, slot: SlotId) {
        self.inner.cell(slot).lock().depose();
    }

    /// Ends the store unexpectedly: what was held is forgotten, no commit succeeds any more, and what has
    /// survived is found in a new store.
    pub fn crash(&self, crash: Crash) -> (Arc<MemoryStore>, Controls) {
        self.break_down("it crashed");
        self.inner.rules.close();
        let (cells, used) = self.inner.survivors(crash);
        MemoryStore::with_cells(cells, used, self.inner.options.clone())
    }

    fn break_down(&self, reason: &str) {
        let _in_order = self.inner.rules.order.lock();
        for submitted in self.inner.rules.break_down(reason) {
            submitted.commits.fail(CommitError::Broken(reason.to_owned()));
        }
        self.inner.options.observer.broken(reason);
    }
}
