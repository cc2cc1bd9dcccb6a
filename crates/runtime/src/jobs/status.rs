//! The state of the jobs, for operators.

use std::collections::BTreeMap;

use super::Jobs;
use super::failures::Quarantined;

/// Most timers in quarantine that are listed.
const LISTED: usize = 100;

/// The state of all jobs of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobsStatus {
    /// The queues that had a job since the start.
    pub queues: Vec<QueueStatus>,
    /// The number of timers in quarantine.
    pub quarantined: u64,
    /// The first of them, in the order of their times.
    pub quarantine: Vec<Quarantined>,
}

/// The state of one queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueStatus {
    /// The service.
    pub service: String,
    /// The queue's name within the service.
    pub name: &'static str,
    /// The number of jobs that may run at once.
    pub limit: usize,
    /// The number of jobs that wait.
    pub waiting: usize,
    /// The number of jobs that run.
    pub running: usize,
    /// The number of jobs that have failed and are tried again.
    pub failing: usize,
    /// The number of runs that succeeded, since the start.
    pub succeeded: u64,
    /// The number of runs that failed, since the start.
    pub failed: u64,
}

/// The numbers of jobs of all queues together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Jobs that wait.
    pub waiting: usize,
    /// Jobs that run.
    pub running: usize,
    /// Jobs that have failed and are tried again.
    pub failing: usize,
    /// Timers in quarantine.
    pub quarantined: u64,
}

impl Jobs {
    /// The state of all jobs.
    pub fn status(&self) -> JobsStatus {
        let failures = self.failures.lock();
        let mut failing = BTreeMap::new();
        for job in failures.failing() {
            *failing.entry(job.queue.clone()).or_insert(0) += 1;
        }
        let (quarantined, quarantine) =
            (failures.quarantined_count(), failures.quarantined().take(LISTED).cloned().collect());
        drop(failures);
        let queues = self.queues.lock();
        let queues = queues.all().map(|(key, queue)| QueueStatus {
            service: key.service.to_string(),
            name: key.name,
            limit: queue.limit,
            waiting: queue.waiting(),
            running: queue.running(),
            failing: failing.get(key).copied().unwrap_or(0),
            succeeded: queue.succeeded,
            failed: queue.failed,
        });
        JobsStatus { queues: queues.collect(), quarantined, quarantine }
    }

    /// The numbers of jobs, for metrics.
    pub fn counts(&self) -> JobCounts {
        let (failing, quarantined) = {
            let failures = self.failures.lock();
            (failures.failing_count(), failures.quarantined_count())
        };
        let queues = self.queues.lock();
        let running = queues.all().map(|(_, queue)| queue.running()).sum();
        JobCounts { waiting: queues.waiting(), running, failing, quarantined }
    }
}
