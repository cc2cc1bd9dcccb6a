//! Groups: which messages wait in each, and which groups are ready.

use std::collections::{BTreeSet, HashMap, VecDeque};

use store::Position;

use crate::model::check::{Checked, ensure};
use crate::model::fifo::Group;

/// The groups of which the queue knows a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Groups {
    all: HashMap<Group, State>,
    /// Those that give messages now, by their first one.
    ready: BTreeSet<(Position, Group)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    /// How many messages are in flight or leaving: while there is one, the group is locked.
    locks: u32,
    /// Messages of the index that are neither, in order. They come at the end and go, and come back, near the
    /// front.
    waiting: VecDeque<Position>,
    /// Where it stands among the ready ones.
    ready: Option<Position>,
}

impl Groups {
    /// A message is in flight, or leaving, from now on.
    pub(super) fn lock(&mut self, group: Group) {
        self.all.entry(group).or_default().locks += 1;
    }

    /// It is not any more.
    pub(super) fn unlock(&mut self, group: Group) {
        if let Some(state) = self.all.get_mut(&group) {
            state.locks -= 1;
        }
    }

    /// A message waits from now on.
    pub(super) fn wait(&mut self, group: Group, position: Position) {
        let waiting = &mut self.all.entry(group).or_default().waiting;
        if waiting.back().is_none_or(|last| *last < position) {
            waiting.push_back(position);
        } else if let Err(place) = waiting.binary_search(&position) {
            waiting.insert(place, position);
        }
    }

    /// A message does not wait any more.
    pub(super) fn leave(&mut self, group: Group, position: Position) {
        let Some(state) = self.all.get_mut(&group) else { return };
        if state.waiting.pop_front_if(|first| *first == position).is_none()
            && let Ok(place) = state.waiting.binary_search(&position)
        {
            state.waiting.remove(place);
        }
    }

    /// Puts a group where it belongs: among the ready ones if it is not locked and its first message is not
    /// delayed. One without messages is forgotten.
    pub(super) fn place(&mut self, group: Group, is_delayed: impl Fn(Position) -> bool) {
        let Some(state) = self.all.get_mut(&group) else { return };
        let head = state.waiting.front().copied().filter(|_| state.locks == 0);
        let ready = head.filter(|head| !is_delayed(*head));
        let before = std::mem::replace(&mut state.ready, ready);
        if state.locks == 0 && state.waiting.is_empty() {
            self.all.remove(&group);
        }
        if before != ready {
            before.map(|head| self.ready.remove(&(head, group)));
            ready.map(|head| self.ready.insert((head, group)));
        }
    }

    /// Those that give messages now, the one with the oldest message first.
    pub(super) fn ready(&self) -> impl Iterator<Item = Group> {
        self.ready.iter().map(|(_, group)| *group)
    }

    /// Those that give messages now, each with its first one.
    pub(super) fn heads(&self) -> impl Iterator<Item = (Position, Group)> {
        self.ready.iter().copied()
    }

    /// Whether a group gives messages now.
    pub(super) fn is_ready(&self, group: Group) -> bool {
        self.all.get(&group).is_some_and(|state| state.ready.is_some())
    }

    /// How many give messages now.
    pub(super) fn count_ready(&self) -> usize {
        self.ready.len()
    }

    /// The message of a group that waits behind another one.
    pub(super) fn next(&self, group: Group, position: Position) -> Option<Position> {
        let waiting = &self.all.get(&group)?.waiting;
        waiting.get(waiting.partition_point(|other| *other <= position)).copied()
    }

    /// Checks that these are the locks, that messages wait in order, and that groups stand where they belong.
    pub(super) fn check(&self, locks: &HashMap<Group, u32>) -> Checked {
        for (group, state) in &self.all {
            let expected = locks.get(group).copied().unwrap_or(0);
            ensure(
                state.locks == expected,
                "a group's locks are counted",
                (group, state, expected),
            )?;
            ensure(state.waiting.iter().is_sorted(), "a group's messages are in order", group)?;
            let head = state.waiting.front().copied().filter(|_| state.locks == 0);
            let is_first = state.ready.is_none_or(|ready| head == Some(ready));
            ensure(is_first, "a ready group gives its first message", (group, state))?;
            let is_listed = state.ready.is_none_or(|head| self.ready.contains(&(head, *group)));
            ensure(is_listed, "a ready group is listed", (group, state))?;
        }
        let unknown = locks.keys().find(|group| !self.all.contains_key(group));
        ensure(unknown.is_none(), "a locked group is known", unknown)?;
        let ready = self.all.values().filter(|state| state.ready.is_some()).count();
        ensure(ready == self.ready.len(), "ready groups are listed once", (ready, self.ready.len()))
    }

    /// The messages that wait in a group, in order.
    pub(super) fn waiting(&self, group: Group) -> impl Iterator<Item = Position> {
        self.all.get(&group).into_iter().flat_map(|state| state.waiting.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Group = Group(1);
    const B: Group = Group(2);

    fn ready(groups: &Groups) -> Vec<Group> {
        groups.ready().collect()
    }

    fn place(groups: &mut Groups, group: Group) {
        groups.place(group, |_| false);
    }

    #[test]
    fn the_group_with_the_oldest_message_is_first_and_a_locked_one_gives_nothing() {
        let mut groups = Groups::default();
        for (group, position) in [(B, 1), (A, 2), (A, 3)] {
            groups.wait(group, Position(position));
            place(&mut groups, group);
        }
        assert_eq!(ready(&groups), [B, A]);
        groups.leave(B, Position(1));
        groups.lock(B);
        place(&mut groups, B);
        assert_eq!(ready(&groups), [A]);
        groups.unlock(B);
        groups.wait(B, Position(1));
        place(&mut groups, B);
        assert_eq!(ready(&groups), [B, A]);
    }

    #[test]
    fn a_group_without_messages_costs_nothing() {
        let mut groups = Groups::default();
        groups.lock(A);
        place(&mut groups, A);
        groups.unlock(A);
        place(&mut groups, A);
        assert_eq!(groups, Groups::default());
    }
}
