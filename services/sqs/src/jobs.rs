//! What happens to queues when time passes.
//!
//! Visibility timeouts and delays need nothing here: they follow from the rows and the clock.

use futures::future::{BoxFuture, FutureExt};
use runtime::jobs::{JobHandler, JobQueue, Timer};
use runtime::{Decision, Moment, Trouble, reclaim};

use crate::Sqs;
use crate::keys::DueKind;
use crate::model::backlog::Need;
use crate::model::fifo;
use crate::model::need::Wanted;
use crate::model::{Change, Queue, QueueLane};

/// Most messages that one commit drops.
const SWEEP: usize = 1000;

impl JobHandler for Sqs {
    fn queue(&self, kind: u8) -> Option<JobQueue> {
        DueKind::from_number(kind).map(|_| JobQueue::USUAL)
    }

    fn run(&self, entry: Timer) -> BoxFuture<'_, Result<(), Trouble>> {
        async move {
            match DueKind::from_number(entry.kind) {
                Some(DueKind::Sweep) => self.sweep(&entry).await,
                Some(DueKind::Reclaim) => self.reclaim(&entry).await,
                Some(DueKind::Trim) => self.trim(&entry).await,
                Some(DueKind::Relay) => self.relay(&entry).await,
                Some(DueKind::Move) => self.step(&entry).await,
                Some(DueKind::Forget) => self.forget(&entry).await,
                None => Err(Trouble::Unavailable(format!("no job of kind {}", entry.kind))),
            }
        }
        .boxed()
    }
}

impl Sqs {
    /// Drops messages whose retention is over, a bounded number a commit.
    async fn sweep(&self, entry: &Timer) -> Result<(), Trouble> {
        self.queues.enter(&entry.arn, |lane, moment| decide_sweep(lane, moment, entry)).await
    }

    /// Deletes what a purge has left behind, a bounded number a commit. What is dead is read only once
    /// the purge is on disk, and nothing is deleted before.
    async fn trim(&self, entry: &Timer) -> Result<(), Trouble> {
        self.queues.enter(&entry.arn, |lane, moment| decide_trim(lane, moment, entry)).await
    }

    /// Forgets deduplication ids that are over, a bounded number a commit.
    async fn forget(&self, entry: &Timer) -> Result<(), Trouble> {
        self.queues
            .enter(&entry.arn, |lane, moment| fifo::forget::decide(lane, moment, entry))
            .await
    }

    /// Deletes the rows of a deleted queue, once its deletion is on disk.
    async fn reclaim(&self, entry: &Timer) -> Result<(), Trouble> {
        let is_dead = |lane: &QueueLane, _: Moment<'_>| {
            let present = lane.queue.as_ref().map(|queue| queue.incarnation);
            Decision::<_, _, Trouble>::answer(present != Some(entry.incarnation))
        };
        if !self.queues.enter(&entry.arn, is_dead).await? {
            return Ok(());
        }
        let slots = self.queues.node().slots();
        reclaim::reclaim(slots, Queue::slot(&entry.arn), entry.incarnation).await?;
        let done = |_: &QueueLane, _: Moment<'_>| {
            Decision::<_, _, Trouble>::keep(vec![Change::Reclaimed(entry.clone())], ())
        };
        self.queues.enter(&entry.arn, done).await
    }
}

fn decide_sweep(
    lane: &QueueLane,
    moment: Moment<'_>,
    entry: &Timer,
) -> Decision<QueueLane, (), Trouble> {
    let queue = lane.queue.as_ref().filter(|queue| queue.incarnation == entry.incarnation);
    let Some(queue) = queue.filter(|queue| queue.sweep_at == Some(entry.at)) else {
        return Decision::answer(());
    };
    match plan_sweep(queue, moment, entry) {
        Ok(change) => Decision::keep(vec![change], ()),
        Err(need) => Decision::Fetch(queue.want(need)),
    }
}

/// When everything is dropped that can be, the next sweep is due when the oldest message that remains is
/// over; until then the row stands at the oldest one that there was.
fn plan_sweep(queue: &Queue, moment: Moment<'_>, entry: &Timer) -> Result<Change, Need> {
    let retention = queue.attributes.retention;
    let (dead, cursor) = queue.backlog.expired(retention, moment.now, SWEEP)?;
    let next = if dead.is_empty() {
        queue.backlog.oldest()?.map(|oldest| (oldest + retention).max(moment.now))
    } else {
        // There may be more: look again at once.
        Some(moment.now)
    };
    Ok(Change::Swept { done: entry.clone(), dead, cursor, next })
}

fn decide_trim(
    lane: &QueueLane,
    moment: Moment<'_>,
    entry: &Timer,
) -> Decision<QueueLane, (), Trouble> {
    let queue = lane.queue.as_ref().filter(|queue| queue.incarnation == entry.incarnation);
    let purge = queue.and_then(|queue| queue.purge.as_ref());
    let Some(purge) = purge.filter(|purge| purge.trim_at == Some(entry.at)) else {
        return Decision::answer(());
    };
    let Some(piece) = purge.found.clone() else {
        let wanted = Wanted::Dead { from: purge.from, below: purge.below };
        return Decision::Fetch((entry.incarnation, wanted));
    };
    let left = purge.after(&piece, moment.now);
    Decision::keep(vec![Change::Trimmed { done: entry.clone(), piece, left }], ())
}
