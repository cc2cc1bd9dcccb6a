//! Those that are behind: decided in the topic's lane.

use std::sync::Arc;

use runtime::due::DueEntry;
use runtime::{Decision, Moment};
use store::Position;

use super::round::{Addressee, Origin, is_due, is_for, origin};
use crate::error::Error;
use crate::model::outgoing::Outgoing;
use crate::model::relay::Behind;
use crate::model::subscription_attributes::{FilterScope, SubscriptionAttributes};
use crate::model::{Entry, SubscriptionId, TopicLane};

/// Most subscriptions that are behind and tried again at once.
const LAGGARDS: usize = 16;

/// Those whose turn it is.
pub(super) struct Laggards {
    pub(super) origin: Origin,
    /// Up to where the others have come.
    pub(super) done: Position,
    pub(super) laggards: Vec<Laggard>,
}

/// A subscription that is behind.
pub(super) struct Laggard {
    pub(super) addressee: Addressee,
    pub(super) behind: Behind,
}

/// Those that are behind and whose turn it is.
pub(super) fn laggards(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
) -> Decision<TopicLane, Option<Laggards>, Error> {
    lane.with_subscribers(|topic, known| {
        if !is_due(topic, entry) {
            return Decision::answer(None);
        }
        let due = topic.relay.behind.iter().filter(|(_, behind)| behind.at <= moment.now);
        let laggard = |(id, behind): (&SubscriptionId, &Behind)| {
            let addressee = Addressee::new(*id, known.subscriber(*id)?, Vec::new());
            Some(Laggard { addressee, behind: *behind })
        };
        let laggards = due.filter_map(laggard).take(LAGGARDS).collect();
        let done = topic.relay.done;
        Decision::answer(Some(Laggards { origin: origin(topic), done, laggards }))
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
