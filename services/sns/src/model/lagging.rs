//! Lagging subscriptions: found by their ids, by the times of their next attempts, and by their cursors.
//! Some 100 bytes each in memory, and fewer than there are subscriptions.
//!
//! Their rows are read page by page when a decision first needs all subscriptions. None changes before that.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use runtime::delivery::{ByHealth, Health};
use store::Position;

use crate::ids::SubscriptionId;
use crate::keys::LagRow;
use crate::model::check::{Checked, ensure};
use crate::model::subscribers::NextPage;

/// The lag of a subscription to which a delivery has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lag {
    /// The position of the message that it gets next.
    pub(crate) cursor: Position,
    /// The number of failed attempts to deliver it.
    pub(crate) attempts: u32,
    /// The time of the next attempt; [`Lag::IDLE`] if there was nothing left for it.
    pub(crate) at: Timestamp,
    pub(crate) health: Health,
}

/// New states of subscriptions: their lag, or none if they do not lag any more.
pub(crate) type CursorUpdates = BTreeMap<SubscriptionId, Option<Lag>>;

/// The lagging subscriptions of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LaggingSubscriptions {
    by_id: BTreeMap<SubscriptionId, Lag>,
    by_time: ByHealth<BTreeSet<(Timestamp, SubscriptionId)>>,
    /// The number of subscriptions by cursor.
    cursors: BTreeMap<Position, usize>,
    /// The page to read next, if not all rows are in memory.
    unread: Option<NextPage>,
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LaggingPage {
    /// The page that was asked for.
    pub(crate) asked: NextPage,
    /// In the order of their ids.
    pub(crate) lagging: Vec<(SubscriptionId, Lag)>,
    /// There are more behind them.
    pub(crate) more: bool,
}

impl Lag {
    /// Slow receivers stay out of batches when there is nothing left for them, until they answer promptly.
    pub(crate) const IDLE: Timestamp = Timestamp::MAX;

    pub(crate) fn from_row(row: LagRow) -> Self {
        Lag {
            cursor: Position(row.cursor),
            attempts: row.attempts,
            at: Timestamp::from_millis(row.at_ms),
            health: Health::from_number(row.health),
        }
    }

    pub(crate) fn to_row(self) -> LagRow {
        LagRow {
            cursor: self.cursor.0,
            attempts: self.attempts,
            at_ms: self.at.millis(),
            health: self.health as u32,
        }
    }
}

impl LaggingSubscriptions {
    /// The lagging subscriptions of a topic of which no row has been read yet.
    pub(crate) fn unread() -> Self {
        LaggingSubscriptions { unread: Some(NextPage(None)), ..LaggingSubscriptions::default() }
    }

    /// The page to read before anything is asked of them.
    pub(crate) fn missing(&self) -> Option<NextPage> {
        self.unread
    }

    /// Keeps a page, if it is the next one.
    pub(crate) fn supply(&mut self, page: LaggingPage) {
        if self.unread != Some(page.asked) {
            return;
        }
        let last = page.lagging.last().map(|(id, _)| NextPage(Some(*id)));
        self.unread = last.filter(|_| page.more);
        for (id, lag) in page.lagging {
            self.put(id, lag);
        }
    }

    pub(crate) fn get(&self, id: SubscriptionId) -> Option<Lag> {
        debug_assert!(self.unread.is_none(), "asked with all subscriptions in memory");
        self.by_id.get(&id).copied()
    }

    pub(crate) fn contains(&self, id: SubscriptionId) -> bool {
        debug_assert!(self.unread.is_none(), "asked with all subscriptions in memory");
        self.by_id.contains_key(&id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SubscriptionId, Lag)> {
        self.by_id.iter().map(|(id, lag)| (*id, *lag))
    }

    pub(crate) fn put(&mut self, id: SubscriptionId, lag: Lag) {
        self.remove(id);
        self.by_id.insert(id, lag);
        self.by_time[lag.health as usize].insert((lag.at, id));
        *self.cursors.entry(lag.cursor).or_default() += 1;
    }

    pub(crate) fn remove(&mut self, id: SubscriptionId) {
        let Some(gone) = self.by_id.remove(&id) else { return };
        self.by_time[gone.health as usize].remove(&(gone.at, id));
        if let Some(count) = self.cursors.get_mut(&gone.cursor) {
            *count -= 1;
            if *count == 0 {
                self.cursors.remove(&gone.cursor);
            }
        }
    }

    /// Checks that each is listed under its time and its cursor, none behind the end of the topic's log.
    pub(crate) fn check(&self, end: Position) -> Checked {
        let timed: usize = self.by_time.iter().map(BTreeSet::len).sum();
        let sizes = (self.by_id.len(), timed);
        ensure(sizes.0 == sizes.1, "lagging subscriptions are listed by time", sizes)?;
        let counted: usize = self.cursors.values().sum();
        ensure(counted == sizes.0, "lagging subscriptions are listed by cursor", (counted, sizes))?;
        for (id, lag) in &self.by_id {
            let is_timed = self.by_time[lag.health as usize].contains(&(lag.at, *id));
            ensure(is_timed, "a lagging subscription is listed under its time", lag)?;
            ensure(lag.cursor <= end, "a cursor is at the end of the log or before", (lag, end))?;
        }
        Ok(())
    }

    pub(crate) fn apply(&mut self, updates: CursorUpdates) {
        for (id, lag) in updates {
            match lag {
                Some(lag) => self.put(id, lag),
                None => self.remove(id),
            }
        }
    }

    /// The subscriptions whose turn it is, the longest due first.
    pub(crate) fn due(
        &self,
        health: Health,
        now: Timestamp,
    ) -> impl Iterator<Item = (SubscriptionId, Lag)> {
        let due = self.by_time[health as usize].iter().take_while(move |(at, _)| *at <= now);
        due.filter_map(|(_, id)| Some((*id, self.get(*id)?)))
    }

    /// The subscriptions for which nothing was left.
    pub(crate) fn idle(&self, health: Health) -> impl Iterator<Item = (SubscriptionId, Lag)> {
        let first = (Lag::IDLE, SubscriptionId::from_bytes([0; 16]));
        let idle = self.by_time[health as usize].range(first..);
        idle.filter_map(|(_, id)| Some((*id, self.get(*id)?)))
    }

    /// The lowest position that any of them needs, once these have moved. Costs what they are, not what
    /// all are.
    pub(crate) fn lowest_after(&self, updates: &CursorUpdates) -> Option<Position> {
        let mut moved = BTreeMap::<Position, usize>::new();
        for lag in updates.keys().filter_map(|id| self.by_id.get(id)) {
            *moved.entry(lag.cursor).or_default() += 1;
        }
        let stays = |(at, count): &(&Position, &usize)| moved.get(at).is_none_or(|n| n < *count);
        let left = self.cursors.iter().find(stays).map(|(at, _)| *at);
        let new = updates.values().flatten().map(|lag| lag.cursor);
        left.into_iter().chain(new).min()
    }

    /// The time of the first attempt after these updates; as cheap.
    pub(crate) fn first_after(&self, health: Health, updates: &CursorUpdates) -> Option<Timestamp> {
        let stays = |(_, id): &&(Timestamp, SubscriptionId)| !updates.contains_key(id);
        let left = self.by_time[health as usize].iter().find(stays).map(|(at, _)| *at);
        left.into_iter().chain(first(health, updates)).min().filter(|at| *at < Lag::IDLE)
    }
}

/// The time of the first attempt among these updates.
pub(crate) fn first(health: Health, updates: &CursorUpdates) -> Option<Timestamp> {
    let moved = updates.values().flatten().filter(|lag| lag.health == health);
    moved.map(|lag| lag.at).min().filter(|at| *at < Lag::IDLE)
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn lag() -> impl Strategy<Value = Lag> {
        let at = prop_oneof![4 => 0_u64..6, 1 => Just(u64::MAX)];
        (0_u64..6, 0_u32..3, at, 0_u32..3).prop_map(|(cursor, attempts, at_ms, health)| {
            Lag::from_row(LagRow { cursor, attempts, at_ms, health })
        })
    }

    fn updates() -> impl Strategy<Value = CursorUpdates> {
        let id = (0_u8..8).prop_map(|id| SubscriptionId::from_bytes([id; 16]));
        btree_map(id, option::of(lag()), 0..6)
    }

    #[test]
    fn rows_are_read_page_by_page_and_each_page_once() {
        let id = |id: u8| SubscriptionId::from_bytes([id; 16]);
        let lag = Lag::from_row(LagRow::default());
        let page = |asked, ids: &[u8], more| {
            let lagging = ids.iter().map(|n| (id(*n), lag)).collect();
            LaggingPage { asked, lagging, more }
        };
        let mut lagging = LaggingSubscriptions::unread();
        let first = page(NextPage(None), &[1, 2], true);
        lagging.supply(first.clone());
        assert_eq!(lagging.missing(), Some(NextPage(Some(id(2)))));
        lagging.supply(first);
        lagging.supply(page(NextPage(Some(id(2))), &[3], false));
        assert_eq!(lagging.missing(), None);
        assert_eq!(lagging.iter().map(|(id, _)| id).collect::<Vec<_>>(), [1, 2, 3].map(id));
    }

    proptest! {
        #[test]
        fn what_is_said_before_a_move_is_so_after_it(all in vec(updates(), 0..12)) {
            let (mut lagging, mut model) = (LaggingSubscriptions::default(), BTreeMap::new());
            for updates in all {
                let lowest = lagging.lowest_after(&updates);
                let first = Health::ALL.map(|health| lagging.first_after(health, &updates));
                for (id, lag) in &updates {
                    match lag {
                        Some(lag) => _ = model.insert(*id, *lag),
                        None => _ = model.remove(id),
                    }
                }
                lagging.apply(updates);
                prop_assert!(lagging.iter().eq(model.clone()));
                let cursors = model.values().map(|lag| lag.cursor);
                prop_assert_eq!(lowest, cursors.min());
                for health in Health::ALL {
                    let all = || model.iter().filter(|(_, lag)| lag.health == health);
                    let times = all().map(|(_, lag)| lag.at);
                    let times = times.filter(|at| *at < Lag::IDLE);
                    prop_assert_eq!(first[health as usize], times.min());
                    let now = Timestamp::from_millis(3);
                    let mut due: Vec<_> = all().filter(|(_, lag)| lag.at <= now).collect();
                    due.sort_by_key(|(id, lag)| (lag.at, **id));
                    let due = due.into_iter().map(|(id, lag)| (*id, *lag));
                    prop_assert!(lagging.due(health, now).eq(due), "the longest due first");
                    let idle = all().filter(|(_, lag)| lag.at == Lag::IDLE).count();
                    prop_assert_eq!(lagging.idle(health).count(), idle);
                }
            }
        }
    }
}
