//! One event, many patterns.

mod few;
mod index;
mod intervals;
mod networks;
mod slots;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::event::{self, Event};
use crate::pattern::{Field, Pattern};
use index::Index;
use slots::Slots;
use terms::Slot;

/// Patterns, each with whoever has it, and which of them an event matches.
///
/// Equal patterns are kept once, however many have them: one more costs its id twice, in the list of the
/// pattern's ids and in the list that says which pattern an id has. Each different pattern is found through
/// one field of each of its alternatives: the one that, when it was inserted, led to the fewest others.
/// What is found so is compared as a whole. So an event costs about as much as it has values and as
/// patterns are found by them. Patterns of which an alternative asks for missing fields only are
/// compared with every event, one by one.
#[derive(Debug)]
pub struct Matcher<Id> {
    slots: Slots<Id>,
    /// By the names that lead to a field.
    fields: BTreeMap<Box<str>, Index>,
    /// Those that no value leads to.
    everywhere: BTreeSet<Slot>,
}

impl<Id> Default for Matcher<Id> {
    fn default() -> Self {
        Matcher { slots: Slots::default(), fields: BTreeMap::new(), everywhere: BTreeSet::new() }
    }
}

impl<Id: Copy + Ord> Matcher<Id> {
    /// A matcher without patterns.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of ids that have a pattern.
    pub fn len(&self) -> usize {
        self.slots.ids()
    }

    /// Returns true if no id has a pattern.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of different patterns.
    pub fn patterns(&self) -> usize {
        self.slots.patterns()
    }

    /// The pattern that an id has.
    pub fn get(&self, id: &Id) -> Option<&Arc<Pattern>> {
        self.slots.of(id)
    }

    /// Gives an id a pattern, instead of the one it had.
    pub fn insert(&mut self, id: Id, pattern: Arc<Pattern>) {
        if self.get(&id) == Some(&pattern) {
            return;
        }
        self.remove(&id);
        let (slot, is_new) = self.slots.insert(id, pattern);
        if is_new {
            self.enter(slot);
        }
    }

    /// Takes an id's pattern away; false if it had none.
    pub fn remove(&mut self, id: &Id) -> bool {
        let Some(left) = self.slots.remove(id) else { return false };
        if let Some(last) = left {
            self.leave(&last.pattern, &last.anchors, last.slot);
        }
        true
    }

    /// The ids whose pattern the event matches, in order.
    pub fn matches(&self, event: &Event) -> Vec<Id> {
        let mut ids = Vec::new();
        for slot in self.candidates(event) {
            self.slots.append_matching(slot, event, &mut ids);
        }
        ids.sort_unstable();
        ids
    }

    /// The patterns that the event may match, each once.
    fn candidates(&self, event: &Event) -> Vec<Slot> {
        let mut found: Vec<Slot> = self.everywhere.iter().copied().collect();
        event.each_value(&mut |path, value| {
            if let Some(index) = self.fields.get(path) {
                index.find(value, &mut found);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Makes a pattern's values lead to it.
    fn enter(&mut self, slot: Slot) {
        let Some(pattern) = self.slots.pattern(slot).cloned() else { return };
        let anchors: Option<Vec<u32>> =
            pattern.alternatives().iter().map(|fields| self.anchor(&pattern, fields)).collect();
        let Some(anchors) = anchors else {
            self.everywhere.insert(slot);
            return;
        };
        for anchor in &anchors {
            let field = pattern.field(*anchor);
            let index = self.fields.entry(name_of(field)).or_default();
            field.conditions.iter().for_each(|condition| index.insert(condition, slot));
        }
        self.slots.set_anchors(slot, anchors);
    }

    /// Undoes it.
    fn leave(&mut self, pattern: &Pattern, anchors: &[u32], slot: Slot) {
        self.everywhere.remove(&slot);
        for anchor in anchors {
            let field = pattern.field(*anchor);
            let name = name_of(field);
            if let Some(index) = self.fields.get_mut(&name) {
                field.conditions.iter().for_each(|condition| index.remove(condition, slot));
                if index.is_empty() {
                    self.fields.remove(&name);
                }
            }
        }
    }

    /// The field of an alternative that leads to the fewest patterns; none where each may be missing.
    fn anchor(&self, pattern: &Pattern, fields: &[u32]) -> Option<u32> {
        let nothing = Index::default();
        let cost = |number: &u32| {
            let field = pattern.field(*number);
            let index = self.fields.get(&name_of(field)).unwrap_or(&nothing);
            field.conditions.iter().map(|condition| index.cost(condition)).sum::<usize>()
        };
        let present = |number: &&u32| pattern.field(**number).missing.is_none();
        fields.iter().filter(present).min_by_key(|number| cost(number)).copied()
    }
}

/// The names that lead to a field, as an event shows them.
fn name_of(field: &Field) -> Box<str> {
    let mut name = String::new();
    field.path.iter().for_each(|part| event::push(&mut name, part));
    name.into()
}
