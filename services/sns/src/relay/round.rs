//! What a delivery brings to whom: decided in the topic's lane.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::Incarnation;
use runtime::delivery::Health;
use runtime::due::DueEntry;
use runtime::{Decision, Moment};
use store::Position;

use super::settle;
use crate::error::Error;
use crate::keys::DueKind;
use crate::model::laggards::Moves;
use crate::model::outgoing::Outgoing;
use crate::model::relay::Underway;
use crate::model::routes::{self, Taken};
use crate::model::subscribers::{Known, Subscriber};
use crate::model::subscription_attributes::SubscriptionAttributes;
use crate::model::token::Secret;
use crate::model::{Entry, SubscriptionId, Topic, TopicLane};
use crate::signing::SignatureVersion;

/// Most messages of a round.
pub(super) const MESSAGES: usize = 100;
/// Bytes of the messages of a round, passed by one message at most.
pub(super) const BYTES: usize = 1 << 20;
/// Bytes of all their letters together, about: each has its own copy.
const IN_FLIGHT: usize = 64 << 20;

/// What letters say of their topic.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) incarnation: Incarnation,
    pub(super) secret: Secret,
    pub(super) signature: SignatureVersion,
    pub(super) is_fifo: bool,
}

/// A subscriber, and what it gets.
#[derive(Debug)]
pub(super) struct Addressee {
    pub(super) id: SubscriptionId,
    pub(super) endpoint: String,
    pub(super) attributes: Arc<SubscriptionAttributes>,
    pub(super) messages: Vec<Arc<Outgoing>>,
    /// What is added to their positions to get the numbers of a replay, if this is one.
    pub(super) replay_base: Option<u64>,
}

/// What a look at the topic led to.
pub(super) enum Look {
    /// There is nothing to do any more.
    Nothing,
    /// The messages are on disk: from this position on, below that.
    OnDisk(Position, Position),
    /// Messages, and the first of those who get them.
    Round(Round, Page),
}

/// Some messages, on their way to everybody.
pub(super) struct Round {
    pub(super) origin: Origin,
    pub(super) messages: Vec<Arc<Outgoing>>,
    /// Before the first one.
    pub(super) from: Position,
    /// Behind the last one.
    pub(super) to: Position,
    /// How many subscriptions it is delivered to at once.
    pub(super) at_once: usize,
    taken: Taken,
    /// When that was found out.
    changes: u64,
}

/// Some of those who get messages of a round.
#[derive(Default)]
pub(super) struct Page {
    pub(super) addressees: Vec<Addressee>,
    /// Where to go on, if there may be more.
    pub(super) next: Option<SubscriptionId>,
}

/// The life of the topic for which deliveries are due.
pub(super) fn is_due(topic: &Topic, entry: &DueEntry) -> bool {
    let at = match DueKind::from_number(entry.what) {
        Some(DueKind::Drain) => topic.relay.drain_at[Health::Healthy as usize],
        Some(DueKind::DrainSlow) => topic.relay.drain_at[Health::Slow as usize],
        Some(DueKind::DrainSilent) => topic.relay.drain_at[Health::Unresponsive as usize],
        _ => topic.relay.relay_at,
    };
    topic.incarnation == entry.incarnation && at == Some(entry.at)
}

pub(super) fn origin(topic: &Topic) -> Origin {
    let signature = topic.attributes.signature.unwrap_or_default();
    Origin {
        incarnation: topic.incarnation,
        secret: topic.secret,
        signature: signature.into(),
        is_fifo: topic.attributes.fifo.is_some(),
    }
}

/// What was read of the log, and below which position.
type Read<'r> = (&'r [Arc<Outgoing>], Position);

/// The next messages: those in memory, or those that were read, below that position. They follow the round
/// that ends at `ahead` and is on its way to the last of those who get it, or the mark.
pub(super) fn look(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    ahead: Option<Position>,
    at_once: usize,
    read: Option<Read<'_>>,
) -> Decision<TopicLane, Look, Error> {
    lane.with_subscribers(|topic, known| {
        if !is_due(topic, entry) {
            return Decision::answer(Look::Nothing);
        }
        let relay = &topic.relay;
        let from = ahead.unwrap_or(relay.done);
        let (messages, below) = match read {
            Some((read, below)) => (read.to_vec(), below),
            None => (first(relay.window.from(from)), from),
        };
        if messages.is_empty() && read.is_none() && from < topic.tail {
            return Decision::answer(Look::OnDisk(from, topic.tail));
        }
        if messages.is_empty() && read.is_none() && ahead.is_some() {
            return Decision::answer(Look::Nothing);
        }
        let to = messages.last().map_or(below, |last| last.position.next());
        let (taken, changes) = (taken(known, &messages), known.routes().changes());
        let bytes = messages.iter().map(|message| message.size).sum::<usize>();
        let at_once = (IN_FLIGHT / bytes.max(1)).clamp(1, at_once);
        let round = Round { origin: origin(topic), messages, from, to, at_once, taken, changes };
        let page = page_of((topic, known), &round, None);
        let underway = Underway { to, last: page.next, passed: from };
        settle::begun((topic, Moves::new()), underway, Look::Round(round, page), moment.now)
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

/// What filters take, and what asks to confirm a subscription, whatever its filter.
fn taken(known: &Known, messages: &[Arc<Outgoing>]) -> Taken {
    let mut taken = known.routes().taken(messages);
    for (number, message) in messages.iter().enumerate() {
        if let Entry::Confirmation(confirmation) = &*message.entry {
            taken.entry(confirmation.subscription).or_default().push(number);
        }
    }
    taken
}

/// Whether a record is for a subscription, as far as its filter takes it.
pub(super) fn is_for(
    topic: &Topic,
    id: SubscriptionId,
    subscriber: &Subscriber,
    message: &Outgoing,
) -> bool {
    match &*message.entry {
        Entry::Message(published) => {
            let at = (message.position, published.published);
            subscriber.takes_from(message.position) && topic.replays.let_through(id, at)
        }
        Entry::Confirmation(asked) => asked.subscription == id && subscriber.is_pending(),
    }
}

/// Those behind `last` who get something of a round. Who has ended a subscription before this gets
/// nothing.
pub(super) fn page_of(
    (topic, known): (&Topic, &Known),
    round: &Round,
    last: Option<SubscriptionId>,
) -> Page {
    // Each subscription is judged as it is now: one whose filter came or went meanwhile too.
    let anew = (known.routes().changes() != round.changes).then(|| taken(known, &round.messages));
    let taken = anew.as_ref().unwrap_or(&round.taken);
    let everything = known.routes().everything_after(last).take(round.at_once);
    let filtered = taken.range(routes::after(last)).map(|(id, _)| *id).take(round.at_once);
    let ids: BTreeSet<SubscriptionId> = everything.chain(filtered).collect();
    let ids: Vec<SubscriptionId> = ids.into_iter().take(round.at_once).collect();
    let prompt = ids.iter().filter(|id| !topic.relay.behind.contains(**id));
    let addressees =
        prompt.filter_map(|id| addressee((topic, known), (&round.messages, taken), *id)).collect();
    let next = ids.last().copied().filter(|_| ids.len() == round.at_once);
    Page { addressees, next }
}

fn addressee(
    (topic, known): (&Topic, &Known),
    (all, taken): (&[Arc<Outgoing>], &Taken),
    id: SubscriptionId,
) -> Option<Addressee> {
    let subscriber = known.subscriber(id)?;
    let is_for = |message: &&Arc<Outgoing>| is_for(topic, id, subscriber, message);
    let messages: Vec<_> = match &subscriber.attributes().filter {
        None => all.iter().filter(is_for).cloned().collect(),
        Some(_) => {
            let numbers = taken.get(&id)?.iter();
            numbers.map(|number| &all[*number]).filter(is_for).cloned().collect()
        }
    };
    (!messages.is_empty()).then(|| Addressee::new(id, subscriber, messages))
}

impl Addressee {
    pub(super) fn new(
        id: SubscriptionId,
        subscriber: &Subscriber,
        messages: Vec<Arc<Outgoing>>,
    ) -> Self {
        let attributes = Arc::clone(subscriber.attributes());
        let endpoint = subscriber.endpoint();
        Addressee { id, endpoint, attributes, messages, replay_base: None }
    }

    /// The number of the message at a position, in the stream in which it is delivered.
    pub(super) fn number(&self, position: Position) -> u64 {
        self.replay_base.unwrap_or_default() + position.0 + 1
    }

    /// Where the message with a number stands.
    pub(super) fn position(&self, number: u64) -> Position {
        Position(number - 1 - self.replay_base.unwrap_or_default())
    }

    /// About how many bytes its letters have.
    pub(super) fn bytes(&self) -> usize {
        self.messages.iter().map(|message| message.size).sum()
    }
}

#[cfg(test)]
#[path = "round_tests.rs"]
mod tests;
