//! A running node: its time, chance, slots and tasks.

use std::sync::{Arc, OnceLock};

use base::{Clock, Random, Span, Timestamp};
use store::{NodeId, Store, StoreError};

use crate::activity::Activity;
use crate::delivery::Targets;
use crate::faults::Faults;
use crate::jobs::Jobs;
use crate::plan::Moment;
use crate::slots::Slots;

use crate::tasks::Tasks;
use crate::timers::Timers;
use crate::workers::Workers;

/// What a node is made of.
pub struct Parts {
    /// The engine.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// Whether AWS's quotas hold.
    pub quotas: Quotas,
}

/// Whether AWS's quotas, throttles and waiting periods hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quotas {
    /// They do not: what the machine can do is allowed.
    #[default]
    None,
    /// As in AWS.
    Aws,
}

/// A node.
pub struct Node {
    slots: Slots,
    timers: Timers,
    random: Random,
    tasks: Tasks,
    activity: Activity,
    jobs: Jobs,
    workers: Workers,
    targets: Targets,
    quotas: Quotas,
    faults: Faults,
    on_broken: OnceLock<OnBroken>,
}

/// Ends the process, and says why.
type OnBroken = Box<dyn Fn(&str) + Send + Sync>;

impl Node {
    /// Takes over all slots.
    pub async fn start(parts: Parts) -> Result<Arc<Self>, StoreError> {
        let slots = Slots::acquire(parts.store, NodeId(1)).await?;
        Ok(Arc::new(Node {
            slots,
            timers: Timers::new(parts.clock),
            random: parts.random,
            tasks: Tasks::default(),
            activity: Activity::default(),
            jobs: Jobs::default(),
            workers: Workers::default(),
            targets: Targets::default(),
            quotas: parts.quotas,
            faults: Faults::default(),
            on_broken: OnceLock::new(),
        }))
    }

    /// Its slots.
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Its time.
    pub fn timers(&self) -> &Timers {
        &self.timers
    }

    /// Its chance.
    pub fn random(&self) -> &Random {
        &self.random
    }

    /// Its background tasks.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// Its background jobs.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Its workers.
    pub fn workers(&self) -> &Workers {
        &self.workers
    }

    /// What is under way in the background.
    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    /// The services that receive deliveries.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Whether AWS's quotas hold.
    pub fn quotas(&self) -> Quotas {
        self.quotas
    }

    /// Faults that are made on purpose.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The present moment, as decisions see it.
    pub fn moment(&self) -> Moment<'_> {
        Moment { now: self.timers.now(), random: &self.random, stopping: self.tasks.is_stopping() }
    }

    /// Says what to do when an invariant is broken: report it and end the process, at once. Without it a broken
    /// invariant is a panic.
    pub fn on_broken(&self, end: Box<dyn Fn(&str) + Send + Sync>) {
        // Said twice, the first one holds: it ends the process as well.
        _ = self.on_broken.set(end);
    }

    /// Ends the process because an invariant is broken.
    pub(crate) fn broken(&self, what: &str) -> ! {
        if let Some(end) = self.on_broken.get() {
            end(what);
        }
        panic!("an invariant is broken: {what}");
    }

    /// Moves a manual clock, and returns when everything in the background has come to rest: all jobs that were due
    /// by then are done, those who wait at a lane are woken, and workers are parked. `None` for the system's clock.
    pub async fn advance(&self, by: Span) -> Option<Timestamp> {
        let now = self.timers.advance(by)?;
        self.activity.at_rest().await;
        Some(now)
    }

    /// Ends workers and background tasks, and closes the store. Requests have ended before.
    pub async fn stop(&self) -> Result<(), StoreError> {
        self.tasks.stop();
        self.workers.drain().await;
        self.tasks.end().await;
        self.slots.store().close().await
    }
}
