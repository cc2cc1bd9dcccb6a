//! Which fresh messages wait, by group.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use store::Position;

use crate::model::fifo::Group;

/// Most messages and groups of the index together. What lies behind is known when there is room again.
const MOST: usize = 120_000;
/// Most messages that are listed of one group: a deep backlog does not keep others out. The rest of it is
/// skipped, and read again when its turn comes.
const MOST_OF_GROUP: usize = 1000;
/// How many of a group's skipped messages are listed even when there is no room: more than one receive takes.
const SOME_OF_GROUP: usize = 128;

/// Fresh messages by group, without their records. Each below `reach` is listed, or skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    groups: BTreeMap<Group, Waiting>,
    /// Groups by where their first message stands.
    heads: BTreeSet<(Position, Group)>,
    /// Groups by where their skipped messages begin.
    skips: BTreeSet<(Position, Group)>,
    listed: usize,
    reach: Position,
}

/// The messages of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Waiting {
    /// The first ones.
    listed: VecDeque<Position>,
    /// All others stand here or behind; none if there are no others.
    skipped: Option<Position>,
}

/// A message of a group that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It stands here.
    Listed(Position),
    /// It was skipped, and stands here or behind.
    Skipped(Position),
}

impl Place {
    pub(super) fn position(self) -> Position {
        match self {
            Place::Listed(position) | Place::Skipped(position) => position,
        }
    }
}

impl Waiting {
    fn head(&self) -> Option<Position> {
        self.listed.front().copied().or(self.skipped)
    }
}

impl Index {
    /// An empty one that begins there.
    pub(super) fn at(position: Position) -> Self {
        Index { reach: position, ..Self::default() }
    }

    /// The first position that it does not cover.
    pub(super) fn reach(&self) -> Position {
        self.reach
    }

    /// Below is no fresh message that it does not know.
    pub(super) fn raise(&mut self, reach: Position) {
        self.reach = self.reach.max(reach);
    }

    /// Whether another message of any group can be listed.
    pub(super) fn has_room(&self) -> bool {
        self.listed + self.groups.len() < MOST
    }

    /// Groups by where their first message stands, the first one first.
    pub(super) fn heads(&self) -> impl Iterator<Item = (Position, Group)> {
        self.heads.iter().copied()
    }

    /// The message of a group that has so many others before it.
    pub(super) fn nth(&self, group: Group, number: usize) -> Option<Place> {
        let waiting = self.groups.get(&group)?;
        let listed = waiting.listed.get(number).copied().map(Place::Listed);
        listed.or(waiting.skipped.map(Place::Skipped))
    }

    pub(super) fn is_listed(&self, position: Position, group: Group) -> bool {
        self.listed_at(position, group).is_some()
    }

    fn listed_at(&self, position: Position, group: Group) -> Option<usize> {
        self.groups.get(&group)?.listed.binary_search(&position).ok()
    }

    /// Takes a fresh message that it does not cover, if there is room.
    pub(super) fn admit(&mut self, position: Position, group: Group) -> bool {
        let has_room = self.has_room();
        match self.groups.get(&group) {
            Some(waiting) if waiting.skipped.is_some() => {}
            Some(waiting) if waiting.listed.len() >= MOST_OF_GROUP => {
                self.change(group, |waiting| waiting.skipped = Some(position));
            }
            _ if !has_room => return false,
            _ => {
                self.listed += 1;
                self.change(group, |waiting| waiting.listed.push_back(position));
            }
        }
        self.reach = position.next();
        true
    }

    /// A message is fresh no longer.
    pub(super) fn remove(&mut self, position: Position, group: Group) {
        if let Some(at) = self.listed_at(position, group) {
            self.listed -= 1;
            self.change(group, |waiting| _ = waiting.listed.remove(at));
        }
    }

    /// Takes a listed message off whose group is not known. Only damage asks for it.
    pub(super) fn lose(&mut self, position: Position) -> bool {
        let has = |waiting: &Waiting| waiting.listed.binary_search(&position).is_ok();
        let group = self.groups.iter().find(|(_, waiting)| has(waiting)).map(|(group, _)| *group);
        group.into_iter().for_each(|group| self.remove(position, group));
        group.is_some()
    }

    /// Takes all fresh messages of a part of the log: what it does not cover yet, and what was skipped.
    pub(super) fn supply(
        &mut self,
        from: Position,
        upto: Position,
        messages: impl Iterator<Item = (Position, Group)>,
    ) {
        if from > self.reach {
            return;
        }
        let mut full = BTreeSet::new();
        let mut end = upto;
        for (position, group) in messages {
            if let Some(skipped) = self.skipped(group) {
                let is_next = (from..=position).contains(&skipped);
                if is_next && !self.list_skipped(position, group) {
                    full.insert(group);
                }
                self.raise(position.next());
            } else if position >= self.reach && !self.admit(position, group) {
                end = position;
                break;
            }
        }
        self.raise(end);
        let seen = self.skips.range((from, Group(0))..(end, Group(0))).map(|(_, group)| *group);
        let seen: Vec<Group> = seen.filter(|group| !full.contains(group)).collect();
        let rest = Some(end).filter(|end| *end < self.reach);
        seen.into_iter().for_each(|group| self.change(group, |waiting| waiting.skipped = rest));
    }

    fn skipped(&self, group: Group) -> Option<Position> {
        self.groups.get(&group)?.skipped
    }

    /// Lists the first of the skipped messages of a group, if there is room.
    fn list_skipped(&mut self, position: Position, group: Group) -> bool {
        let most = if self.has_room() { MOST_OF_GROUP } else { SOME_OF_GROUP };
        if self.groups.get(&group).is_none_or(|waiting| waiting.listed.len() >= most) {
            return false;
        }
        self.listed += 1;
        self.change(group, |waiting| {
            waiting.listed.push_back(position);
            waiting.skipped = Some(position.next());
        });
        true
    }

    /// Changes what waits of a group, and where the group stands. One without messages is forgotten.
    fn change(&mut self, group: Group, change: impl FnOnce(&mut Waiting)) {
        let waiting = self.groups.entry(group).or_default();
        let before = (waiting.head(), waiting.skipped);
        change(waiting);
        let after = (waiting.head(), waiting.skipped);
        if after.0.is_none() {
            self.groups.remove(&group);
        }
        move_group(&mut self.heads, group, before.0, after.0);
        move_group(&mut self.skips, group, before.1, after.1);
    }
}

fn move_group(
    groups: &mut BTreeSet<(Position, Group)>,
    group: Group,
    before: Option<Position>,
    after: Option<Position>,
) {
    if before != after {
        before.map(|before| groups.remove(&(before, group)));
        after.map(|after| groups.insert((after, group)));
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
