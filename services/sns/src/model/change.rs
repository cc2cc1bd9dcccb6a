//! The changes of a topic.

use std::sync::Arc;

use base::{AccountId, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::delivery::ByHealth;
use runtime::jobs::Timer;
use store::Position;

use crate::ids::SeenKey;
use crate::ids::SubscriptionId;
use crate::model::archive::Archive;
use crate::model::lagging::CursorUpdates;
use crate::model::relay::BatchInFlight;
use crate::model::replay::Replay;
use crate::model::seen::Original;
use crate::model::tags::Tags;
use crate::model::token::Secret;
use crate::model::topic::SubscriptionCounts;
use crate::model::{Attributes, LogEntry, Subscription};

/// A change of a topic. It says all that its rows need: those of a plan are written from the state before the
/// plan, so a plan has one change of subscriptions at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The topic is created.
    Created(Box<Created>),
    /// Its attributes or tags are others.
    Defined(Box<Defined>),
    /// It is deleted; its rows go later.
    Deleted { at: Timestamp },
    /// Subscriptions of a former incarnation are deleted.
    Cleared { dead: Incarnation, subscriptions: Vec<(SubscriptionId, Subscription)> },
    /// The rows of a former incarnation are deleted.
    Reclaimed(Timer),
    /// A subscription begins, or changes.
    Subscribed(Box<Subscribed>),
    /// A subscription ends.
    Unsubscribed { id: SubscriptionId, before: Box<Subscription>, counts: SubscriptionCounts },
    /// Subscriptions end that were not confirmed in time.
    Expired { done: Timer, gone: Vec<(SubscriptionId, Subscription)>, counts: SubscriptionCounts },
    /// A log entry is appended: a message, or a request to confirm a subscription.
    Published(Published),
    /// Deliveries have results.
    Settled(Box<Settled>),
    /// Its archive begins, is swept, is to be kept for another time, or ends.
    Archived(Archived),
    /// Replays begin, go on or end.
    Replayed(Replayed),
    /// The deduplication id of a message is remembered.
    Remembered(Remembered),
    /// Deduplication ids that have expired are forgotten; the next one expires then.
    Forgotten { done: Timer, over: Vec<(Timestamp, SeenKey)>, next: Option<Timestamp> },
}

/// A log entry that is appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) position: Position,
    pub(crate) entry: Arc<LogEntry>,
    /// The entry's record.
    pub(crate) record: Bytes,
    /// The time of its delivery, if no batch is due yet.
    pub(crate) deliver_at: Option<Timestamp>,
}

/// The results of deliveries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The entry of the job that ends with this.
    pub(crate) entry: Option<Timer>,
    /// The released offset from now on.
    pub(crate) released: Position,
    /// The delivered offset from now on.
    pub(crate) delivered: Position,
    /// Subscriptions that lag from now on, or no longer.
    pub(crate) updates: CursorUpdates,
    /// The batch that is in flight from now on.
    pub(crate) in_flight: Option<BatchInFlight>,
    /// The time of the next batch.
    pub(crate) deliver_at: Option<Timestamp>,
    /// The times of the next catch-ups, by the receivers' health.
    pub(crate) catch_up_at: ByHealth<Option<Timestamp>>,
}

/// A change of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archived {
    /// The entry of the sweep that ends with this, if one does.
    pub(crate) done: Option<Timer>,
    pub(crate) archive: Option<Archive>,
}

/// Changes of replays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replayed {
    pub(crate) changed: Vec<(SubscriptionId, Replay)>,
}

/// A subscription that begins or changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscribed {
    pub(crate) id: SubscriptionId,
    pub(crate) subscription: Subscription,
    /// Its owner before, if it existed.
    pub(crate) owner_before: Option<AccountId>,
    pub(crate) counts: SubscriptionCounts,
}

/// A message of a FIFO topic, as deduplication remembers it.
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

/// The attributes and tags of a topic from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Defined {
    pub(crate) attributes: Attributes,
    pub(crate) tags: Tags,
}
