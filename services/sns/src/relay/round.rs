//! What a delivery brings to whom: decided in the topic's lane.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Incarnation, Timestamp};
use runtime::due::DueEntry;
use runtime::{Decision, Moment};
use store::Position;

use super::retry;
use crate::error::Error;
use crate::keys::DueKind;
use crate::model::change::Settled;
use crate::model::outgoing::Outgoing;
use crate::model::relay::Behind;
use crate::model::routes::{self, Taken};
use crate::model::subscribers::{Known, Subscriber};
use crate::model::subscription_attributes::SubscriptionAttributes;
use crate::model::token::Secret;
use crate::model::{Change, Entry, SubscriptionId, Topic, TopicLane};
use crate::signing::SignatureVersion;

/// Most messages of a round.
pub(super) const MESSAGES: usize = 100;
/// Bytes of the messages of a round, passed by one message at most.
pub(super) const BYTES: usize = 1 << 20;
/// Most subscriptions that are delivered to at once.
pub(super) const AT_ONCE: usize = 256;
/// Most subscriptions that are behind and tried again at once.
const LAGGARDS: usize = 16;

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
}

/// What a look at the topic led to.
pub(super) enum Look {
    /// There is nothing to do any more.
    Nothing,
    /// The messages are on disk: from this position on, below that.
    OnDisk(Position, Position),
    Round(Round),
}

/// Some messages, on their way to everybody.
pub(super) struct Round {
    pub(super) origin: Origin,
    pub(super) messages: Vec<Arc<Outgoing>>,
    /// Behind the last one.
    pub(super) to: Position,
    taken: Taken,
}

/// Some of those who get messages of a round.
pub(super) struct Page {
    pub(super) addressees: Vec<Addressee>,
    /// Where to go on, if there may be more.
    pub(super) next: Option<SubscriptionId>,
}

/// A subscription that is behind, and what it may get: all below that position.
pub(super) struct Laggard {
    pub(super) addressee: Addressee,
    pub(super) behind: Behind,
}

/// How far a subscription that is behind has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It has got all before this position.
    Reached(Position),
    /// It could not be given what stands there.
    Failed(Position),
}

/// The life of the topic for which deliveries are due.
fn is_due(topic: &Topic, entry: &DueEntry) -> bool {
    let at = match DueKind::from_number(entry.what) {
        Some(DueKind::Drain) => topic.relay.drain_at,
        _ => topic.relay.relay_at,
    };
    topic.incarnation == entry.incarnation && at == Some(entry.at)
}

fn origin(topic: &Topic) -> Origin {
    let signature = topic.attributes.signature.unwrap_or_default();
    Origin {
        incarnation: topic.incarnation,
        secret: topic.secret,
        signature: signature.into(),
        is_fifo: topic.attributes.fifo.is_some(),
    }
}

/// The next messages: those in memory, or those that were read.
pub(super) fn look(
    lane: &TopicLane,
    entry: &DueEntry,
    read: Option<&[Arc<Outgoing>]>,
) -> Decision<TopicLane, Look, Error> {
    lane.with_subscribers(|topic, known| {
        if !is_due(topic, entry) {
            return Decision::answer(Look::Nothing);
        }
        let relay = &topic.relay;
        let messages = match read {
            Some(read) => read.to_vec(),
            None => first(relay.window.from(relay.done)),
        };
        if messages.is_empty() && relay.done < topic.tail {
            if read.is_none() {
                return Decision::answer(Look::OnDisk(relay.done, topic.tail));
            }
            // All of them were released, which nothing does before they are delivered.
            tracing::error!(topic = %lane.arn, "messages are missing");
        }
        let to = messages.last().map_or(topic.tail, |last| last.position.next());
        let taken = taken(known, &messages);
        Decision::answer(Look::Round(Round { origin: origin(topic), messages, to, taken }))
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
fn is_for(id: SubscriptionId, subscriber: &Subscriber, message: &Outgoing) -> bool {
    match &*message.entry {
        Entry::Message(_) => subscriber.takes_from(message.position),
        Entry::Confirmation(asked) => asked.subscription == id && subscriber.is_pending(),
    }
}

/// Those behind `last` who get something of a round. Who has ended a subscription before this gets
/// nothing.
pub(super) fn page(
    lane: &TopicLane,
    entry: &DueEntry,
    round: &Round,
    last: Option<SubscriptionId>,
) -> Decision<TopicLane, Page, Error> {
    lane.with_subscribers(|topic, known| {
        if !is_due(topic, entry) {
            return Decision::answer(Page { addressees: Vec::new(), next: None });
        }
        let everything = known.routes().everything_after(last).take(AT_ONCE);
        let filtered = round.taken.range(routes::after(last)).map(|(id, _)| *id).take(AT_ONCE);
        let ids: BTreeSet<SubscriptionId> = everything.chain(filtered).collect();
        let ids: Vec<SubscriptionId> = ids.into_iter().take(AT_ONCE).collect();
        let prompt = ids.iter().filter(|id| !topic.relay.behind.contains_key(id));
        let addressees = prompt.filter_map(|id| addressee(known, round, *id)).collect();
        let next = ids.last().copied().filter(|_| ids.len() == AT_ONCE);
        Decision::answer(Page { addressees, next })
    })
}

fn addressee(known: &Known, round: &Round, id: SubscriptionId) -> Option<Addressee> {
    let subscriber = known.subscriber(id)?;
    let is_for = |message: &&Arc<Outgoing>| is_for(id, subscriber, message);
    let messages: Vec<_> = match &subscriber.attributes().filter {
        None => round.messages.iter().filter(is_for).cloned().collect(),
        Some(_) => {
            let numbers = round.taken.get(&id)?.iter();
            numbers.map(|number| &round.messages[*number]).filter(is_for).cloned().collect()
        }
    };
    (!messages.is_empty()).then(|| Addressee::new(id, subscriber, messages))
}

impl Addressee {
    fn new(id: SubscriptionId, subscriber: &Subscriber, messages: Vec<Arc<Outgoing>>) -> Self {
        let attributes = Arc::clone(subscriber.attributes());
        Addressee { id, endpoint: subscriber.endpoint(), attributes, messages }
    }
}

/// What came of a round: those that have failed are behind from now on.
pub(super) fn settle_round(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    (to, failed): (Position, &[(SubscriptionId, Position)]),
) -> Decision<TopicLane, (), Error> {
    lane.with_subscribers(|topic, known| {
        if !is_due(topic, entry) {
            return Decision::answer(());
        }
        let present = failed.iter().filter(|(id, _)| known.subscriber(*id).is_some());
        let behind = present.map(|(id, cursor)| (*id, Some(behind(*cursor, 1, moment.now))));
        settle(topic, entry, to, behind.collect(), moment.now)
    })
}

fn behind(cursor: Position, attempts: u32, now: Timestamp) -> Behind {
    let pause = retry::pause(attempts).unwrap_or(retry::LONGEST);
    Behind { cursor, attempts, at: now + pause }
}

/// Those that are behind and whose turn it is, with all messages that may be for them, and up to where the
/// others have come.
pub(super) fn laggards(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
) -> Decision<TopicLane, Option<(Origin, Position, Vec<Laggard>)>, Error> {
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
        Decision::answer(Some((origin(topic), topic.relay.done, laggards)))
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
                is_for(id, subscriber, message) && is_taken(subscriber.attributes(), message)
            };
            let messages = messages.iter().filter(is_wanted).cloned().collect();
            Addressee::new(id, subscriber, messages)
        }))
    })
}

fn is_taken(attributes: &SubscriptionAttributes, message: &Outgoing) -> bool {
    use crate::model::subscription_attributes::FilterScope;
    let Some(filter) = &attributes.filter else { return true };
    let event = match (&*message.entry, filter.scope()) {
        (Entry::Confirmation(_), _) => return true,
        (_, FilterScope::MessageAttributes) => message.attributes_event(),
        (_, FilterScope::MessageBody) => message.body_event(),
    };
    event.is_some_and(|event| filter.pattern().matches(event))
}

/// What came of trying those again that are behind.
pub(super) fn settle_laggards(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    progress: &[(SubscriptionId, Progress)],
) -> Decision<TopicLane, (), Error> {
    lane.with_subscribers(|topic, _| {
        if !is_due(topic, entry) {
            return Decision::answer(());
        }
        let (done, now) = (topic.relay.done, moment.now);
        let after = |(id, progress): &(SubscriptionId, Progress)| {
            let before = topic.relay.behind.get(id)?;
            Some((*id, caught_up(*before, *progress, done, now)))
        };
        settle(topic, entry, done, progress.iter().filter_map(after).collect(), now)
    })
}

/// How a subscription that was behind stands now; none if it is not behind any more.
fn caught_up(before: Behind, progress: Progress, done: Position, now: Timestamp) -> Option<Behind> {
    match progress {
        Progress::Reached(to) if to >= done => None,
        Progress::Reached(cursor) => Some(Behind { cursor, attempts: 0, at: now }),
        Progress::Failed(cursor) if cursor == before.cursor => {
            Some(behind(cursor, before.attempts.saturating_add(1), now))
        }
        Progress::Failed(cursor) => Some(behind(cursor, 1, now)),
    }
}

fn settle(
    topic: &Topic,
    entry: &DueEntry,
    done: Position,
    changed: Vec<(SubscriptionId, Option<Behind>)>,
    now: Timestamp,
) -> Decision<TopicLane, (), Error> {
    let relay = &topic.relay;
    let mut behind = relay.behind.clone();
    for (id, after) in &changed {
        match after {
            Some(after) => _ = behind.insert(*id, *after),
            None => _ = behind.remove(id),
        }
    }
    let (head, is_all) = relay.releasable(done, behind.values().map(|behind| behind.cursor));
    let more = (done < topic.tail || !is_all).then_some(now);
    let first = behind.values().map(|behind| behind.at).min();
    let (relay_at, drain_at) = match DueKind::from_number(entry.what) {
        Some(DueKind::Drain) => (relay.relay_at.or(more), first),
        _ => (more, [relay.drain_at, first].into_iter().flatten().min()),
    };
    let entry = entry.clone();
    let settled = Settled { entry, head, done, behind: changed, relay_at, drain_at };
    Decision::mark(vec![Change::Settled(Box::new(settled))], ())
}
