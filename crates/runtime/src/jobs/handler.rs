//! The services' side of jobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Arn;
use futures::future::BoxFuture;

use super::timer::Timer;
use crate::plan::Trouble;

/// Runs the jobs of one service.
pub trait JobHandler: Send + Sync + 'static {
    /// The queue in which jobs of a kind wait. None for a kind that the service does not know: its timers go to
    /// quarantine.
    fn queue(&self, kind: u8) -> Option<JobQueue>;

    /// Does once what a timer asks for: decides in the resource's lane what to do. The plan deletes the timer's
    /// row or puts the next one. A job may run again after it has succeeded (after a crash, or when a commit
    /// failed), so it decides from the lane's state, never from the timer alone.
    ///
    /// # Errors
    /// The job is tried again, with back-off. A service that expects a failure (of a receiver, say) handles it
    /// itself, and puts a timer for its next attempt.
    fn run(&self, timer: Timer) -> BoxFuture<'_, Result<(), Trouble>>;
}

/// A queue of jobs of one service. The oldest job goes first, one job of a resource at a time. Jobs of different
/// queues do not wait for each other, nor do those of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobQueue {
    /// Its name within the service.
    pub name: &'static str,
    /// How many of its jobs run at once, at least one.
    pub limit: usize,
}

impl JobQueue {
    /// The queue for what a resource does by itself, in its lane.
    pub const USUAL: JobQueue = JobQueue { name: "usual", limit: 16 };
}

/// The handlers of all services, by the service in the resource's ARN.
#[derive(Default)]
pub struct JobHandlers {
    by_service: BTreeMap<&'static str, Arc<dyn JobHandler>>,
}

impl JobHandlers {
    /// Adds the handler for resources whose ARN names this service.
    ///
    /// # Errors
    /// The service has one already.
    pub fn add(
        &mut self,
        service: &'static str,
        handler: Arc<dyn JobHandler>,
    ) -> Result<(), String> {
        match self.by_service.insert(service, handler) {
            None => Ok(()),
            Some(_) => Err(format!("the jobs of {service} have two handlers")),
        }
    }

    /// Handlers of one service only.
    #[must_use]
    pub fn of(service: &'static str, handler: Arc<dyn JobHandler>) -> Self {
        JobHandlers { by_service: BTreeMap::from([(service, handler)]) }
    }

    pub(super) fn find(&self, arn: &Arn) -> Option<&Arc<dyn JobHandler>> {
        self.by_service.get(arn.service())
    }
}
