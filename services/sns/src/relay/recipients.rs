//! The messages of one subscription on their way, and which ones it gets.

use std::sync::Arc;

use base::Incarnation;
use runtime::delivery::Health;
use runtime::jobs::Timer;
use store::Position;

use crate::ids::SubscriptionId;
use crate::keys::DueKind;
use crate::model::outgoing::Outgoing;
use crate::model::subscribers::Subscriber;
use crate::model::subscription_attributes::{FilterScope, SubscriptionAttributes};
use crate::model::token::Secret;
use crate::model::{LogEntry, Topic};
use crate::signing::SignatureVersion;

/// The topic as its messages name it.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) incarnation: Incarnation,
    pub(super) secret: Secret,
    pub(super) signature: SignatureVersion,
    pub(super) is_fifo: bool,
}

/// A subscription, and the messages that are delivered to it together.
#[derive(Debug)]
pub(super) struct RecipientBatch {
    pub(super) id: SubscriptionId,
    pub(super) endpoint: String,
    pub(super) attributes: Arc<SubscriptionAttributes>,
    pub(super) messages: Vec<Arc<Outgoing>>,
    /// Added to positions to get the numbers of a replay, if this is one.
    pub(super) replay_base: Option<u64>,
}

impl RecipientBatch {
    pub(super) fn new(
        id: SubscriptionId,
        subscriber: &Subscriber,
        messages: Vec<Arc<Outgoing>>,
    ) -> Self {
        let attributes = Arc::clone(subscriber.attributes());
        let endpoint = subscriber.endpoint();
        RecipientBatch { id, endpoint, attributes, messages, replay_base: None }
    }

    /// The number of the message at a position, in the stream in which it is delivered.
    pub(super) fn number(&self, position: Position) -> u64 {
        self.replay_base.unwrap_or_default() + position.0 + 1
    }

    /// The position of the message with a number.
    pub(super) fn position(&self, number: u64) -> Position {
        Position(number - 1 - self.replay_base.unwrap_or_default())
    }

    /// About how many bytes its copies of the messages have.
    pub(super) fn bytes(&self) -> usize {
        self.messages.iter().map(|message| message.size).sum()
    }
}

/// True if the topic waits for the deliveries that an entry brings.
pub(super) fn is_due(topic: &Topic, entry: &Timer) -> bool {
    let relay = &topic.relay;
    let at = match DueKind::from_number(entry.kind) {
        Some(DueKind::CatchUp) => relay.catch_up_at[Health::Healthy as usize],
        Some(DueKind::CatchUpSlow) => relay.catch_up_at[Health::Slow as usize],
        Some(DueKind::CatchUpUnresponsive) => relay.catch_up_at[Health::Unresponsive as usize],
        _ => relay.deliver_at,
    };
    topic.incarnation == entry.incarnation && at == Some(entry.at)
}

/// The topic as its messages name it.
pub(super) fn origin(topic: &Topic) -> Origin {
    let signature = topic.attributes.signature.unwrap_or_default();
    Origin {
        incarnation: topic.incarnation,
        secret: topic.secret,
        signature: signature.into(),
        is_fifo: topic.attributes.fifo.is_some(),
    }
}

/// True if a log entry is for a subscription, as far as its filter does not decide.
pub(super) fn is_for(
    topic: &Topic,
    id: SubscriptionId,
    subscriber: &Subscriber,
    message: &Outgoing,
) -> bool {
    match &*message.entry {
        LogEntry::Message(published) => {
            subscriber.takes_from(message.position)
                && topic.replays.let_through(id, message.position, published.published)
        }
        LogEntry::Confirmation(asked) => asked.subscription == id && subscriber.is_pending(),
    }
}

/// True if a subscription's filter accepts a message.
pub(super) fn matches_filter(attributes: &SubscriptionAttributes, message: &Outgoing) -> bool {
    let Some(filter) = &attributes.filter else { return true };
    let event = match (&*message.entry, filter.scope()) {
        (LogEntry::Confirmation(_), _) => return true,
        (_, FilterScope::MessageAttributes) => message.attributes_event(),
        (_, FilterScope::MessageBody) => message.body_event(),
    };
    event.is_some_and(|event| filter.pattern().matches(event))
}
