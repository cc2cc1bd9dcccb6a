//! The state of workers, for operators.

use parking_lot::Mutex;

/// The state of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerStatus {
    /// Its name.
    pub name: String,
    /// The state.
    pub state: WorkerState,
    /// How often it was started again.
    pub restarts: u64,
    /// The reason of its last failure.
    pub last_error: Option<String>,
}

/// What a worker is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerState {
    /// It works.
    Running,
    /// It waits for time or for work.
    Parked,
    /// It has failed, and will be started again.
    Failed,
    /// It has come to its end.
    Ended,
}

impl WorkerState {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            WorkerState::Running => "running",
            WorkerState::Parked => "parked",
            WorkerState::Failed => "failed",
            WorkerState::Ended => "ended",
        }
    }
}

/// The state that a worker's task shares with those who look at it.
pub(super) struct Shared {
    pub(super) name: String,
    present: Mutex<Present>,
}

struct Present {
    state: WorkerState,
    restarts: u64,
    last_error: Option<String>,
}

impl Shared {
    pub(super) fn new(name: &str) -> Self {
        let present = Present { state: WorkerState::Running, restarts: 0, last_error: None };
        Shared { name: name.to_owned(), present: Mutex::new(present) }
    }

    pub(super) fn set(&self, state: WorkerState) {
        self.present.lock().state = state;
    }

    pub(super) fn failed(&self, error: String) {
        let mut present = self.present.lock();
        present.state = WorkerState::Failed;
        present.restarts += 1;
        present.last_error = Some(error);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.present.lock().state == WorkerState::Ended
    }

    pub(super) fn status(&self) -> WorkerStatus {
        let present = self.present.lock();
        WorkerStatus {
            name: self.name.clone(),
            state: present.state,
            restarts: present.restarts,
            last_error: present.last_error.clone(),
        }
    }
}
