//! All subscriptions of a topic in memory: some 200 bytes each.
//!
//! Their rows are read page by page, in the order of their ids, when a decision first needs them all.
//! Until then, changes to subscriptions behind the pages that were read are kept beside, so that a page
//! that was read before such a change does not undo it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroU64;
use std::sync::Arc;

use base::{AccountId, Timestamp};
use store::Position;

use crate::ids::SubscriptionId;
use crate::model::interned::Interned;
use crate::model::routes::Routes;
use crate::model::subscription::{Protocol, Subscription};
use crate::model::subscription_attributes::SubscriptionAttributes;

/// The subscriptions of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subscribers {
    index: SubscriptionIndex,
    read: Read,
    /// Changes behind what was read: the subscription as it is now, or none if it is gone.
    ahead: BTreeMap<SubscriptionId, Option<Subscription>>,
}

/// The rows that are in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Read {
    /// All.
    #[default]
    All,
    /// The rows up to this id; none before the first page.
    Upto(Option<SubscriptionId>),
}

/// The next page to read: the one behind this id, or the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NextPage(pub(crate) Option<SubscriptionId>);

/// A page of subscriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubscriptionPage {
    /// The page that was asked for.
    pub(crate) asked: NextPage,
    /// In the order of their ids.
    pub(crate) subscriptions: Vec<(SubscriptionId, Subscription)>,
    /// There are more behind them.
    pub(crate) more: bool,
}

/// The subscriptions that are in memory.
#[derive(Debug, Default)]
pub(crate) struct SubscriptionIndex {
    by_id: BTreeMap<SubscriptionId, Subscriber>,
    /// By the hash of protocol and endpoint: what is found must be looked at.
    by_endpoint: BTreeSet<(u64, SubscriptionId)>,
    /// The subscriptions that wait to be confirmed, by the time at which they expire.
    pending: BTreeSet<(Timestamp, SubscriptionId)>,
    heads: Interned<str>,
    attributes: Interned<SubscriptionAttributes>,
    routes: Routes,
}

/// A subscription in memory: what many share is there once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscriber {
    /// The endpoint up to its last colon or slash, with it.
    head: Arc<str>,
    /// The rest of the endpoint.
    name: Box<str>,
    attributes: Arc<SubscriptionAttributes>,
    since: Position,
    /// The time until which it waits to be confirmed, in milliseconds.
    expires: Option<NonZeroU64>,
    owner: AccountId,
    protocol: Protocol,
    authenticated_end: bool,
}

impl Subscribers {
    /// The subscriptions of a topic of which none has been read yet.
    pub(super) fn unread() -> Self {
        Subscribers { read: Read::Upto(None), ..Subscribers::default() }
    }

    /// All of them, or what to read first.
    pub(crate) fn all(&self) -> Result<&SubscriptionIndex, NextPage> {
        match self.read {
            Read::All => Ok(&self.index),
            Read::Upto(last) => Err(NextPage(last)),
        }
    }

    /// Keeps a page, if it is the next one.
    pub(super) fn supply(&mut self, page: SubscriptionPage) {
        if self.all() != Err(page.asked) {
            return;
        }
        let last = page.subscriptions.last().map(|(id, _)| *id);
        self.read = match last {
            Some(last) if page.more => Read::Upto(Some(last)),
            _ => Read::All,
        };
        for (id, subscription) in page.subscriptions {
            self.index.put(id, subscription);
        }
        let read = self.read;
        let covered = self.ahead.extract_if(.., |id, _| read.covers(*id));
        for (id, present) in covered.collect::<Vec<_>>() {
            self.index.change(id, present);
        }
    }

    /// A subscription is new, or has changed.
    pub(super) fn put(&mut self, id: SubscriptionId, subscription: Subscription) {
        self.change(id, Some(subscription));
    }

    /// A subscription is gone.
    pub(super) fn remove(&mut self, id: SubscriptionId) {
        self.change(id, None);
    }

    fn change(&mut self, id: SubscriptionId, present: Option<Subscription>) {
        if self.read.covers(id) {
            self.index.change(id, present);
        } else {
            self.ahead.insert(id, present);
        }
    }
}

impl Read {
    fn covers(self, id: SubscriptionId) -> bool {
        match self {
            Read::All => true,
            Read::Upto(last) => last.is_some_and(|last| id <= last),
        }
    }
}

impl SubscriptionIndex {
    /// One of them.
    pub(crate) fn get(&self, id: SubscriptionId) -> Option<Subscription> {
        self.by_id.get(&id).map(Subscriber::expand)
    }

    /// The subscription of an endpoint: there is one at most.
    pub(crate) fn find(&self, protocol: Protocol, endpoint: &str) -> Option<SubscriptionId> {
        let hash = hash(protocol, endpoint);
        let from = (hash, SubscriptionId::from_bytes([0; 16]));
        let mut same = self.by_endpoint.range(from..).take_while(|(other, _)| *other == hash);
        let is_it = |(_, id): &&(u64, SubscriptionId)| {
            let found = self.by_id.get(id);
            found.is_some_and(|found| found.protocol == protocol && found.has_endpoint(endpoint))
        };
        same.find(is_it).map(|(_, id)| *id)
    }

    /// The subscriptions that have expired unconfirmed, `most` of them, and when the next one expires.
    pub(crate) fn expired(
        &self,
        now: Timestamp,
        most: usize,
    ) -> (Vec<SubscriptionId>, Option<Timestamp>) {
        let over = self.pending.iter().take_while(|(at, _)| *at <= now).take(most);
        let over: Vec<SubscriptionId> = over.map(|(_, id)| *id).collect();
        let next = self.pending.iter().nth(over.len()).map(|(at, _)| *at);
        (over, next)
    }

    /// One of them, as memory has it.
    pub(crate) fn subscriber(&self, id: SubscriptionId) -> Option<&Subscriber> {
        self.by_id.get(&id)
    }

    /// The subscriptions that messages are for.
    pub(crate) fn routes(&self) -> &Routes {
        &self.routes
    }

    fn change(&mut self, id: SubscriptionId, present: Option<Subscription>) {
        match present {
            Some(subscription) => self.put(id, subscription),
            None => self.remove(id),
        }
    }

    fn put(&mut self, id: SubscriptionId, subscription: Subscription) {
        self.remove(id);
        let endpoint = subscription.endpoint.as_str();
        self.by_endpoint.insert((hash(subscription.protocol, endpoint), id));
        self.pending.extend(subscription.expires.map(|at| (at, id)));
        let (head, name) = split(endpoint);
        let subscriber = Subscriber {
            head: self.heads.keep(head.into()),
            name: name.into(),
            attributes: self.attributes.keep(subscription.attributes),
            since: subscription.since,
            expires: subscription.expires.and_then(|at| NonZeroU64::new(at.millis())),
            owner: subscription.owner,
            protocol: subscription.protocol,
            authenticated_end: subscription.authenticated_end,
        };
        self.routes.put(id, subscriber.attributes.filter.as_ref());
        self.by_id.insert(id, subscriber);
    }

    fn remove(&mut self, id: SubscriptionId) {
        let Some(gone) = self.by_id.remove(&id) else { return };
        self.by_endpoint.remove(&(hash(gone.protocol, &gone.endpoint()), id));
        if let Some(at) = gone.expires() {
            self.pending.remove(&(at, id));
        }
        self.routes.remove(id);
        self.heads.release(&gone.head);
        self.attributes.release(&gone.attributes);
    }
}

impl Subscriber {
    /// For a queue its ARN.
    pub(crate) fn endpoint(&self) -> String {
        [&*self.head, &*self.name].concat()
    }

    /// Its attributes: its filter, and how it gets messages.
    pub(crate) fn attributes(&self) -> &Arc<SubscriptionAttributes> {
        &self.attributes
    }

    /// True if it waits to be confirmed.
    pub(crate) fn is_pending(&self) -> bool {
        self.expires.is_some()
    }

    /// True if the message at this position is for it, as far as its filter does not decide.
    pub(crate) fn takes_from(&self, position: Position) -> bool {
        self.expires.is_none() && self.since <= position
    }

    fn has_endpoint(&self, endpoint: &str) -> bool {
        endpoint.strip_prefix(&*self.head).is_some_and(|name| *name == *self.name)
    }

    fn expires(&self) -> Option<Timestamp> {
        self.expires.map(|at| Timestamp::from_millis(at.get()))
    }

    fn expand(&self) -> Subscription {
        Subscription {
            protocol: self.protocol,
            endpoint: self.endpoint(),
            owner: self.owner,
            attributes: Arc::clone(&self.attributes),
            expires: self.expires(),
            since: self.since,
            authenticated_end: self.authenticated_end,
        }
    }
}

/// All else follows from the subscriptions.
impl PartialEq for SubscriptionIndex {
    fn eq(&self, other: &Self) -> bool {
        self.by_id == other.by_id
    }
}

impl Eq for SubscriptionIndex {}

impl Clone for SubscriptionIndex {
    fn clone(&self) -> Self {
        let mut index = SubscriptionIndex::default();
        for (id, subscriber) in &self.by_id {
            index.put(*id, subscriber.expand());
        }
        index
    }
}

fn split(endpoint: &str) -> (&str, &str) {
    let end = endpoint.rfind([':', '/']).map_or(0, |at| at + 1);
    endpoint.split_at(end)
}

fn hash(protocol: Protocol, endpoint: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (protocol, endpoint).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
#[path = "subscribers_tests.rs"]
mod tests;
