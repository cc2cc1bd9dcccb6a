//! Delivery batches: some messages, and the subscriptions that get them. Decided in the topic's lane.

use std::collections::BTreeSet;
use std::sync::Arc;

use runtime::jobs::Timer;
use runtime::{Decision, Moment};
use store::Position;

use super::bounds::{BYTES, IN_FLIGHT, MESSAGES};
use super::recipients::{Origin, RecipientBatch, is_due, is_for, origin};
use super::settle::{self, FailedRecipient};
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::model::lagging::CursorUpdates;
use crate::model::outgoing::Outgoing;
use crate::model::relay::BatchInFlight;
use crate::model::routes::{self, FilterMatches};
use crate::model::subscribers::SubscriptionIndex;
use crate::model::{LogEntry, Topic, TopicLane};

/// The next batch of a topic.
pub(super) enum NextBatch {
    /// There is nothing to deliver.
    None,
    /// Its messages are on disk, between these positions.
    OnDisk { from: Position, below: Position },
    /// The batch, with its first recipients.
    Ready(DeliveryBatch, RecipientPage),
}

/// Some messages, on their way to all subscriptions that get them.
pub(super) struct DeliveryBatch {
    pub(super) origin: Origin,
    pub(super) messages: Vec<Arc<Outgoing>>,
    /// The position before which the batch before it ended.
    pub(super) from: Position,
    /// The position behind its last message.
    pub(super) to: Position,
    /// Most subscriptions that it is delivered to at once.
    pub(super) at_once: usize,
    matches: FilterMatches,
    /// The changes of the subscriptions' index when that was computed.
    changes: u64,
}

/// Some of the recipients of a batch, in the order of their ids.
#[derive(Default)]
pub(super) struct RecipientPage {
    pub(super) recipients: Vec<RecipientBatch>,
    /// The last subscription of the page, if there may be more behind it.
    pub(super) next: Option<SubscriptionId>,
}

/// Messages that were read of the log, and the position below which they are all.
pub(super) struct ReadMessages<'r> {
    pub(super) messages: &'r [Arc<Outgoing>],
    pub(super) below: Position,
}

/// The next batch: of messages in memory, or of those that were read. It follows the batch in flight that ends
/// at `ahead`, or the delivered offset.
pub(super) fn next_batch(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &Timer,
    ahead: Option<Position>,
    at_once: usize,
    read: Option<ReadMessages<'_>>,
) -> Decision<TopicLane, NextBatch, Error> {
    lane.with_subscribers(|topic, index| {
        if !is_due(topic, entry) {
            return Decision::answer(NextBatch::None);
        }
        let from = ahead.unwrap_or(topic.relay.delivered);
        let (messages, below) = match &read {
            Some(read) => (read.messages.to_vec(), read.below),
            None => (first(topic.relay.window.from(from)), from),
        };
        if messages.is_empty() && read.is_none() && from < topic.end {
            return Decision::answer(NextBatch::OnDisk { from, below: topic.end });
        }
        if messages.is_empty() && read.is_none() && ahead.is_some() {
            return Decision::answer(NextBatch::None);
        }
        let to = messages.last().map_or(below, |last| last.position.next());
        let (matches, changes) = (matches(index, &messages), index.routes().changes());
        let bytes = messages.iter().map(|message| message.size).sum::<usize>();
        let at_once = (IN_FLIGHT / bytes.max(1)).clamp(1, at_once);
        let batch =
            DeliveryBatch { origin: origin(topic), messages, from, to, at_once, matches, changes };
        let page = page_of(topic, index, &batch, None);
        let in_flight = BatchInFlight { to, last: page.next, passed: from };
        let ready = NextBatch::Ready(batch, page);
        settle::begin(topic, CursorUpdates::new(), in_flight, ready, moment.now)
    })
}

/// The recipients behind `last`. Those of the page before that failed lag from now on. While any subscription
/// lags, memory has how far the batch is: a subscription that it passes by has to come as far.
pub(super) fn next_page(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &Timer,
    batch: &DeliveryBatch,
    last: SubscriptionId,
    failed: &[FailedRecipient],
) -> Decision<TopicLane, RecipientPage, Error> {
    lane.with_subscribers(|topic, index| {
        if !is_due(topic, entry) {
            return Decision::answer(RecipientPage::default());
        }
        let page = page_of(topic, index, batch, Some(last));
        let updates = settle::lagging_from_now(index, failed, moment.now);
        let in_flight = BatchInFlight { to: batch.to, last: page.next, passed: batch.from };
        settle::begin(topic, updates, in_flight, page, moment.now)
    })
}

fn first<'m>(messages: impl Iterator<Item = &'m Arc<Outgoing>>) -> Vec<Arc<Outgoing>> {
    let mut bytes = 0;
    let fits = |message: &&Arc<Outgoing>| {
        let fits = bytes < BYTES;
        bytes += message.size;
        fits
    };
    messages.take(MESSAGES).take_while(fits).cloned().collect()
}

/// The messages that filters accept. Requests to confirm a subscription are for it whatever its filter.
fn matches(index: &SubscriptionIndex, messages: &[Arc<Outgoing>]) -> FilterMatches {
    let mut matches = index.routes().matches(messages);
    for (number, message) in messages.iter().enumerate() {
        if let LogEntry::Confirmation(confirmation) = &*message.entry {
            matches.entry(confirmation.subscription).or_default().push(number);
        }
    }
    matches
}

/// The recipients of a batch behind `last`. Subscriptions that have ended before this get nothing.
fn page_of(
    topic: &Topic,
    index: &SubscriptionIndex,
    batch: &DeliveryBatch,
    last: Option<SubscriptionId>,
) -> RecipientPage {
    // A subscription gets what it wants now, also if its filter has changed since the batch began.
    let has_changed = index.routes().changes() != batch.changes;
    let anew = has_changed.then(|| matches(index, &batch.messages));
    let matches = anew.as_ref().unwrap_or(&batch.matches);
    let everything = index.routes().everything_after(last).take(batch.at_once);
    let filtered = matches.range(routes::after(last)).map(|(id, _)| *id).take(batch.at_once);
    let ids: BTreeSet<SubscriptionId> = everything.chain(filtered).collect();
    let ids: Vec<SubscriptionId> = ids.into_iter().take(batch.at_once).collect();
    let prompt = ids.iter().filter(|id| !topic.relay.lagging.contains(**id));
    let recipient = |id: &SubscriptionId| recipient(topic, index, &batch.messages, matches, *id);
    let recipients = prompt.filter_map(recipient).collect();
    let next = ids.last().copied().filter(|_| ids.len() == batch.at_once);
    RecipientPage { recipients, next }
}

fn recipient(
    topic: &Topic,
    index: &SubscriptionIndex,
    all: &[Arc<Outgoing>],
    matches: &FilterMatches,
    id: SubscriptionId,
) -> Option<RecipientBatch> {
    let subscriber = index.subscriber(id)?;
    let is_for = |message: &&Arc<Outgoing>| is_for(topic, id, subscriber, message);
    let messages: Vec<_> = match &subscriber.attributes().filter {
        None => all.iter().filter(is_for).cloned().collect(),
        Some(_) => {
            let numbers = matches.get(&id)?.iter();
            numbers.map(|number| &all[*number]).filter(is_for).cloned().collect()
        }
    };
    (!messages.is_empty()).then(|| RecipientBatch::new(id, subscriber, messages))
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
