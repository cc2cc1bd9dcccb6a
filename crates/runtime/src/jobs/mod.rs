//! Background jobs: what a resource has to do at a time, whether or not anybody calls.
//!
//! A change that wants its resource to be looked at again puts a [`Timer`], in its own commit. When its time comes,
//! the timer becomes a job in a [`JobQueue`] of its service, whose [`JobHandler`] decides in the resource's lane
//! what to do. Each job is a task of its own. A job that fails is tried again, with back-off; a timer whose job
//! fails again and again, or that nobody understands, goes to quarantine: counted, listed, logged once. Its row
//! stays on disk, and it is tried again after a restart or on request ([`Jobs::retry_quarantined`]).
//!
//! Timers are in memory only when their time is near, and a bounded number of them; reading them goes on beside
//! the jobs.

mod cache;
mod dispatch;
mod failures;
mod handler;
mod index;
mod queues;
mod reader;
mod status;
mod timer;

use std::sync::Arc;

use parking_lot::Mutex;

use crate::node::Node;
use failures::Failures;
use index::TimerIndex;
use queues::Queues;

pub use failures::Quarantined;
pub use handler::{JobHandler, JobHandlers, JobQueue};
pub use status::{JobCounts, JobsStatus, QueueStatus};
pub use timer::Timer;
pub(crate) use timer::rows;

/// The jobs of a node.
#[derive(Default)]
pub struct Jobs {
    index: TimerIndex,
    queues: Mutex<Queues>,
    failures: Mutex<Failures>,
}

impl Jobs {
    /// The timers.
    pub(crate) fn index(&self) -> &TimerIndex {
        &self.index
    }

    /// Lets all timers out of quarantine and has them tried again; answers how many there were.
    pub fn retry_quarantined(&self) -> u64 {
        let released = self.failures.lock().release();
        if released > 0 {
            self.index.restart();
        }
        released
    }
}

/// Starts to run jobs, for as long as the node runs. Once a node.
pub fn start(node: &Arc<Node>, handlers: JobHandlers) {
    let (reader, dispatcher) = (node.activity().begin(), node.activity().begin());
    node.tasks().spawn(reader::run(Arc::clone(node), reader));
    node.tasks().spawn(dispatch::run(Arc::clone(node), handlers, dispatcher));
}
