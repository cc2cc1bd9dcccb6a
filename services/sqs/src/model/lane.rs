//! A queue's name as a lane.

use std::sync::Arc;

use base::{Arn, Incarnation, Timestamp};
use runtime::{Fact, Lane, LogEnd, Ready, Rows, names};
use store::{Batch, StoreError, Table};

use crate::error::Error;
use crate::keys::{self, NameRow};
use crate::model::change::Change;
use crate::model::need::{Found, Wanted};
use crate::model::policy::Policy;
use crate::model::queue::Queue;
use crate::model::{check, read, rows};

/// The lane of a queue's name: the queue, if there is one.
pub(crate) struct QueueLane {
    pub(crate) arn: Arn,
    pub(crate) queue: Option<Queue>,
    /// When the last queue of this name was deleted, while AWS's waiting period is remembered.
    pub(crate) deleted_at: Option<Timestamp>,
    /// What requests to the queue are authorized from.
    pub(crate) fact: Option<Arc<Fact>>,
}

impl QueueLane {
    /// The queue, which must exist.
    pub(crate) fn queue(&self) -> Result<&Queue, Error> {
        self.queue.as_ref().ok_or(Error::QueueDoesNotExist)
    }

    /// What there is to know has changed.
    fn learn(&mut self) {
        let fact = |queue: &Queue| Fact {
            owner: None,
            policy: queue.attributes.policy.as_ref().map(Policy::compiled),
            tags: queue.tags.clone(),
        };
        self.fact = self.queue.as_ref().map(|queue| Arc::new(fact(queue)));
    }
}

impl Lane for QueueLane {
    type Change = Change;
    type Need = (Incarnation, Wanted);
    type Supply = (Incarnation, Found);

    async fn load(arn: &Arn, rows: &Rows) -> Result<Self, StoreError> {
        let mut lane = QueueLane { arn: arn.clone(), queue: None, deleted_at: None, fact: None };
        let Some(name) = rows.get(Table::Names, names::key(arn)).await? else { return Ok(lane) };
        let name: NameRow = keys::decode(name)?;
        lane.deleted_at = name.deleted_ms.map(Timestamp::from_millis);
        if lane.deleted_at.is_none() {
            let incarnation = name.incarnation[..].try_into().map(Incarnation::from_bytes);
            let incarnation =
                incarnation.map_err(|_| StoreError::Damaged(format!("the name of {arn}")))?;
            lane.queue = Some(read::queue(arn, incarnation, rows).await?);
            lane.learn();
        }
        Ok(lane)
    }

    fn widen(&self, (incarnation, wanted): Self::Need) -> Self::Need {
        let queue = self.queue.as_ref().filter(|queue| queue.incarnation == incarnation);
        match queue {
            Some(queue) => (incarnation, queue.backlog.widen(wanted)),
            None => (incarnation, wanted),
        }
    }

    fn ahead(&self) -> Option<Self::Need> {
        let queue = self.queue.as_ref()?;
        Some((queue.incarnation, Wanted::Backlog(queue.backlog.ahead()?)))
    }

    async fn fetch(
        (incarnation, wanted): (Incarnation, Wanted),
        rows: &Rows,
    ) -> Result<(Incarnation, Found), StoreError> {
        Ok((incarnation, read::fetch(incarnation, wanted, rows).await?))
    }

    fn supply(&mut self, (incarnation, found): (Incarnation, Found)) {
        if let Some(queue) = self.queue.as_mut().filter(|queue| queue.incarnation == incarnation) {
            queue.supply(found);
        }
    }

    fn observe(&mut self, now: Timestamp) {
        if let Some(queue) = &mut self.queue {
            queue.backlog.observe(now);
        }
    }

    fn write(&self, change: &Change, batch: &mut Batch) {
        rows::write(&self.arn, self.queue.as_ref(), change, batch);
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Created(created) => {
                self.deleted_at = None;
                self.queue = Some(Queue::new(*created));
                self.learn();
            }
            Change::Deleted { at, remembered, .. } => {
                self.queue = None;
                self.learn();
                self.deleted_at = remembered.then_some(at);
            }
            Change::Reclaimed(_) => self.deleted_at = None,
            change => {
                let is_definition = matches!(change, Change::Defined(_));
                if let Some(queue) = &mut self.queue {
                    queue.apply(change);
                }
                if is_definition {
                    self.learn();
                }
            }
        }
    }

    /// Nobody needs to wait at a queue that is gone: there is an error for everyone.
    fn ready(&self) -> Ready {
        let Some(queue) = &self.queue else { return Ready { now: usize::MAX, next: None } };
        Ready { now: queue.backlog.ready(), next: queue.backlog.next_visible() }
    }

    fn log_end(&self) -> Option<LogEnd> {
        let queue = self.queue.as_ref()?;
        Some(LogEnd { incarnation: queue.incarnation, position: queue.backlog.tail() })
    }

    fn check(&self) -> Result<(), String> {
        self.queue.as_ref().map_or(Ok(()), check::queue)
    }

    fn fact(&self) -> Option<&Arc<Fact>> {
        self.fact.as_ref()
    }
}
