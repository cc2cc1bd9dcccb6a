//! Subscriptions that are behind: found by their ids, by when their turn is, and by what they still need.
//! Some 100 bytes each in memory, and fewer than there are subscriptions.
//!
//! Their rows are read page by page when a decision first needs all subscriptions. None changes before that.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use runtime::delivery::{ByHealth, Health};
use store::Position;

use crate::keys::BehindRow;
use crate::model::SubscriptionId;
use crate::model::subscribers::NextPage;

/// A subscription to which a delivery has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Behind {
    /// What it gets next.
    pub(crate) cursor: Position,
    /// How often that was tried in vain.
    pub(crate) attempts: u32,
    /// When it is tried again; [`Behind::IDLE`] if there was nothing left for it.
    pub(crate) at: Timestamp,
    pub(crate) health: Health,
}

/// What becomes of some subscriptions: how they stand from now on, or that they are not behind any more.
pub(crate) type Moves = BTreeMap<SubscriptionId, Option<Behind>>;

/// All of a topic's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Laggards {
    by_id: BTreeMap<SubscriptionId, Behind>,
    by_time: ByHealth<BTreeSet<(Timestamp, SubscriptionId)>>,
    /// How many stand at a position.
    cursors: BTreeMap<Position, usize>,
    /// The page to read next, if not all rows are in memory.
    unread: Option<NextPage>,
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LaggardPage {
    /// What was asked for.
    pub(crate) asked: NextPage,
    /// In the order of their ids.
    pub(crate) laggards: Vec<(SubscriptionId, Behind)>,
    /// Whether there are more.
    pub(crate) more: bool,
}

impl Behind {
    /// Slow receivers keep out of rounds when there is nothing left for them: until they answer soon.
    pub(crate) const IDLE: Timestamp = Timestamp::MAX;

    pub(crate) fn from_row(row: BehindRow) -> Self {
        Behind {
            cursor: Position(row.cursor),
            attempts: row.attempts,
            at: Timestamp::from_millis(row.at_ms),
            health: Health::from_number(row.health),
        }
    }

    pub(crate) fn to_row(self) -> BehindRow {
        BehindRow {
            cursor: self.cursor.0,
            attempts: self.attempts,
            at_ms: self.at.millis(),
            health: self.health as u32,
        }
    }
}

impl Laggards {
    /// Those of a topic of which no row has been read yet.
    pub(crate) fn unread() -> Self {
        Laggards { unread: Some(NextPage(None)), ..Laggards::default() }
    }

    /// What to read before anything is asked of them.
    pub(crate) fn missing(&self) -> Option<NextPage> {
        self.unread
    }

    /// Keeps a page, if it is the next one.
    pub(crate) fn supply(&mut self, page: LaggardPage) {
        if self.unread != Some(page.asked) {
            return;
        }
        let last = page.laggards.last().map(|(id, _)| NextPage(Some(*id)));
        self.unread = last.filter(|_| page.more);
        for (id, behind) in page.laggards {
            self.put(id, behind);
        }
    }

    pub(crate) fn get(&self, id: SubscriptionId) -> Option<Behind> {
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
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SubscriptionId, Behind)> {
        self.by_id.iter().map(|(id, behind)| (*id, *behind))
    }

    pub(crate) fn put(&mut self, id: SubscriptionId, behind: Behind) {
        self.remove(id);
        self.by_id.insert(id, behind);
        self.by_time[behind.health as usize].insert((behind.at, id));
        *self.cursors.entry(behind.cursor).or_default() += 1;
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

    pub(crate) fn apply(&mut self, moves: Moves) {
        for (id, behind) in moves {
            match behind {
                Some(behind) => self.put(id, behind),
                None => self.remove(id),
            }
        }
    }

    /// Those whose turn it is, the longest due first.
    pub(crate) fn due(
        &self,
        health: Health,
        now: Timestamp,
    ) -> impl Iterator<Item = (SubscriptionId, Behind)> {
        let due = self.by_time[health as usize].iter().take_while(move |(at, _)| *at <= now);
        due.filter_map(|(_, id)| Some((*id, self.get(*id)?)))
    }

    /// Those for which nothing was left.
    pub(crate) fn idle(&self, health: Health) -> impl Iterator<Item = (SubscriptionId, Behind)> {
        let first = (Behind::IDLE, SubscriptionId::from_bytes([0; 16]));
        let idle = self.by_time[health as usize].range(first..);
        idle.filter_map(|(_, id)| Some((*id, self.get(*id)?)))
    }

    /// The lowest position that any of them needs, once these have moved. Costs what they are, not what
    /// all are.
    pub(crate) fn lowest_after(&self, moves: &Moves) -> Option<Position> {
        let mut moved = BTreeMap::<Position, usize>::new();
        for behind in moves.keys().filter_map(|id| self.by_id.get(id)) {
            *moved.entry(behind.cursor).or_default() += 1;
        }
        let stays = |(at, count): &(&Position, &usize)| moved.get(at).is_none_or(|n| n < *count);
        let left = self.cursors.iter().find(stays).map(|(at, _)| *at);
        let new = moves.values().flatten().map(|behind| behind.cursor);
        left.into_iter().chain(new).min()
    }

    /// When the first one's turn is, once these have moved; as cheap.
    pub(crate) fn first_after(&self, health: Health, moves: &Moves) -> Option<Timestamp> {
        let stays = |(_, id): &&(Timestamp, SubscriptionId)| !moves.contains_key(id);
        let left = self.by_time[health as usize].iter().find(stays).map(|(at, _)| *at);
        left.into_iter().chain(first(health, moves)).min().filter(|at| *at < Behind::IDLE)
    }
}

/// When the turn of the first one of these is.
pub(crate) fn first(health: Health, moves: &Moves) -> Option<Timestamp> {
    let moved = moves.values().flatten().filter(|behind| behind.health == health);
    moved.map(|behind| behind.at).min().filter(|at| *at < Behind::IDLE)
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn behind() -> impl Strategy<Value = Behind> {
        let at = prop_oneof![4 => 0_u64..6, 1 => Just(u64::MAX)];
        (0_u64..6, 0_u32..3, at, 0_u32..3).prop_map(|(cursor, attempts, at_ms, health)| {
            Behind::from_row(BehindRow { cursor, attempts, at_ms, health })
        })
    }

    fn moves() -> impl Strategy<Value = Moves> {
        let id = (0_u8..8).prop_map(|id| SubscriptionId::from_bytes([id; 16]));
        btree_map(id, option::of(behind()), 0..6)
    }

    #[test]
    fn rows_are_read_page_by_page_and_each_page_once() {
        let id = |id: u8| SubscriptionId::from_bytes([id; 16]);
        let behind = Behind::from_row(BehindRow::default());
        let page = |asked, ids: &[u8], more| {
            let laggards = ids.iter().map(|n| (id(*n), behind)).collect();
            LaggardPage { asked, laggards, more }
        };
        let mut laggards = Laggards::unread();
        let first = page(NextPage(None), &[1, 2], true);
        laggards.supply(first.clone());
        assert_eq!(laggards.missing(), Some(NextPage(Some(id(2)))));
        laggards.supply(first);
        laggards.supply(page(NextPage(Some(id(2))), &[3], false));
        assert_eq!(laggards.missing(), None);
        assert_eq!(laggards.iter().map(|(id, _)| id).collect::<Vec<_>>(), [1, 2, 3].map(id));
    }

    proptest! {
        #[test]
        fn what_is_said_before_a_move_is_so_after_it(all in vec(moves(), 0..12)) {
            let (mut laggards, mut model) = (Laggards::default(), BTreeMap::new());
            for moves in all {
                let lowest = laggards.lowest_after(&moves);
                let first = Health::ALL.map(|health| laggards.first_after(health, &moves));
                for (id, behind) in &moves {
                    match behind {
                        Some(behind) => _ = model.insert(*id, *behind),
                        None => _ = model.remove(id),
                    }
                }
                laggards.apply(moves);
                prop_assert!(laggards.iter().eq(model.clone()));
                let cursors = model.values().map(|behind| behind.cursor);
                prop_assert_eq!(lowest, cursors.min());
                for health in Health::ALL {
                    let all = || model.iter().filter(|(_, behind)| behind.health == health);
                    let times = all().map(|(_, behind)| behind.at);
                    let times = times.filter(|at| *at < Behind::IDLE);
                    prop_assert_eq!(first[health as usize], times.min());
                    let now = Timestamp::from_millis(3);
                    let mut due: Vec<_> = all().filter(|(_, behind)| behind.at <= now).collect();
                    due.sort_by_key(|(id, behind)| (behind.at, **id));
                    let due = due.into_iter().map(|(id, behind)| (*id, *behind));
                    prop_assert!(laggards.due(health, now).eq(due), "the longest due first");
                    let idle = all().filter(|(_, behind)| behind.at == Behind::IDLE).count();
                    prop_assert_eq!(laggards.idle(health).count(), idle);
                }
            }
        }
    }
}
