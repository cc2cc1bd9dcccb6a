//! Catch-ups: deliveries to lagging subscriptions, many at once, none of which waits for another. Each is settled
//! when it has ended, and the next one takes its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::Span;
use runtime::delivery::{Attempt, Health, InFlight, Outcome};
use runtime::jobs::Timer;
use runtime::{Moment, Trouble};
use store::{PageLimit, Position};

use super::bounds::{CatchUpBudget, PAGE, PROBE};
use super::delivery::TopicDelivery;
use super::lagging::{self, Lagging, Search};
use super::reads::{Read, ReadKey, Reads};
use super::retry::{SCHEDULE, TIMEOUTS};
use super::settle::{self, Progress, Reach};
use crate::Sns;
use crate::ids::SubscriptionId;
use crate::model::TopicLane;
use crate::model::outgoing::Outgoing;

/// The pause between two searches for other subscriptions while some are being delivered to.
const LOOK: Span = Span::from_seconds(1);

/// A job for the lagging subscriptions of a topic whose receivers have one health.
struct CatchUp<'c> {
    sns: &'c Sns,
    entry: &'c Timer,
    health: Health,
    budget: &'c CatchUpBudget,
    delivery: TopicDelivery<'c>,
    reads: Reads,
}

impl Sns {
    /// Delivers to the lagging subscriptions whose turn it is, and settles the results.
    pub(crate) async fn catch_up(&self, entry: &Timer, health: Health) -> Result<(), Trouble> {
        let begin = |lane: &TopicLane, _: Moment<'_>| lagging::begin(lane, entry);
        let Some(origin) = self.decide(&entry.arn, begin).await?.flatten() else { return Ok(()) };
        let delivery = TopicDelivery::new(self, &entry.arn, origin);
        let budget = &self.budgets.catch_ups[health as usize];
        let reads = Reads::default();
        CatchUp { sns: self, entry, health, budget, delivery, reads }.run().await
    }
}

impl CatchUp<'_> {
    async fn run(&self) -> Result<(), Trouble> {
        let bounds = self.sns.bounds;
        let (mut left, mut ids) = (bounds.attempts, BTreeSet::new());
        let mut deliveries = InFlight::new(bounds.at_once);
        loop {
            let most = left.min(deliveries.room());
            let found = if most > 0 { self.find(&ids, most).await? } else { Vec::new() };
            left -= found.len();
            ids.extend(found.iter().map(|lagging| lagging.id));
            for lagging in found {
                deliveries.start(self.deliver_next(lagging));
            }
            let timers = self.sns.topics.node().timers();
            let ended = tokio::select! {
                biased;
                ended = deliveries.ended() => ended,
                // Somebody's turn may have come meanwhile.
                () = timers.sleep_until(timers.now() + LOOK), if most > 0 => continue,
            };
            if ended.is_empty() {
                break;
            }
            let progress = ended.into_iter().collect::<Result<Vec<_>, _>>()?;
            for one in &progress {
                ids.remove(&one.id);
            }
            self.settle(&progress, false).await?;
        }
        self.settle(&[], true).await
    }

    async fn find(
        &self,
        in_flight: &BTreeSet<SubscriptionId>,
        most: usize,
    ) -> Result<Vec<Lagging>, Trouble> {
        let search = Search { health: self.health, in_flight, most };
        let find = |lane: &TopicLane, moment: Moment<'_>| {
            lagging::find(lane, self.entry, moment.now, search)
        };
        Ok(self.sns.decide(&self.entry.arn, find).await?.unwrap_or_default())
    }

    async fn settle(&self, progress: &[Progress], is_end: bool) -> Result<(), Trouble> {
        let settle = |lane: &TopicLane, moment: Moment<'_>| {
            settle::settle_catch_up(lane, moment, self.entry, progress, is_end)
        };
        self.sns.decide(&self.entry.arn, settle).await.map(|_| ())
    }

    /// Delivers the next messages to a subscription, none that a batch is still to deliver.
    async fn deliver_next(&self, lagging: Lagging) -> Result<Progress, Trouble> {
        let Lagging { id, lag, below } = lagging;
        let upto = |position| Progress { id, reach: Reach::Upto(position), health: None };
        if lag.cursor >= below {
            return Ok(upto(lag.cursor));
        }
        let read = self.read(&lagging).await?;
        let messages = read.below(below);
        let recipient =
            |lane: &TopicLane, _: Moment<'_>| lagging::recipient(lane, self.entry, id, messages);
        let found = self.sns.decide(&self.entry.arn, recipient).await?.flatten();
        let Some(recipient) = found.filter(|recipient| !recipient.messages.is_empty()) else {
            return Ok(upto(read.upto.min(below)));
        };
        let _share = self.budget.copies.take(recipient.bytes()).await;
        let timeout = TIMEOUTS.of(self.health);
        let attempt = Attempt { is_last: SCHEDULE.is_last(lag.attempts), timeout };
        let report = self.delivery.deliver(&recipient, attempt).await?;
        let reach = match report.outcome {
            Outcome::Done => Reach::Upto(read.upto.min(below)),
            Outcome::Failed(number) => Reach::FailedAt(recipient.position(number)),
        };
        Ok(Progress { id, reach, health: Some(TIMEOUTS.health(&report)) })
    }

    /// The next messages of the log, read once for all subscriptions with this cursor.
    async fn read(&self, lagging: &Lagging) -> Result<Arc<Read>, Trouble> {
        let Lagging { lag, below, .. } = *lagging;
        let limit = match lag.attempts {
            0 => PageLimit { rows: self.sns.bounds.messages, ..PAGE },
            _ => PROBE,
        };
        let read = || async {
            let bytes = CatchUpBudget::before_reading(limit);
            let mut share = self.budget.entries.take(bytes).await;
            let page = self.sns.read_log(self.entry, lag.cursor, below, limit).await?;
            share.shrink_to(page.bytes());
            let upto = page.reached(below);
            Ok(Read { messages: page.messages, upto, _share: share })
        };
        self.reads.get(ReadKey { from: lag.cursor, most: limit.rows }, read).await
    }
}

impl Read {
    /// The messages before a position.
    fn below(&self, below: Position) -> &[Arc<Outgoing>] {
        let end = self.messages.partition_point(|message| message.position < below);
        &self.messages[..end]
    }
}
