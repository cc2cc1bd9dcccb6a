//! The one room in which tasks are started: whoever starts one here has an owner that ends it.

use std::future::Future;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The background tasks of a node.
pub struct Tasks {
    running: Mutex<JoinSet<()>>,
    stopping: watch::Sender<bool>,
}

impl Default for Tasks {
    fn default() -> Self {
        Tasks { running: Mutex::new(JoinSet::new()), stopping: watch::Sender::new(false) }
    }
}

impl Tasks {
    /// Starts a task; it is dropped when the node stops.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.running.lock();
        while running.try_join_next().is_some() {}
        running.spawn(task);
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
        running.shutdown().await;
    }
}
