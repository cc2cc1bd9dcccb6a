//! How much of the receivers' work each group has.

use std::collections::{BTreeMap, VecDeque};

use crate::model::fifo::Group;

/// How many of the newest receives count beside what is in flight: who works one message after the other
/// has none in flight when he asks for the next.
const RECENT: usize = 100;
/// A group with more than one of so many messages is noisy.
const NOISY: u64 = 10;

/// Of each group, how many messages are in flight or were received lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::model::backlog) struct Shares {
    loads: BTreeMap<Group, u64>,
    /// The groups of the newest receives.
    recent: VecDeque<Group>,
}

impl Shares {
    /// A message is in flight.
    pub(in crate::model::backlog) fn add(&mut self, group: Group) {
        if group.is_some() {
            *self.loads.entry(group).or_default() += 1;
        }
    }

    /// A message is not in flight any more.
    pub(in crate::model::backlog) fn remove(&mut self, group: Group) {
        if let Some(load) = self.loads.get_mut(&group) {
            *load -= 1;
            if *load == 0 {
                self.loads.remove(&group);
            }
        }
    }

    /// A message was received.
    pub(in crate::model::backlog) fn received(&mut self, group: Group) {
        self.add(group);
        self.recent.push_back(group);
        if self.recent.len() > RECENT
            && let Some(oldest) = self.recent.pop_front()
        {
            self.remove(oldest);
        }
    }

    /// What was received no longer counts, only what is in flight.
    pub(in crate::model::backlog) fn forget_recent(&mut self) {
        while let Some(group) = self.recent.pop_front() {
            self.remove(group);
        }
    }

    /// How much a group has.
    pub(super) fn load(&self, group: Group) -> u64 {
        self.loads.get(&group).copied().unwrap_or_default()
    }

    /// How much all have, groups or not, when so many messages are in flight.
    pub(super) fn total(&self, in_flight: u64) -> u64 {
        in_flight + self.recent.len() as u64
    }

    /// Whether a group is noisy when so many messages are in flight.
    pub(in crate::model::backlog) fn is_noisy(&self, group: Group, in_flight: u64) -> bool {
        is_noisy(self.load(group), self.total(in_flight))
    }
}

/// Whether who has so much of all is noisy.
pub(super) fn is_noisy(load: u64, total: u64) -> bool {
    load * NOISY > total
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Group = Group(1);
    const B: Group = Group(2);

    #[test]
    fn a_group_with_more_than_a_tenth_is_noisy() {
        let mut shares = Shares::default();
        shares.add(A);
        assert!(shares.is_noisy(A, 9));
        assert!(!shares.is_noisy(A, 10) && !shares.is_noisy(B, 0));
    }

    #[test]
    fn the_newest_receives_count_and_older_ones_do_not() {
        let mut shares = Shares::default();
        shares.received(A);
        for _ in 1..RECENT {
            shares.received(B);
        }
        assert_eq!((shares.load(A), shares.load(B), shares.total(5)), (1, 99, 105));
        shares.received(Group::default());
        assert_eq!((shares.load(A), shares.load(B), shares.total(0)), (0, 99, 100));
        shares.forget_recent();
        assert_eq!(shares, Shares::default());
    }

    #[test]
    fn what_has_no_group_is_never_noisy() {
        let mut shares = Shares::default();
        shares.received(Group::default());
        shares.add(Group::default());
        assert!(!shares.is_noisy(Group::default(), 1));
    }
}
