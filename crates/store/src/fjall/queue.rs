//! What waits to be committed, in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::rows::Row;
use crate::commits::{Commits, closed};
use crate::{CommitError, CommitNumber, Durability, NodeId, StoreError};

/// The queue between those who submit and the one who writes. The order of the pushes is the order of
/// the commits.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    bytes: AtomicUsize,
}

#[derive(Default)]
struct State {
    entries: Vec<Entry>,
    life: Life,
    closers: Vec<oneshot::Sender<Result<(), StoreError>>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Life {
    #[default]
    Open,
    /// What is there is still written; what comes is refused, in its place.
    Closing,
    /// Nobody writes any more.
    Closed,
}

/// Something for the writer to do.
pub(super) enum Entry {
    Write(Write),
    Acquire(Acquire),
}

/// A batch of a slot.
pub(super) struct Write {
    pub(super) commits: Arc<Commits>,
    pub(super) number: CommitNumber,
    pub(super) change: Change,
}

/// What it changes, or why it cannot be taken.
pub(super) type Change = Result<Rows, CommitError>;

/// The rows of a batch.
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) bytes: usize,
    pub(super) level: Durability,
}

/// A take-over of a slot.
pub(super) struct Acquire {
    pub(super) slot: base::SlotId,
    pub(super) node: NodeId,
    pub(super) answer: oneshot::Sender<Result<Arc<Commits>, StoreError>>,
}

impl Queue {
    /// Numbers a change and puts it into the queue; one that cannot succeed any more is only numbered.
    pub(super) fn submit(&self, commits: &Arc<Commits>, change: Change) -> CommitNumber {
        let mut state = self.state.lock();
        let number = commits.submit();
        if commits.failed() {
            return number;
        }
        match state.life {
            Life::Open => self.push_write(&mut state, commits, number, change),
            Life::Closing => self.push_write(&mut state, commits, number, Err(closed())),
            Life::Closed => {
                drop(state);
                commits.fail(closed());
            }
        }
        number
    }

    /// Asks for a slot.
    pub(super) fn acquire(&self, request: Acquire) {
        let mut state = self.state.lock();
        if state.life == Life::Open {
            self.push(&mut state, Entry::Acquire(request));
        }
        // Otherwise the request is dropped, which its sender takes for "closed".
    }

    /// Asks the writer to finish; the answer comes when it has.
    pub(super) fn close(&self) -> oneshot::Receiver<Result<(), StoreError>> {
        let (answer, receiver) = oneshot::channel();
        let mut state = self.state.lock();
        if state.life == Life::Closed {
            let _ = answer.send(Ok(()));
            return receiver;
        }
        state.life = Life::Closing;
        state.closers.push(answer);
        self.wake.notify_one();
        receiver
    }

    /// Bytes that wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Moves everything there is into `entries`, which is empty; waits a while if there is nothing. Says
    /// whether these were the last.
    pub(super) fn take(&self, entries: &mut Vec<Entry>, patience: Duration) -> bool {
        let mut state = self.state.lock();
        if state.entries.is_empty() && state.life == Life::Open {
            self.wake.wait_for(&mut state, patience);
        }
        std::mem::swap(&mut state.entries, entries);
        state.life != Life::Open
    }

    /// That many bytes do not wait any more.
    pub(super) fn forget(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// The writer has ended.
    pub(super) fn ended(&self, result: &Result<(), StoreError>) {
        let (closers, left) = {
            let mut state = self.state.lock();
            state.life = Life::Closed;
            (std::mem::take(&mut state.closers), std::mem::take(&mut state.entries))
        };
        for entry in left {
            entry.refuse();
        }
        for closer in closers {
            let _ = closer.send(result.clone());
        }
    }

    fn push_write(
        &self,
        state: &mut State,
        commits: &Arc<Commits>,
        number: CommitNumber,
        change: Change,
    ) {
        if let Ok(rows) = &change {
            self.bytes.fetch_add(rows.bytes, Ordering::Relaxed);
        }
        self.push(state, Entry::Write(Write { commits: commits.clone(), number, change }));
    }

    fn push(&self, state: &mut State, entry: Entry) {
        // The writer looks at the queue again before it sleeps: it needs waking for the first one only.
        if state.entries.is_empty() {
            self.wake.notify_one();
        }
        state.entries.push(entry);
    }
}

impl Entry {
    fn refuse(self) {
        match self {
            Entry::Write(write) => write.commits.fail(closed()),
            Entry::Acquire(request) => drop(request.answer),
        }
    }
}
