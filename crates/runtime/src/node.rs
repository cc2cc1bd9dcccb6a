//! A running node: its time, chance, slots and tasks.

use std::sync::Arc;

use base::{Clock, Random, Span, Timestamp};
use store::{NodeId, Store, StoreError};

use crate::delivery::Targets;
use crate::due::Due;
use crate::faults::Faults;
use crate::plan::Moment;
use crate::slots::Slots;

use crate::tasks::Tasks;
use crate::timers::Timers;

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
    due: Due,
    targets: Targets,
    quotas: Quotas,
    faults: Faults,
}

impl Node {
    /// Takes over all slots.
    pub async fn start(parts: Parts) -> Result<Arc<Self>, StoreError> {
        let slots = Slots::acquire(parts.store, NodeId(1)).await?;
        Ok(Arc::new(Node {
            slots,
            timers: Timers::new(parts.clock),
            random: parts.random,
            tasks: Tasks::default(),
            due: Due::default(),
            targets: Targets::default(),
            quotas: parts.quotas,
            faults: Faults::default(),
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

    /// What happens later.
    pub fn due(&self) -> &Due {
        &self.due
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

    /// Moves a manual clock, and returns when all that was due by then is done; `None` for the
    /// system's clock.
    pub async fn advance(&self, by: Span) -> Option<Timestamp> {
        let now = self.timers.advance(by)?;
        self.due.settled().await;
        Some(now)
    }

    /// Ends the background tasks and closes the store. Requests have ended before.
    pub async fn stop(&self) -> Result<(), StoreError> {
        self.tasks.stop();
        self.tasks.end().await;
        self.slots.store().close().await
    }
}
