//! Each pattern once, and who has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::few::Few;
use super::terms::Slot;
use crate::event::Event;
use crate::pattern::Pattern;

/// A pattern and its ids.
#[derive(Debug)]
struct Entry<Id> {
    pattern: Arc<Pattern>,
    /// The field that leads to each of its alternatives; empty where none does.
    anchors: Box<[u32]>,
    ids: Few<Id>,
}

/// Patterns by number. Numbers of patterns that nobody has any more are used again.
#[derive(Debug)]
pub(super) struct Slots<Id> {
    entries: Vec<Option<Entry<Id>>>,
    free: Vec<Slot>,
    by_pattern: BTreeMap<Arc<Pattern>, Slot>,
    by_id: BTreeMap<Id, Slot>,
}

impl<Id> Default for Slots<Id> {
    fn default() -> Self {
        Slots {
            entries: Vec::new(),
            free: Vec::new(),
            by_pattern: BTreeMap::new(),
            by_id: BTreeMap::new(),
        }
    }
}

/// A pattern that nobody has any more.
pub(super) struct Last {
    pub(super) slot: Slot,
    pub(super) pattern: Arc<Pattern>,
    pub(super) anchors: Box<[u32]>,
}

impl<Id: Copy + Ord> Slots<Id> {
    pub(super) fn ids(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn patterns(&self) -> usize {
        self.by_pattern.len()
    }

    fn entry(&self, slot: Slot) -> Option<&Entry<Id>> {
        self.entries.get(slot as usize)?.as_ref()
    }

    pub(super) fn pattern(&self, slot: Slot) -> Option<&Arc<Pattern>> {
        self.entry(slot).map(|entry| &entry.pattern)
    }

    pub(super) fn of(&self, id: &Id) -> Option<&Arc<Pattern>> {
        self.pattern(*self.by_id.get(id)?)
    }

    /// Adds an id that has no pattern; whether its pattern is a new one.
    pub(super) fn insert(&mut self, id: Id, pattern: Arc<Pattern>) -> (Slot, bool) {
        let known = self.by_pattern.get(&pattern).copied();
        let slot = known.unwrap_or_else(|| self.new_entry(pattern));
        if let Some(Some(entry)) = self.entries.get_mut(slot as usize) {
            entry.ids.insert(id);
        }
        self.by_id.insert(id, slot);
        (slot, known.is_none())
    }

    fn new_entry(&mut self, pattern: Arc<Pattern>) -> Slot {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            (self.entries.len() - 1) as Slot
        });
        self.by_pattern.insert(pattern.clone(), slot);
        let entry = Entry { pattern, anchors: Box::default(), ids: Few::None };
        self.entries[slot as usize] = Some(entry);
        slot
    }

    pub(super) fn set_anchors(&mut self, slot: Slot, anchors: Vec<u32>) {
        if let Some(Some(entry)) = self.entries.get_mut(slot as usize) {
            entry.anchors = anchors.into();
        }
    }

    /// Removes an id; `None` if it had no pattern, and its pattern if it was the last that had it.
    pub(super) fn remove(&mut self, id: &Id) -> Option<Option<Last>> {
        let slot = self.by_id.remove(id)?;
        let place = self.entries.get_mut(slot as usize)?;
        let entry = place.as_mut()?;
        entry.ids.remove(*id);
        if !entry.ids.is_empty() {
            return Some(None);
        }
        let Entry { pattern, anchors, .. } = place.take()?;
        self.by_pattern.remove(&pattern);
        self.free.push(slot);
        Some(Some(Last { slot, pattern, anchors }))
    }

    /// Adds the ids of a pattern to a list, if the event matches it.
    pub(super) fn append_matching(&self, slot: Slot, event: &Event, ids: &mut Vec<Id>) {
        if let Some(entry) = self.entry(slot).filter(|entry| entry.pattern.matches(event)) {
            entry.ids.append_to(ids);
        }
    }
}
