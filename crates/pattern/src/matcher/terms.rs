//! Texts, found by the whole of them or by what a text begins or ends with.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::few::Few;

/// The number of a pattern.
pub(super) type Slot = u32;

/// Patterns by text.
#[derive(Debug, Default)]
pub(super) struct Terms {
    slots: BTreeMap<Arc<str>, Few<Slot>>,
    /// The number of texts of each length in bytes: only those lengths are looked for.
    lengths: BTreeMap<usize, usize>,
}

impl Terms {
    pub(super) fn insert(&mut self, term: &Arc<str>, slot: Slot) {
        let slots = self.slots.entry(term.clone()).or_insert_with(|| {
            *self.lengths.entry(term.len()).or_default() += 1;
            Few::None
        });
        slots.insert(slot);
    }

    pub(super) fn remove(&mut self, term: &str, slot: Slot) {
        let Some(slots) = self.slots.get_mut(term) else { return };
        slots.remove(slot);
        if slots.is_empty() {
            self.slots.remove(term);
            if let Some(count) = self.lengths.get_mut(&term.len()) {
                *count -= 1;
                if *count == 0 {
                    self.lengths.remove(&term.len());
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The number of patterns that a term leads to.
    pub(super) fn crowd(&self, term: &str) -> usize {
        self.slots.get(term).map_or(0, Few::len)
    }

    /// Those of this very text.
    pub(super) fn whole(&self, text: &str, found: &mut Vec<Slot>) {
        if let Some(slots) = self.slots.get(text) {
            slots.append_to(found);
        }
    }

    /// Those of texts that this one begins with.
    pub(super) fn beginnings(&self, text: &str, found: &mut Vec<Slot>) {
        for (length, _) in self.lengths.range(..=text.len()) {
            if let Some(beginning) = text.get(..*length) {
                self.whole(beginning, found);
            }
        }
    }

    /// Those of texts that this one ends with.
    pub(super) fn endings(&self, text: &str, found: &mut Vec<Slot>) {
        for (length, _) in self.lengths.range(..=text.len()) {
            if let Some(ending) = text.get(text.len() - length..) {
                self.whole(ending, found);
            }
        }
    }
}
