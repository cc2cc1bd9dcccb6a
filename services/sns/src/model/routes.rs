//! The subscriptions that messages are for: found by what the messages say, not by looking at each subscription.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound::{self, Excluded, Unbounded};
use std::sync::Arc;

use pattern::Matcher;

use crate::filter::Filter;
use crate::ids::SubscriptionId;
use crate::model::outgoing::Outgoing;
use crate::model::subscription_attributes::FilterScope;

/// The subscriptions of a topic by what they want. Equal filters are kept once.
#[derive(Default)]
pub(crate) struct Routes {
    everything: BTreeSet<SubscriptionId>,
    attributes: Matcher<SubscriptionId>,
    bodies: Matcher<SubscriptionId>,
    /// The number of subscriptions with a filter.
    filtered: usize,
    changes: u64,
}

/// Of some messages, in the order of the subscriptions: by number, those that filters take.
pub(crate) type FilterMatches = BTreeMap<SubscriptionId, Vec<usize>>;

impl Routes {
    /// A subscription with this filter, which was not there.
    pub(super) fn put(&mut self, id: SubscriptionId, filter: Option<&Filter>) {
        self.filtered += usize::from(filter.is_some());
        match filter.map(|filter| (filter.scope(), filter.pattern().clone())) {
            None => _ = self.everything.insert(id),
            Some((FilterScope::MessageAttributes, pattern)) => self.attributes.insert(id, pattern),
            Some((FilterScope::MessageBody, pattern)) => self.bodies.insert(id, pattern),
        }
    }

    /// A subscription is gone.
    pub(super) fn remove(&mut self, id: SubscriptionId) {
        self.changes += 1;
        if !self.everything.remove(&id) {
            let had_filter = self.attributes.remove(&id) || self.bodies.remove(&id);
            self.filtered -= usize::from(had_filter);
        }
    }

    /// The number of subscriptions with a filter.
    pub(crate) fn filtered(&self) -> usize {
        self.filtered
    }

    /// Differs from what it was before a subscription went or became another.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// The subscriptions without a filter, behind that one.
    pub(crate) fn everything_after(
        &self,
        last: Option<SubscriptionId>,
    ) -> impl Iterator<Item = SubscriptionId> {
        self.everything.range(after(last)).copied()
    }

    /// Which of these messages filters take.
    pub(crate) fn matches(&self, messages: &[Arc<Outgoing>]) -> FilterMatches {
        let mut taken = FilterMatches::new();
        for (number, message) in messages.iter().enumerate() {
            if !self.attributes.is_empty()
                && let Some(event) = message.attributes_event()
            {
                note(&mut taken, self.attributes.matches(event), number);
            }
            if !self.bodies.is_empty()
                && let Some(event) = message.body_event()
            {
                note(&mut taken, self.bodies.matches(event), number);
            }
        }
        taken
    }
}

fn note(taken: &mut FilterMatches, ids: Vec<SubscriptionId>, number: usize) {
    for id in ids {
        taken.entry(id).or_default().push(number);
    }
}

/// The ids behind one.
pub(crate) fn after(
    last: Option<SubscriptionId>,
) -> (Bound<SubscriptionId>, Bound<SubscriptionId>) {
    (last.map_or(Unbounded, Excluded), Unbounded)
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filtered = self.attributes.len() + self.bodies.len();
        write!(f, "Routes({} + {filtered})", self.everything.len())
    }
}
