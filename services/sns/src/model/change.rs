//! What may happen to a topic.

use std::sync::Arc;

use base::{AccountId, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::delivery::ByHealth;
use runtime::due::DueEntry;
use store::Position;

use crate::model::archive::Archive;
use crate::model::laggards::Moves;
use crate::model::relay::Underway;
use crate::model::replay::Replay;
use crate::model::seen::{Original, SeenKey};
use crate::model::tags::Tags;
use crate::model::token::Secret;
use crate::model::topic::Standing;
use crate::model::{Attributes, Entry, Subscription, SubscriptionId};

/// What may happen to a topic. A change says all that its rows need: those of a plan are written from the
/// state before it, so a plan has one change of subscriptions at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It begins.
    Created(Box<Created>),
    /// It is set differently, or tagged.
    Defined(Box<Defined>),
    /// It ends; its rows go later.
    Deleted { at: Timestamp },
    /// Subscriptions of a life that is over are gone.
    Cleared { dead: Incarnation, subscriptions: Vec<(SubscriptionId, Subscription)> },
    /// The rows of a life that is over are gone.
    Reclaimed(DueEntry),
    /// A subscription begins, or changes.
    Subscribed(Box<Subscribed>),
    /// A subscription ends.
    Unsubscribed { id: SubscriptionId, before: Box<Subscription>, standing: Standing },
    /// Subscriptions end that were not confirmed in time.
    Expired { done: DueEntry, gone: Vec<(SubscriptionId, Subscription)>, standing: Standing },
    /// A message came, or the wish to have a subscription confirmed.
    Published(Published),
    /// What came of deliveries.
    Settled(Box<Settled>),
    /// Its archive begins, is swept, is to be kept for another time, or ends.
    Archived(Archived),
    /// Replays begin, go on or end.
    Replayed(Replayed),
    /// A message that came must not be taken twice.
    Remembered(Remembered),
    /// Deduplication ids that are over are forgotten; the next one is over then.
    Forgotten { done: DueEntry, over: Vec<(Timestamp, SeenKey)>, next: Option<Timestamp> },
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) position: Position,
    pub(crate) entry: Arc<Entry>,
    /// The entry's record.
    pub(crate) record: Bytes,
    /// When it is delivered, if nothing brings deliveries yet.
    pub(crate) relay_at: Option<Timestamp>,
}

/// What came of deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The row that brought them, once all is settled that it brought.
    pub(crate) entry: Option<DueEntry>,
    /// Records before this position are not needed any more.
    pub(crate) head: Position,
    /// Messages before this position have been delivered, but for those that are behind.
    pub(crate) done: Position,
    /// Subscriptions that are behind from now on, or no longer.
    pub(crate) behind: Moves,
    /// The round that is under way from now on.
    pub(crate) round: Option<Underway>,
    /// When the next round is due.
    pub(crate) relay_at: Option<Timestamp>,
    /// When the next of those that are behind is, by their pace.
    pub(crate) drain_at: ByHealth<Option<Timestamp>>,
}

/// What becomes of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archived {
    /// The row that brought this, if one did.
    pub(crate) done: Option<DueEntry>,
    pub(crate) archive: Option<Archive>,
}

/// What becomes of replays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replayed {
    pub(crate) changed: Vec<(SubscriptionId, Replay)>,
}

/// A subscription that begins or changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscribed {
    pub(crate) id: SubscriptionId,
    pub(crate) subscription: Subscription,
    /// Whose it was before, if it was there.
    pub(crate) owner_before: Option<AccountId>,
    pub(crate) standing: Standing,
}

/// What is remembered of a message that came to a FIFO topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    pub(crate) key: SeenKey,
    pub(crate) original: Original,
}

/// A new topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Created {
    pub(crate) incarnation: Incarnation,
    pub(crate) secret: Secret,
    pub(crate) at: Timestamp,
    pub(crate) attributes: Attributes,
    pub(crate) tags: Tags,
}

/// What a topic is set to from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Defined {
    pub(crate) attributes: Attributes,
    pub(crate) tags: Tags,
}
