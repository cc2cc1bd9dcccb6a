//! The one room in which tasks are started: whoever starts one here has an owner that ends it.

use std::future::Future;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinSet};

use crate::plan::Trouble;

/// The background tasks of a node.
pub struct Tasks {
    running: Mutex<JoinSet<()>>,
    stopping: watch::Sender<bool>,
    computing: Arc<Semaphore>,
}

impl Default for Tasks {
    fn default() -> Self {
        // Half of the machine: the other half is for requests.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Tasks {
            running: Mutex::new(JoinSet::new()),
            stopping: watch::Sender::new(false),
            computing: Arc::new(Semaphore::new(cores.div_ceil(2))),
        }
    }
}

impl Tasks {
    /// Starts a task; it is dropped when the node stops.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.running.lock();
        while let Some(ended) = running.try_join_next() {
            pass_on_panic(ended);
        }
        running.spawn(task);
    }

    /// Computes something that takes a millisecond or more (a key, a signature) beside the requests, rather
    /// than in their way. It runs to its end, also if nobody waits for it any more.
    #[expect(clippy::disallowed_methods, reason = "this is the room in which tasks are started")]
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Trouble> {
        let stopped = || Trouble::Unavailable("the program is stopping".into());
        let permit = Arc::clone(&self.computing).acquire_owned().await.map_err(|_| stopped())?;
        let work = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| stopped())
    }

    /// Tells everybody that the node stops: whoever waits answers with what there is.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether the node stops.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits for [`Tasks::stop`].
    pub async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // An error means that the sender is gone, and with it the node.
        _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Ends all tasks.
    pub async fn end(&self) {
        let mut running = std::mem::take(&mut *self.running.lock());
        running.abort_all();
        while let Some(ended) = running.join_next().await {
            pass_on_panic(ended);
        }
    }
}

/// Passes a task's panic on to whoever sees its end. In a release a panic has ended the process before; in a test
/// it must not go unnoticed.
fn pass_on_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && let Ok(panic) = error.try_into_panic()
    {
        std::panic::resume_unwind(panic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[should_panic(expected = "unsound")]
    async fn a_panic_of_a_task_does_not_go_unnoticed() {
        let tasks = Tasks::default();
        tasks.spawn(async { panic!("unsound") });
        tokio::task::yield_now().await;
        tasks.end().await;
    }

    #[tokio::test]
    async fn tasks_that_wait_are_ended() {
        let tasks = Tasks::default();
        tasks.spawn(std::future::pending());
        tasks.end().await;
    }
}
