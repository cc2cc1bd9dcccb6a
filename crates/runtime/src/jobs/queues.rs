//! The jobs that wait and run, queue by queue. Plain state: nothing here waits or knows the time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::SlotId;
use bytes::Bytes;

use super::handler::{JobHandler, JobQueue};
use super::timer::{Row, Timer};

/// Something to do, and who does it.
pub(super) struct Job {
    pub(super) handler: Arc<dyn JobHandler>,
    pub(super) queue: JobQueue,
    pub(super) timer: Timer,
    pub(super) slot: SlotId,
    pub(super) row: Row,
}

/// A queue of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QueueKey {
    pub(super) service: Box<str>,
    pub(super) name: &'static str,
}

/// The place of a job that runs, free again once it has ended.
pub(super) struct Place {
    pub(super) queue: QueueKey,
    resource: Bytes,
}

/// All queues.
#[derive(Default)]
pub(super) struct Queues {
    queues: BTreeMap<QueueKey, Queue>,
    waiting: usize,
}

/// One queue. A timer that is read twice waits once.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) limit: usize,
    waiting: BTreeMap<Bytes, BTreeMap<Bytes, Job>>,
    /// The oldest job of each resource none of whose jobs runs.
    next: BTreeSet<Bytes>,
    /// The resources whose jobs run.
    busy: BTreeSet<Bytes>,
    pub(super) succeeded: u64,
    pub(super) failed: u64,
}

impl Queues {
    /// How many jobs wait in all queues.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&QueueKey, &Queue)> {
        self.queues.iter()
    }

    /// Adds a job.
    pub(super) fn add(&mut self, job: Job) {
        let key = QueueKey { service: job.timer.arn.service().into(), name: job.queue.name };
        let queue = self.queues.entry(key).or_default();
        queue.limit = job.queue.limit.max(1);
        self.waiting += usize::from(queue.add(job));
    }

    /// The oldest job of a queue that has room, of a resource none of whose jobs runs there.
    pub(super) fn next(&mut self) -> Option<(Place, Job)> {
        let mut queues = self.queues.iter_mut();
        let (key, (resource, job)) =
            queues.find_map(|(key, queue)| Some((key.clone(), queue.next()?)))?;
        self.waiting -= 1;
        Some((Place { queue: key, resource }, job))
    }

    /// Frees the place of a job that has ended.
    pub(super) fn ended(&mut self, place: &Place, succeeded: bool) {
        let Some(queue) = self.queues.get_mut(&place.queue) else { return };
        queue.succeeded += u64::from(succeeded);
        queue.failed += u64::from(!succeeded);
        queue.busy.remove(&place.resource);
        queue.offer(&place.resource);
    }
}

impl Queue {
    /// How many jobs run.
    pub(super) fn running(&self) -> usize {
        self.busy.len()
    }

    /// How many jobs wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.values().map(BTreeMap::len).sum()
    }

    /// Adds a job; answers whether it is new.
    fn add(&mut self, job: Job) -> bool {
        let resource = resource_of(&job.row.0);
        if !self.busy.contains(&resource) {
            self.withdraw(&resource);
        }
        let jobs = self.waiting.entry(resource.clone()).or_default();
        let is_new = jobs.insert(job.row.0.clone(), job).is_none();
        if !self.busy.contains(&resource) {
            self.offer(&resource);
        }
        is_new
    }

    fn next(&mut self) -> Option<(Bytes, Job)> {
        if self.busy.len() >= self.limit {
            return None;
        }
        let key = self.next.pop_first()?;
        let resource = resource_of(&key);
        let jobs = self.waiting.get_mut(&resource)?;
        let job = jobs.remove(&key)?;
        if jobs.is_empty() {
            self.waiting.remove(&resource);
        }
        self.busy.insert(resource.clone());
        Some((resource, job))
    }

    /// Puts the oldest job of a resource among those that are next.
    fn offer(&mut self, resource: &Bytes) {
        self.next.extend(self.oldest(resource));
    }

    fn withdraw(&mut self, resource: &Bytes) {
        if let Some(key) = self.oldest(resource) {
            self.next.remove(&key);
        }
    }

    fn oldest(&self, resource: &Bytes) -> Option<Bytes> {
        self.waiting.get(resource)?.keys().next().cloned()
    }
}

/// The resource of a timer's key: the incarnation, which follows the time.
fn resource_of(key: &Bytes) -> Bytes {
    key.slice(key.len().min(8)..key.len().min(24))
}
