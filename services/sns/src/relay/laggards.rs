//! Those that are behind: decided in the topic's lane.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::Timestamp;
use runtime::Decision;
use runtime::delivery::Health;
use runtime::due::DueEntry;
use store::Position;

use super::round::{Addressee, Origin, is_due, is_for, origin};
use crate::error::Error;
use crate::model::laggards::Behind;
use crate::model::outgoing::Outgoing;
use crate::model::subscription_attributes::{FilterScope, SubscriptionAttributes};
use crate::model::{Entry, SubscriptionId, TopicLane};

/// A subscription that is behind and whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Laggard {
    pub(super) id: SubscriptionId,
    pub(super) behind: Behind,
    /// It gets what stands before this position.
    pub(super) below: Position,
}

/// What letters say of the topic; none once the errand is not due any more.
pub(super) fn begin(
    lane: &TopicLane,
    entry: &DueEntry,
) -> Decision<TopicLane, Option<Origin>, Error> {
    lane.with_subscribers(|topic, _| Decision::answer(is_due(topic, entry).then(|| origin(topic))))
}

/// Those whose turn it is by now, the longest due first, `most` of them; none that is being tried.
pub(super) fn laggards(
    lane: &TopicLane,
    entry: &DueEntry,
    (health, now): (Health, Timestamp),
    (tried, most): (&BTreeSet<SubscriptionId>, usize),
) -> Decision<TopicLane, Vec<Laggard>, Error> {
    lane.with_subscribers(|topic, _| {
        let relay = &topic.relay;
        if !is_due(topic, entry) {
            return Decision::answer(Vec::new());
        }
        let lacks = |(id, behind): &(SubscriptionId, Behind)| behind.cursor < topic.target(*id);
        let found = relay.behind.due(health, now).chain(relay.behind.idle(health).filter(lacks));
        let free = found.filter(|(id, _)| !tried.contains(id)).take(most);
        let laggard = |(id, behind)| Laggard { id, behind, below: topic.target(id) };
        Decision::answer(free.map(laggard).collect())
    })
}

/// Of messages that were read for a subscription, those that it gets. It may have ended or changed.
pub(super) fn address(
    lane: &TopicLane,
    entry: &DueEntry,
    id: SubscriptionId,
    messages: &[Arc<Outgoing>],
) -> Decision<TopicLane, Option<Addressee>, Error> {
    lane.with_subscribers(|topic, known| {
        let found = known.subscriber(id).filter(|_| is_due(topic, entry));
        Decision::answer(found.map(|subscriber| {
            let is_wanted = |message: &&Arc<Outgoing>| {
                is_for(topic, id, subscriber, message) && is_taken(subscriber.attributes(), message)
            };
            let messages = messages.iter().filter(is_wanted).cloned().collect();
            Addressee::new(id, subscriber, messages)
        }))
    })
}

/// Whether a filter takes a message.
pub(super) fn is_taken(attributes: &SubscriptionAttributes, message: &Outgoing) -> bool {
    let Some(filter) = &attributes.filter else { return true };
    let event = match (&*message.entry, filter.scope()) {
        (Entry::Confirmation(_), _) => return true,
        (_, FilterScope::MessageAttributes) => message.attributes_event(),
        (_, FilterScope::MessageBody) => message.body_event(),
    };
    event.is_some_and(|event| filter.pattern().matches(event))
}
