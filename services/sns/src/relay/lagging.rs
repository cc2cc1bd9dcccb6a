//! Lagging subscriptions: whose turn it is, and what they get. Decided in the topic's lane.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::Timestamp;
use runtime::Decision;
use runtime::delivery::Health;
use runtime::jobs::Timer;
use store::Position;

use super::recipients::{Origin, RecipientBatch, is_due, is_for, matches_filter, origin};
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::model::TopicLane;
use crate::model::lagging::Lag;
use crate::model::outgoing::Outgoing;

/// A lagging subscription whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lagging {
    pub(super) id: SubscriptionId,
    pub(super) lag: Lag,
    /// It gets the messages before this position.
    pub(super) below: Position,
}

/// The subscriptions that a catch-up looks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search<'s> {
    pub(super) health: Health,
    /// Subscriptions that are being delivered to.
    pub(super) in_flight: &'s BTreeSet<SubscriptionId>,
    pub(super) most: usize,
}

/// The topic as messages name it; none once the job is not due any more.
pub(super) fn begin(lane: &TopicLane, entry: &Timer) -> Decision<TopicLane, Option<Origin>, Error> {
    lane.with_subscribers(|topic, _| Decision::answer(is_due(topic, entry).then(|| origin(topic))))
}

/// The subscriptions whose turn it is by now, the longest due first; none that is being delivered to.
pub(super) fn find(
    lane: &TopicLane,
    entry: &Timer,
    now: Timestamp,
    search: Search<'_>,
) -> Decision<TopicLane, Vec<Lagging>, Error> {
    let Search { health, in_flight, most } = search;
    lane.with_subscribers(|topic, _| {
        let lagging = &topic.relay.lagging;
        if !is_due(topic, entry) {
            return Decision::answer(Vec::new());
        }
        let lacks = |(id, lag): &(SubscriptionId, Lag)| lag.cursor < topic.target(*id);
        let found = lagging.due(health, now).chain(lagging.idle(health).filter(lacks));
        let free = found.filter(|(id, _)| !in_flight.contains(id)).take(most);
        let turn = |(id, lag)| Lagging { id, lag, below: topic.target(id) };
        Decision::answer(free.map(turn).collect())
    })
}

/// The messages that a subscription gets of those that were read for it. It may have ended or changed.
pub(super) fn recipient(
    lane: &TopicLane,
    entry: &Timer,
    id: SubscriptionId,
    messages: &[Arc<Outgoing>],
) -> Decision<TopicLane, Option<RecipientBatch>, Error> {
    lane.with_subscribers(|topic, index| {
        let found = index.subscriber(id).filter(|_| is_due(topic, entry));
        Decision::answer(found.map(|subscriber| {
            let attributes = subscriber.attributes();
            let is_wanted = |message: &&Arc<Outgoing>| {
                is_for(topic, id, subscriber, message) && matches_filter(attributes, message)
            };
            let messages = messages.iter().filter(is_wanted).cloned().collect();
            RecipientBatch::new(id, subscriber, messages)
        }))
    })
}
