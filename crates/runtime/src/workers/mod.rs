//! Workers: long-running tasks of a service, such as pollers, consumers and listeners, under supervision.
//!
//! A worker runs until the node stops. One that fails is started again, with back-off. At the end of the node it has
//! a bounded time to come to its end. While it only waits it is *parked* ([`WorkerContext::park`] and the methods
//! that are made of it), so that a manual clock can tell when everything has come to rest.

mod context;
mod status;
mod supervise;

use std::sync::Arc;

use base::Span;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::node::Node;
use crate::plan::Trouble;
use status::Shared;

pub use context::WorkerContext;
pub use status::{WorkerState, WorkerStatus};

/// A long-running task of a service.
pub trait Worker: Send + Sync + 'static {
    /// Its name, unique in the program: the service's name and what it does (`lambda-poller-4f1c`).
    fn name(&self) -> &str;

    /// Runs until the node stops or there is nothing left to do, for ever. Waits in `context` only, or is counted as
    /// busy by the manual clock. A panic ends the process, as everywhere.
    ///
    /// # Errors
    /// It is started again, with back-off.
    fn run(&self, context: WorkerContext) -> BoxFuture<'_, Result<(), Trouble>>;
}

/// How long workers have to come to their end when the node stops, in the machine's time.
const DRAIN: Span = Span::from_seconds(5);

/// The workers of a node.
#[derive(Default)]
pub struct Workers {
    running: Mutex<Vec<Arc<Shared>>>,
    /// How many have not ended.
    count: watch::Sender<usize>,
}

/// The owner's side of a worker. Dropping it does not end the worker.
pub struct WorkerHandle {
    stop: Arc<watch::Sender<bool>>,
    shared: Arc<Shared>,
    ended: watch::Receiver<bool>,
}

impl Workers {
    /// Starts a worker.
    ///
    /// # Errors
    /// A worker of this name runs already, or the node stops.
    pub fn start(&self, node: &Arc<Node>, worker: Arc<dyn Worker>) -> Result<WorkerHandle, String> {
        let shared = Arc::new(Shared::new(worker.name()));
        {
            let mut running = self.running.lock();
            running.retain(|known| !known.has_ended());
            if running.iter().any(|known| known.name == shared.name) {
                return Err(format!("there are two workers {}", shared.name));
            }
            if node.tasks().is_stopping() {
                return Err("the node stops".into());
            }
            running.push(Arc::clone(&shared));
        }
        self.count.send_modify(|count| *count += 1);
        let stop = Arc::new(watch::Sender::new(false));
        let (ending, ended) = watch::channel(false);
        let active = node.activity().begin();
        let context = WorkerContext::new(node, &shared, (active, stop.subscribe()));
        let kept = Arc::clone(node);
        node.tasks().spawn(async move {
            supervise::supervise(&kept, worker, context).await;
            kept.workers().count.send_modify(|count| *count -= 1);
            ending.send_replace(true);
        });
        Ok(WorkerHandle { stop, shared, ended })
    }

    /// The state of all workers that have not ended, by name.
    pub fn status(&self) -> Vec<WorkerStatus> {
        let running = self.running.lock();
        let status =
            running.iter().filter(|worker| !worker.has_ended()).map(|known| known.status());
        let mut status: Vec<WorkerStatus> = status.collect();
        status.sort_by(|one, other| one.name.cmp(&other.name));
        status
    }

    /// Waits until all workers have ended, once the node stops; those that take too long are left.
    pub(crate) async fn drain(&self) {
        let mut count = self.count.subscribe();
        if *count.borrow() == 0 {
            return;
        }
        let drained = count.wait_for(|count| *count == 0);
        if base::deadline::within(DRAIN.to_duration(), drained).await.is_none() {
            for worker in self.status() {
                tracing::warn!(worker = worker.name, "a worker does not end; it is left");
            }
        }
    }
}

impl WorkerHandle {
    /// Stops the worker and waits until it has ended.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // An error means that the worker's task was ended with the node.
        _ = self.ended.wait_for(|ended| *ended).await;
    }

    /// The worker's state.
    pub fn status(&self) -> WorkerStatus {
        self.shared.status()
    }
}
