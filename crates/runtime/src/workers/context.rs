//! The side of the node that a worker sees.

use std::future::Future;
use std::sync::Arc;

use base::Timestamp;
use tokio::sync::watch;

use super::status::{Shared, WorkerState};
use crate::activity::Active;
use crate::node::Node;

/// The node as a worker sees it. Its clones belong to the same worker.
#[derive(Clone)]
pub struct WorkerContext {
    pub(super) node: Arc<Node>,
    pub(super) shared: Arc<Shared>,
    active: Arc<Active>,
    stop: watch::Receiver<bool>,
}

impl WorkerContext {
    pub(super) fn new(
        node: &Arc<Node>,
        shared: &Arc<Shared>,
        (active, stop): (Active, watch::Receiver<bool>),
    ) -> Self {
        let (node, shared) = (Arc::clone(node), Arc::clone(shared));
        WorkerContext { node, shared, active: Arc::new(active), stop }
    }

    /// The node.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// True once the worker is to end: it finishes what it is at.
    pub fn is_stopping(&self) -> bool {
        *self.stop.borrow() || self.node.tasks().is_stopping()
    }

    /// Waits for something, parked; none if the worker is to end before.
    ///
    /// `wait` must do nothing but wait, for work or for somebody outside (a connection, a timer, a subscription):
    /// what happens inside is not counted, and a manual clock does not wait for it. One wait at a time.
    pub async fn park<F: Future>(&self, wait: F) -> Option<F::Output> {
        self.shared.set(WorkerState::Parked);
        let output = self.wait(wait).await;
        self.shared.set(WorkerState::Running);
        output
    }

    /// Waits for a time of the node's clock, parked; false if the worker is to end before.
    pub async fn sleep_until(&self, at: Timestamp) -> bool {
        self.park(self.node.timers().sleep_until(at)).await.is_some()
    }

    /// Waits before the worker is started again, in the state that it has; false if it is to end before.
    pub(super) async fn rest_until(&self, at: Timestamp) -> bool {
        let rested = self.wait(self.node.timers().sleep_until(at)).await.is_some();
        self.shared.set(WorkerState::Running);
        rested
    }

    async fn wait<F: Future>(&self, wait: F) -> Option<F::Output> {
        let mut stop = self.stop.clone();
        let wait = async {
            tokio::select! {
                biased;
                Ok(_) = stop.wait_for(|stop| *stop) => None,
                () = self.node.tasks().stopped() => None,
                output = wait => Some(output),
            }
        };
        self.active.park(wait).await
    }

    /// Waits for the worker's end, parked.
    pub async fn stopped(&self) {
        self.park(std::future::pending::<()>()).await;
    }
}
