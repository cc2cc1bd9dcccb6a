//! What happens to topics when time passes.

use base::Arn;
use futures::future::{BoxFuture, FutureExt};
use runtime::delivery::Health;
use runtime::jobs::{JobHandler, JobQueue, Timer};
use runtime::{Decision, Moment, Trouble, reclaim};
use store::PageLimit;

use crate::Sns;
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::keys::DueKind;
use crate::model::subscribers::{NextPage, SubscriptionIndex};
use crate::model::{Change, Subscription, Topic, TopicLane, read};

/// Most subscriptions, or deduplication ids, that one commit drops.
const PIECE: usize = 1000;

impl JobHandler for Sns {
    /// Deliveries wait for others than the topic: those of one kind for each other only.
    fn queue(&self, kind: u8) -> Option<JobQueue> {
        let queue = |name, limit| JobQueue { name, limit };
        Some(match DueKind::from_number(kind)? {
            DueKind::Deliver => queue("deliver", 1024),
            DueKind::CatchUp => queue("catch-up", 256),
            DueKind::CatchUpSlow => queue("catch-up-slow", 1024),
            DueKind::CatchUpUnresponsive => queue("catch-up-unresponsive", 1024),
            DueKind::Replay => queue("replay", 256),
            DueKind::Reclaim | DueKind::Expire | DueKind::Forget | DueKind::Archive => {
                JobQueue::USUAL
            }
            DueKind::ReclaimApplication => JobQueue::USUAL,
        })
    }

    fn run(&self, entry: Timer) -> BoxFuture<'_, Result<(), Trouble>> {
        async move {
            match DueKind::from_number(entry.kind) {
                Some(DueKind::Reclaim) => self.reclaim(&entry).await,
                Some(DueKind::Expire) => self.expire(&entry).await,
                Some(DueKind::Forget) => self.forget(&entry).await,
                Some(DueKind::ReclaimApplication) => self.reclaim_application(&entry).await,
                Some(DueKind::Deliver) => self.fan_out(&entry).await,
                Some(DueKind::Replay) => self.replay(&entry).await,
                Some(DueKind::Archive) => self.sweep(&entry).await,
                Some(DueKind::CatchUp) => self.catch_up(&entry, Health::Healthy).await,
                Some(DueKind::CatchUpSlow) => self.catch_up(&entry, Health::Slow).await,
                Some(DueKind::CatchUpUnresponsive) => {
                    self.catch_up(&entry, Health::Unresponsive).await
                }
                None => Err(Trouble::Unavailable(format!("no job of kind {}", entry.kind))),
            }
        }
        .boxed()
    }
}

impl Sns {
    /// Drops subscriptions that were not confirmed in time, a bounded number a commit.
    async fn expire(&self, entry: &Timer) -> Result<(), Trouble> {
        let expired = self.topics.enter(&entry.arn, |lane, moment| {
            if !stands(lane, entry) {
                return Decision::answer(());
            }
            lane.with_subscribers(|topic, index| decide_expire(topic, index, moment, entry))
        });
        match expired.await {
            Err(Error::Trouble(trouble)) => Err(trouble),
            // The topic has gone.
            _ => Ok(()),
        }
    }

    /// Forgets deduplication ids that are over, a bounded number a commit. An entry that was done before
    /// finds nothing that is over, and puts a row that is there already.
    async fn forget(&self, entry: &Timer) -> Result<(), Trouble> {
        let decide = |lane: &TopicLane, moment: Moment<'_>| {
            let topic = lane.topic.as_ref();
            let Some(topic) = topic.filter(|topic| topic.incarnation == entry.incarnation) else {
                return Decision::answer(());
            };
            let (over, next) = topic.seen.over(moment.now, PIECE);
            Decision::keep(vec![Change::Forgotten { done: entry.clone(), over, next }], ())
        };
        self.topics.enter(&entry.arn, decide).await
    }

    /// Deletes the rows of a deleted topic, once its deletion is on disk: first its subscriptions, because
    /// the slot's indexes know them, then all the rest.
    async fn reclaim(&self, entry: &Timer) -> Result<(), Trouble> {
        let is_dead = |lane: &TopicLane, _: Moment<'_>| {
            let present = lane.topic.as_ref().map(|topic| topic.incarnation);
            Decision::<_, _, Trouble>::answer(present != Some(entry.incarnation))
        };
        if !self.topics.enter(&entry.arn, is_dead).await? {
            return Ok(());
        }
        while let Some(subscriptions) = self.left_over(&entry.arn, entry).await? {
            let cleared = Change::Cleared { dead: entry.incarnation, subscriptions };
            let clear = |_: &TopicLane, _: Moment<'_>| {
                Decision::<_, _, Trouble>::keep(vec![cleared.clone()], ())
            };
            self.topics.enter(&entry.arn, clear).await?;
        }
        let slots = self.topics.node().slots();
        reclaim::reclaim(slots, Topic::slot(&entry.arn), entry.incarnation).await?;
        let done = |_: &TopicLane, _: Moment<'_>| {
            Decision::<_, _, Trouble>::keep(vec![Change::Reclaimed(entry.clone())], ())
        };
        self.topics.enter(&entry.arn, done).await
    }

    /// The first subscriptions of a life that is over, if any are left.
    async fn left_over(
        &self,
        topic: &Arn,
        entry: &Timer,
    ) -> Result<Option<Vec<(SubscriptionId, Subscription)>>, Trouble> {
        let limit = PageLimit { rows: PIECE, bytes: 1 << 20 };
        let (incarnation, rows) = ((topic, entry.incarnation), self.topics.rows(topic));
        let page = read::page_of_subscriptions(incarnation, NextPage(None), limit, &rows).await;
        let page = page.map_err(|error| Trouble::Unavailable(error.to_string()))?;
        Ok(Some(page.subscriptions).filter(|found| !found.is_empty()))
    }
}

/// Whether an entry is still the one that a topic waits for.
fn stands(lane: &TopicLane, entry: &Timer) -> bool {
    lane.topic.as_ref().is_some_and(|topic| {
        topic.incarnation == entry.incarnation && topic.counts.expire_at == Some(entry.at)
    })
}

fn decide_expire(
    topic: &Topic,
    index: &SubscriptionIndex,
    moment: Moment<'_>,
    entry: &Timer,
) -> Decision<TopicLane, (), Error> {
    let (over, next) = index.expired(moment.now, PIECE);
    let gone = over.into_iter().filter_map(|id| Some((id, index.get(id)?)));
    let gone: Vec<(SubscriptionId, Subscription)> = gone.collect();
    let mut counts = topic.without(gone.iter().map(|(_, subscription)| subscription));
    counts.expire_at = next.map(|next| next.max(moment.now));
    Decision::keep(vec![Change::Expired { done: entry.clone(), gone, counts }], ())
}
