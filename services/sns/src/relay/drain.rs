//! Deliveries to those that are behind: many at once, none of which waits for another. Each is settled when
//! it has ended, and the next one takes its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::Span;
use runtime::delivery::{Attempt, Health, InFlight, Outcome};
use runtime::due::DueEntry;
use runtime::{Moment, Trouble};
use store::{PageLimit, Position};

use super::PAGE;
use super::budgets::CatchUpBudget;
use super::delivery::TopicDelivery;
use super::laggards::{self, Laggard};
use super::reads::{Read, Reads};
use super::retry::{SCHEDULE, TIMEOUTS};
use super::settle::{self, Progress, Reach};
use crate::Sns;
use crate::model::outgoing::Outgoing;
use crate::model::{SubscriptionId, TopicLane};

/// How long nobody looks for others while some are being tried.
const LOOK: Span = Span::from_seconds(1);
/// Who has failed gets one message, until it has taken that: what it does not take costs little.
pub(super) const PROBE: PageLimit = PageLimit { rows: 1, bytes: 1 };

/// An errand to those that are behind.
struct Drain<'d> {
    sns: &'d Sns,
    entry: &'d DueEntry,
    health: Health,
    budget: &'d CatchUpBudget,
    delivery: TopicDelivery<'d>,
    reads: Reads,
}

impl Sns {
    /// Tries those again that are behind and whose turn it is, and settles what comes of it.
    pub(crate) async fn drain(&self, entry: &DueEntry, health: Health) -> Result<(), Trouble> {
        let begin = |lane: &TopicLane, _: Moment<'_>| laggards::begin(lane, entry);
        let Some(origin) = self.decide(&entry.arn, begin).await?.flatten() else { return Ok(()) };
        let delivery = TopicDelivery::new(self, &entry.arn, origin);
        let budget = &self.budgets.catch_ups[health as usize];
        let reads = Reads::default();
        Drain { sns: self, entry, health, budget, delivery, reads }.run().await
    }
}

impl Drain<'_> {
    async fn run(&self) -> Result<(), Trouble> {
        let bounds = self.sns.bounds;
        let (mut left, mut tried) = (bounds.attempts, BTreeSet::new());
        let mut attempts = InFlight::new(bounds.at_once);
        loop {
            let most = left.min(attempts.room());
            let found = if most > 0 { self.find(&tried, most).await? } else { Vec::new() };
            left -= found.len();
            tried.extend(found.iter().map(|laggard| laggard.id));
            for laggard in found {
                attempts.start(self.catch_up(laggard));
            }
            let timers = self.sns.topics.node().timers();
            let ended = tokio::select! {
                biased;
                ended = attempts.ended() => ended,
                // Somebody's turn may have come meanwhile.
                () = timers.sleep_until(timers.now() + LOOK), if most > 0 => continue,
            };
            if ended.is_empty() {
                break;
            }
            let progress = ended.into_iter().collect::<Result<Vec<_>, _>>()?;
            for one in &progress {
                tried.remove(&one.id);
            }
            self.settle(&progress, false).await?;
        }
        self.settle(&[], true).await
    }

    async fn find(
        &self,
        tried: &BTreeSet<SubscriptionId>,
        most: usize,
    ) -> Result<Vec<Laggard>, Trouble> {
        let find = |lane: &TopicLane, moment: Moment<'_>| {
            laggards::laggards(lane, self.entry, (self.health, moment.now), (tried, most))
        };
        Ok(self.sns.decide(&self.entry.arn, find).await?.unwrap_or_default())
    }

    async fn settle(&self, progress: &[Progress], is_end: bool) -> Result<(), Trouble> {
        let settle = |lane: &TopicLane, moment: Moment<'_>| {
            settle::settle_laggards(lane, moment, self.entry, (progress, is_end))
        };
        self.sns.decide(&self.entry.arn, settle).await.map(|_| ())
    }

    /// Delivers the next messages to a subscription, none that a round is still to bring.
    async fn catch_up(&self, laggard: Laggard) -> Result<Progress, Trouble> {
        let Laggard { id, behind, below } = laggard;
        let upto = |position| Progress { id, reach: Reach::Upto(position), health: None };
        if behind.cursor >= below {
            return Ok(upto(behind.cursor));
        }
        let read = self.read(&laggard).await?;
        let messages = read.below(below);
        let address =
            |lane: &TopicLane, _: Moment<'_>| laggards::address(lane, self.entry, id, messages);
        let found = self.sns.decide(&self.entry.arn, address).await?.flatten();
        let Some(addressee) = found.filter(|addressee| !addressee.messages.is_empty()) else {
            return Ok(upto(read.upto.min(below)));
        };
        let _share = self.budget.copies.take(addressee.bytes()).await;
        let timeout = TIMEOUTS.of(self.health);
        let is_last = SCHEDULE.is_last(behind.attempts);
        let report = self.delivery.deliver(&addressee, Attempt { is_last, timeout }).await?;
        let reach = match report.outcome {
            Outcome::Done => Reach::Upto(read.upto.min(below)),
            Outcome::Failed(number) => Reach::FailedAt(addressee.position(number)),
        };
        Ok(Progress { id, reach, health: Some(TIMEOUTS.health(&report)) })
    }

    /// The next messages of the log, read once for all who stand there.
    async fn read(&self, laggard: &Laggard) -> Result<Arc<Read>, Trouble> {
        let Laggard { behind, below, .. } = *laggard;
        let limit = if behind.attempts == 0 {
            PageLimit { rows: self.sns.bounds.messages, ..PAGE }
        } else {
            PROBE
        };
        let read = || async {
            let mut share = self.budget.entries.take(limit.bytes.max(256 << 10)).await;
            let (messages, more) = self.sns.read(self.entry, behind.cursor, below, limit).await?;
            share.shrink_to(messages.iter().map(|message| message.size).sum());
            let last = messages.last().filter(|_| more);
            let upto = last.map_or(below, |last| last.position.next());
            Ok(Read { messages, upto, _share: share })
        };
        self.reads.get((behind.cursor, limit.rows), read).await
    }
}

impl Read {
    /// Its messages before a position.
    fn below(&self, below: Position) -> &[Arc<Outgoing>] {
        let end = self.messages.partition_point(|message| message.position < below);
        &self.messages[..end]
    }
}
