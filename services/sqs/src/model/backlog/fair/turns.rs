//! Whose turn it is: the fresh messages that one receive gets, one after the other.

use std::collections::BTreeMap;
use std::collections::vec_deque;

use store::Position;

use crate::model::backlog::fair::index::Place;
use crate::model::backlog::fair::{Fair, MOST_PAGES, shares};
use crate::model::backlog::{Backlog, Need, Stored};
use crate::model::fifo::Group;

/// How many groups are looked at for one message. Of the first ten at least one is not noisy; only those
/// whose messages would have to be read from the log first can be more.
const MOST_LOOKS: usize = 32;

/// The fresh messages of a queue, those first whose turn comes first.
pub(in crate::model::backlog) enum Fresh<'b> {
    /// In the order of the log.
    InOrder { window: vec_deque::Iter<'b, (Position, Stored)>, cursor: Position },
    /// In fair turns.
    Fair(Turns<'b>),
}

/// The next fresh message.
pub(in crate::model::backlog) enum Next<'b> {
    Found(Position, &'b Stored),
    /// Its record is not in memory.
    Unfetched,
}

/// Fair turns: the state of the queue, and what one receive has taken of it.
pub(in crate::model::backlog) struct Turns<'b> {
    backlog: &'b Backlog,
    fair: &'b Fair,
    taken: BTreeMap<Group, Taken>,
    /// How many messages are in flight, or were received lately.
    total: u64,
    /// Messages whose records only the index has, or nobody.
    outside: Vec<Position>,
    #[cfg(test)]
    pub(in crate::model::backlog) looks: usize,
}

/// What a receive has taken of a group.
#[derive(Clone, Copy, Default)]
struct Taken {
    /// How many of the index.
    listed: usize,
    /// How many that are in flight from now on.
    picked: u64,
}

/// Who comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The oldest message first.
    Quiet(Position),
    /// The group with the least first.
    Noisy(u64, Position),
    /// It would have to be read from the log, and enough was read.
    Unread(Position),
}

impl<'b> Fresh<'b> {
    pub(in crate::model::backlog) fn of(backlog: &'b Backlog) -> Self {
        match &backlog.fair {
            Some(fair) => Fresh::Fair(Turns::new(backlog, fair)),
            None => Fresh::InOrder { window: backlog.window.iter(), cursor: backlog.cursor },
        }
    }

    /// The next one; none if there are no more.
    pub(in crate::model::backlog) fn next(
        &mut self,
        backlog: &Backlog,
    ) -> Result<Option<Next<'b>>, Need> {
        match self {
            Fresh::Fair(turns) => turns.next(),
            Fresh::InOrder { window, cursor } => match window.next() {
                Some((position, stored)) => {
                    *cursor = position.next();
                    Ok(Some(Next::Found(*position, stored)))
                }
                None if backlog.window.end() < backlog.tail => {
                    Err(backlog.window.need(backlog.tail))
                }
                None => Ok(None),
            },
        }
    }

    /// A message of this group is in flight from now on.
    pub(in crate::model::backlog) fn picked(&mut self, group: Group) {
        if let Fresh::Fair(turns) = self {
            turns.picked(group);
        }
    }

    /// Where the cursor is without what was taken.
    pub(in crate::model::backlog) fn cursor(&self) -> Position {
        match self {
            Fresh::InOrder { cursor, .. } => *cursor,
            Fresh::Fair(turns) => turns.cursor(),
        }
    }

    /// What to fetch when the records of these returned messages and of some fresh ones are not in memory.
    pub(in crate::model::backlog) fn need(&self, mut returned: Vec<Position>) -> Need {
        if let Fresh::Fair(turns) = self {
            let window = &turns.backlog.window;
            let lacks = |at: &Position| turns.fair.bodies.get(*at).is_none();
            if turns.outside.iter().any(lacks) {
                // A page serves the receives to come, too.
                if window.front().is_none() && window.end() < turns.backlog.tail {
                    return window.need(turns.backlog.tail);
                }
                // All of them, also those that are there: keeping some may push out others.
                returned.extend(&turns.outside);
            }
        }
        Need::Returned(returned)
    }
}

impl<'b> Turns<'b> {
    pub(in crate::model::backlog) fn new(backlog: &'b Backlog, fair: &'b Fair) -> Self {
        Turns {
            backlog,
            fair,
            taken: BTreeMap::new(),
            total: backlog.shares.total(backlog.in_flight()),
            outside: Vec::new(),
            #[cfg(test)]
            looks: 0,
        }
    }

    pub(in crate::model::backlog) fn next(&mut self) -> Result<Option<Next<'b>>, Need> {
        let reach = self.fair.index.reach();
        let (group, place) = match self.first() {
            None if reach < self.backlog.tail => return Err(self.read(reach)),
            None => return Ok(None),
            Some((Rank::Noisy(..), ..)) if self.reads_on() => return Err(self.read(reach)),
            Some((_, group, place)) => (group, place),
        };
        let position = match place {
            Place::Listed(position) => position,
            Place::Skipped(position) => return Err(self.read(position)),
        };
        self.taken.entry(group).or_default().listed += 1;
        if let Some(stored) = self.backlog.window.get(position) {
            return Ok(Some(Next::Found(position, stored)));
        }
        self.outside.push(position);
        let stored = self.fair.bodies.get(position);
        Ok(Some(stored.map_or(Next::Unfetched, |stored| Next::Found(position, stored))))
    }

    fn picked(&mut self, group: Group) {
        self.total += 1;
        if group.is_some() {
            self.taken.entry(group).or_default().picked += 1;
        }
    }

    /// The group whose turn it is, and its message.
    fn first(&mut self) -> Option<(Rank, Group, Place)> {
        let mut best: Option<(Rank, Group, Place)> = None;
        let taken = self.taken.keys().copied();
        let others = self.fair.index.heads().map(|(_, group)| group);
        let others = others.filter(|group| !self.taken.contains_key(group)).take(MOST_LOOKS);
        let groups = taken.map(|group| (group, false)).chain(others.map(|group| (group, true)));
        for (group, is_in_order) in groups {
            #[cfg(test)]
            {
                self.looks += 1;
            }
            let Some(place) = self.place(group) else { continue };
            let rank = self.rank(group, place);
            if best.is_none_or(|(first, ..)| rank < first) {
                best = Some((rank, group, place));
            }
            // All that follow stand behind.
            if is_in_order && matches!(rank, Rank::Quiet(_)) {
                break;
            }
        }
        best
    }

    fn rank(&self, group: Group, place: Place) -> Rank {
        let taken = self.taken.get(&group).copied().unwrap_or_default();
        let load = self.backlog.shares.load(group) + taken.picked;
        match place {
            Place::Skipped(position) if self.fair.pages >= MOST_PAGES => Rank::Unread(position),
            _ if shares::is_noisy(load, self.total) => Rank::Noisy(load, place.position()),
            _ => Rank::Quiet(place.position()),
        }
    }

    fn place(&self, group: Group) -> Option<Place> {
        let taken = self.taken.get(&group).map_or(0, |taken| taken.listed);
        self.fair.index.nth(group, taken)
    }

    /// Whether the log is read on in search of a quiet group.
    fn reads_on(&self) -> bool {
        let index = &self.fair.index;
        index.reach() < self.backlog.tail && index.has_room() && self.fair.pages < MOST_PAGES
    }

    fn read(&self, from: Position) -> Need {
        Need::Ahead { from, upto: self.backlog.tail }
    }

    /// The first message that would be fresh without what was taken.
    fn cursor(&self) -> Position {
        let index = &self.fair.index;
        let untouched = index.heads().find(|(_, group)| !self.taken.contains_key(group));
        let touched = self.taken.keys().filter_map(|group| self.place(*group));
        let heads = touched.map(Place::position).chain(untouched.map(|(position, _)| position));
        heads.fold(index.reach(), Position::min).max(self.backlog.cursor)
    }
}
