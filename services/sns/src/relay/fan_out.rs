//! Fan-out: delivery batches, one after the other, to all subscriptions that do not lag.

use base::Span;
use futures::future;
use runtime::delivery::{Attempt, Health, Outcome};
use runtime::jobs::Timer;
use runtime::{Moment, Trouble};
use store::Position;

use super::batch::{self, DeliveryBatch, NextBatch, ReadMessages, RecipientPage};
use super::bounds::{BATCHES, LEAST_TIMEOUT, PAGE};
use super::delivery::TopicDelivery;
use super::recipients::RecipientBatch;
use super::retry::TIMEOUTS;
use super::settle::{self, BatchEnd, FailedRecipient};
use crate::Sns;
use crate::model::TopicLane;

/// A batch with its first recipients.
struct Started {
    batch: DeliveryBatch,
    page: RecipientPage,
}

/// A batch after its last page.
struct Finished {
    /// Recipients of the last page that it could not be delivered to.
    failed: Vec<FailedRecipient>,
    /// The next batch, already begun. None if that page failed anybody: who lags from now on must not get what
    /// follows.
    next: Option<Started>,
}

/// The outcome of a page.
struct PageOutcome {
    failed: Vec<FailedRecipient>,
    /// The time that the slowest recipient took.
    took: Span,
}

impl Sns {
    /// Delivers messages to all subscriptions, batch after batch, and settles each while the next one is in
    /// flight.
    pub(crate) async fn fan_out(&self, entry: &Timer) -> Result<(), Trouble> {
        let Some(mut started) = self.next_batch(entry, None).await? else { return Ok(()) };
        let mut before = None;
        for left in (0..BATCHES).rev() {
            let to = started.batch.to;
            let settle = async {
                match before {
                    Some(to) => self.settle_batch(entry, BatchEnd::goes_on(to)).await,
                    None => Ok(()),
                }
            };
            let run = self.run_batch(entry, started, left > 0);
            let ((), finished) = future::try_join(settle, run).await?;
            let Some(Finished { failed, next }) = finished else { return Ok(()) };
            match next {
                Some(next) => (started, before) = (next, Some(to)),
                None => return self.settle_batch(entry, BatchEnd::of_job(to, &failed)).await,
            }
        }
        Ok(())
    }

    /// Delivers a batch to all its recipients, page by page, and looks for the next batch while the last page is
    /// in flight. None if the topic does not exist any more.
    async fn run_batch(
        &self,
        entry: &Timer,
        Started { batch, mut page }: Started,
        goes_on: bool,
    ) -> Result<Option<Finished>, Trouble> {
        let delivery = TopicDelivery::new(self, &entry.arn, batch.origin.clone());
        let mut timeout = TIMEOUTS.prompt;
        while let Some(last) = page.next {
            let outcome = self.deliver_page(&delivery, &page.recipients, timeout).await?;
            let left = timeout.millis().saturating_sub(outcome.took.millis());
            timeout = LEAST_TIMEOUT.max(Span::from_millis(left));
            let next = |lane: &TopicLane, moment: Moment<'_>| {
                batch::next_page(lane, moment, entry, &batch, last, &outcome.failed)
            };
            match self.decide(&entry.arn, next).await? {
                Some(next) => page = next,
                None => return Ok(None),
            }
        }
        let look = || async {
            match goes_on {
                true => self.next_batch(entry, Some(batch.to)).await,
                false => Ok(None),
            }
        };
        let deliver = self.deliver_page(&delivery, &page.recipients, timeout);
        let (next, PageOutcome { failed, .. }) = future::try_join(look(), deliver).await?;
        let next = match next {
            _ if !failed.is_empty() => None,
            None => look().await?,
            found => found,
        };
        Ok(Some(Finished { failed, next }))
    }

    async fn settle_batch(&self, entry: &Timer, end: BatchEnd<'_>) -> Result<(), Trouble> {
        let settle =
            |lane: &TopicLane, moment: Moment<'_>| settle::settle_batch(lane, moment, entry, end);
        self.decide(&entry.arn, settle).await.map(|_| ())
    }

    /// Delivers to all recipients of a page at once.
    async fn deliver_page(
        &self,
        delivery: &TopicDelivery<'_>,
        recipients: &[RecipientBatch],
        timeout: Span,
    ) -> Result<PageOutcome, Trouble> {
        let bytes = recipients.iter().map(RecipientBatch::bytes).sum();
        let _share = self.budgets.batches.take(bytes).await;
        let attempt = Attempt { is_last: false, timeout };
        let deliver = |recipient| delivery.deliver(recipient, attempt);
        let reports = future::try_join_all(recipients.iter().map(deliver)).await?;
        let failed = recipients.iter().zip(&reports).filter_map(|(recipient, report)| {
            let health = if report.took < timeout { Health::Healthy } else { Health::Slow };
            match report.outcome {
                Outcome::Done => None,
                Outcome::Failed(number) => {
                    let at = recipient.position(number);
                    Some(FailedRecipient { id: recipient.id, at, health })
                }
            }
        });
        let took = reports.iter().map(|report| report.took).max().unwrap_or_default();
        Ok(PageOutcome { failed: failed.collect(), took })
    }

    /// The next batch, from memory or from the disk: behind the delivered offset, or behind the batch in flight
    /// that ends at `ahead`. None if there is nothing to deliver.
    async fn next_batch(
        &self,
        entry: &Timer,
        ahead: Option<Position>,
    ) -> Result<Option<Started>, Trouble> {
        let at_once = self.bounds.at_once;
        // The answers wait for the commits that they saw: what is delivered is published for certain.
        let look = |lane: &TopicLane, moment: Moment<'_>| {
            batch::next_batch(lane, moment, entry, ahead, at_once, None)
        };
        let (from, below) = match self.decide(&entry.arn, look).await? {
            Some(NextBatch::Ready(batch, page)) => return Ok(Some(Started { batch, page })),
            Some(NextBatch::OnDisk { from, below }) => (from, below),
            Some(NextBatch::None) | None => return Ok(None),
        };
        let read = self.read_log(entry, from, below, PAGE).await?;
        let look = |lane: &TopicLane, moment: Moment<'_>| {
            let read = ReadMessages { messages: &read.messages, below };
            batch::next_batch(lane, moment, entry, ahead, at_once, Some(read))
        };
        match self.decide(&entry.arn, look).await? {
            Some(NextBatch::Ready(batch, page)) => Ok(Some(Started { batch, page })),
            _ => Ok(None),
        }
    }
}
