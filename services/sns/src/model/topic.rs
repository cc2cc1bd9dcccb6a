//! A topic, and what its changes do to it in memory.

use base::{Arn, Incarnation, SlotId, Timestamp};
use store::Position;

use crate::ids::SubscriptionId;
use crate::model::archive::Archive;
use crate::model::change::{Change, Created, Defined, Subscribed};
use crate::model::relay::Relay;
use crate::model::replay::Replays;
use crate::model::seen::Seen;
use crate::model::subscribers::{Subscribers, SubscriptionIndex};
use crate::model::tags::Tags;
use crate::model::token::Secret;
use crate::model::{Attributes, Subscription};

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) incarnation: Incarnation,
    pub(crate) secret: Secret,
    pub(crate) created: Timestamp,
    pub(crate) attributes: Attributes,
    pub(crate) tags: Tags,
    pub(crate) subscribers: Subscribers,
    pub(crate) counts: SubscriptionCounts,
    /// The position of the next message.
    pub(crate) end: Position,
    /// The messages of the last five minutes, by deduplication id; empty in standard topics.
    pub(crate) seen: Seen,
    pub(crate) relay: Relay,
    /// The archive, if messages are kept after their delivery.
    pub(crate) archive: Option<Archive>,
    pub(crate) replays: Replays,
}

/// The numbers of subscriptions that a topic has and had: known before their rows are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SubscriptionCounts {
    pub(crate) confirmed: u64,
    pub(crate) pending: u64,
    pub(crate) deleted: u64,
    /// When those that were not confirmed in time go next. While any waits, a due row stands then, which
    /// is not later than the first one's time is over.
    pub(crate) expire_at: Option<Timestamp>,
}

impl SubscriptionCounts {
    /// The number of subscriptions.
    pub(crate) fn subscriptions(&self) -> u64 {
        self.confirmed + self.pending
    }

    fn count(&mut self, subscription: &Subscription) -> &mut u64 {
        if subscription.is_pending() { &mut self.pending } else { &mut self.confirmed }
    }

    fn lose(&mut self, subscription: &Subscription) {
        let count = self.count(subscription);
        *count = count.saturating_sub(1);
    }
}

impl Created {
    /// The archive with which it begins, if it has a policy.
    pub(super) fn archive(&self) -> Option<Archive> {
        let policy = self.attributes.archive()?;
        Some(Archive::begin(policy, self.at, Position::default()))
    }
}

impl Topic {
    /// One without subscriptions and messages.
    pub(super) fn new(created: Created) -> Self {
        let archive = created.archive();
        Topic {
            incarnation: created.incarnation,
            secret: created.secret,
            created: created.at,
            attributes: created.attributes,
            tags: created.tags,
            subscribers: Subscribers::default(),
            counts: SubscriptionCounts::default(),
            end: Position::default(),
            seen: Seen::default(),
            relay: Relay::default(),
            archive,
            replays: Replays::default(),
        }
    }

    /// A change in memory.
    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Defined(defined) => {
                self.attributes = defined.attributes;
                self.tags = defined.tags;
            }
            Change::Subscribed(subscribed) => {
                self.subscribers.put(subscribed.id, subscribed.subscription);
                self.counts = subscribed.counts;
            }
            Change::Unsubscribed { id, counts, .. } => {
                self.subscribers.remove(id);
                self.relay.forget(id);
                self.replays.forget(id);
                self.counts = counts;
            }
            Change::Expired { gone, counts, .. } => {
                for (id, _) in gone {
                    self.subscribers.remove(id);
                    self.relay.forget(id);
                }
                self.counts = counts;
            }
            Change::Published(published) => {
                self.end = published.position.next();
                self.relay.published(&published);
            }
            Change::Settled(settled) => self.relay.settled(*settled),
            Change::Archived(archived) => self.archive = archived.archive,
            Change::Replayed(replayed) => {
                for (id, replay) in replayed.changed {
                    self.replays.put(id, replay);
                }
            }
            Change::Remembered(remembered) => {
                self.seen.remember(remembered.key, remembered.original);
            }
            Change::Forgotten { over, .. } => self.seen.forget(&over),
            Change::Created(_)
            | Change::Deleted { .. }
            | Change::Cleared { .. }
            | Change::Reclaimed(_) => {}
        }
    }

    /// Its attributes and tags, as a change that changes nothing.
    pub(crate) fn defined(&self) -> Defined {
        Defined { attributes: self.attributes.clone(), tags: self.tags.clone() }
    }

    /// The change by which a subscription begins, or becomes what it is to be.
    pub(crate) fn subscribed(
        &self,
        index: &SubscriptionIndex,
        id: SubscriptionId,
        subscription: Subscription,
    ) -> Change {
        let before = index.get(id);
        let mut counts = self.counts;
        if let Some(before) = &before {
            counts.lose(before);
        }
        *counts.count(&subscription) += 1;
        counts.expire_at = counts.expire_at.or(subscription.expires);
        let owner_before = before.map(|before| before.owner);
        Change::Subscribed(Box::new(Subscribed { id, subscription, owner_before, counts }))
    }

    /// The change by which a subscription ends.
    pub(crate) fn unsubscribed(&self, id: SubscriptionId, before: Subscription) -> Change {
        let counts = self.without([&before]);
        Change::Unsubscribed { id, before: Box::new(before), counts }
    }

    /// The standing without these subscriptions.
    pub(crate) fn without<'s>(
        &self,
        gone: impl IntoIterator<Item = &'s Subscription>,
    ) -> SubscriptionCounts {
        let mut counts = self.counts;
        for subscription in gone {
            counts.lose(subscription);
            counts.deleted += 1;
        }
        counts
    }

    /// The position up to which a lagging subscription has to come: to the others, or to where a replay holds it.
    pub(crate) fn target(&self, id: SubscriptionId) -> Position {
        self.replays.held(id, self.relay.target(id))
    }

    /// Where the records begin that are kept beside those that are still to be delivered: those of the
    /// archive, and those that wait for the end of a replay.
    pub(crate) fn kept_from(&self) -> Option<Position> {
        let archived = self.archive.and_then(|archive| archive.kept_from());
        archived.into_iter().chain(self.replays.needs()).min()
    }

    /// The slot that a topic of this name lives in.
    pub(crate) fn slot(arn: &Arn) -> SlotId {
        SlotId::of(arn.as_str())
    }
}
