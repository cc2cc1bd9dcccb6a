//! From an event's values to the patterns that may match.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::few::Few;
use super::intervals::Intervals;
use super::networks::Networks;
use super::terms::{Slot, Terms};
use crate::Scalar;
use crate::condition::{Condition, Network, fold};
use crate::number::Range;

/// The index of one field: from its values to patterns.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Texts, by how they are compared: see [`Way`].
    terms: [Terms; 6],
    others: BTreeMap<Scalar, Few<Slot>>,
    ranges: Intervals,
    networks: Networks,
    /// Those that any value at all may meet.
    any: Few<Slot>,
}

/// The ways of comparing a value with a text.
#[derive(Clone, Copy)]
enum Way {
    Whole,
    Prefix,
    Suffix,
    FoldedWhole,
    FoldedPrefix,
    FoldedSuffix,
}

/// Under what a condition is kept.
enum Key<'c> {
    Term(Way, &'c Arc<str>),
    Other(&'c Scalar),
    Range(Range),
    Network(Network),
    Any,
}

impl Key<'_> {
    fn of(condition: &Condition) -> Key<'_> {
        match condition {
            Condition::Exactly(Scalar::String(text)) => Key::Term(Way::Whole, text),
            Condition::Exactly(other) => Key::Other(other),
            Condition::IgnoringCase(text) => Key::Term(Way::FoldedWhole, text),
            Condition::Prefix(text) => Key::Term(Way::Prefix, text),
            Condition::Suffix(text) => Key::Term(Way::Suffix, text),
            Condition::PrefixIgnoringCase(text) => Key::Term(Way::FoldedPrefix, text),
            Condition::SuffixIgnoringCase(text) => Key::Term(Way::FoldedSuffix, text),
            Condition::Wildcard(wildcard) if !wildcard.first().is_empty() => {
                Key::Term(Way::Prefix, wildcard.first())
            }
            Condition::Wildcard(wildcard) if !wildcard.last().is_empty() => {
                Key::Term(Way::Suffix, wildcard.last())
            }
            Condition::Within(range) => Key::Range(*range),
            Condition::Network(network) => Key::Network(*network),
            Condition::Wildcard(_) | Condition::Any | Condition::Content | Condition::NoneOf(_) => {
                Key::Any
            }
        }
    }
}

/// The estimated number of patterns looked at in vain for a condition that many values meet: of two
/// fields that lead to equally many patterns the more particular one is taken.
const AFFIX: usize = 4;
const RANGE: usize = 16;
const ANY: usize = 1 << 20;

impl Index {
    /// About how many patterns are looked at when a value meets this condition.
    pub(super) fn cost(&self, condition: &Condition) -> usize {
        match Key::of(condition) {
            Key::Term(way @ (Way::Whole | Way::FoldedWhole), text) => {
                self.terms[way as usize].crowd(text)
            }
            Key::Term(way, text) => AFFIX + self.terms[way as usize].crowd(text),
            Key::Other(value) => self.others.get(value).map_or(0, Few::len),
            Key::Range(_) => RANGE + self.ranges.len() / 4,
            Key::Network(network) => AFFIX + self.networks.crowd(network),
            Key::Any => ANY + self.any.len(),
        }
    }

    /// Makes values that meet the condition lead to a pattern.
    pub(super) fn insert(&mut self, condition: &Condition, slot: Slot) {
        match Key::of(condition) {
            Key::Term(way, text) => self.terms[way as usize].insert(text, slot),
            Key::Other(value) => self.others.entry(value.clone()).or_default().insert(slot),
            Key::Range(range) => self.ranges.insert(range, slot),
            Key::Network(network) => self.networks.insert(network, slot),
            Key::Any => self.any.insert(slot),
        }
    }

    /// Undoes it.
    pub(super) fn remove(&mut self, condition: &Condition, slot: Slot) {
        match Key::of(condition) {
            Key::Term(way, text) => self.terms[way as usize].remove(text, slot),
            Key::Other(value) => {
                if let Some(slots) = self.others.get_mut(value) {
                    slots.remove(slot);
                    if slots.is_empty() {
                        self.others.remove(value);
                    }
                }
            }
            Key::Range(range) => self.ranges.remove(range, slot),
            Key::Network(network) => self.networks.remove(network, slot),
            Key::Any => self.any.remove(slot),
        }
    }

    /// Returns true if it leads to nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.terms.iter().all(Terms::is_empty)
            && self.others.is_empty()
            && self.ranges.len() == 0
            && self.networks.is_empty()
            && self.any.is_empty()
    }

    /// The patterns that a value may be for, and no pattern that it is for is left out.
    pub(super) fn find(&self, value: &Scalar, found: &mut Vec<Slot>) {
        self.any.append_to(found);
        if let Scalar::String(text) = value {
            return self.find_text(text, found);
        }
        if let Some(slots) = self.others.get(value) {
            slots.append_to(found);
        }
        if let Scalar::Number(number) = value {
            self.ranges.find(*number, found);
        }
    }

    fn find_text(&self, text: &str, found: &mut Vec<Slot>) {
        let terms = |way: Way| &self.terms[way as usize];
        terms(Way::Whole).whole(text, found);
        terms(Way::Prefix).beginnings(text, found);
        terms(Way::Suffix).endings(text, found);
        self.networks.find(text, found);
        let folding = [Way::FoldedWhole, Way::FoldedPrefix, Way::FoldedSuffix];
        if folding.iter().all(|way| terms(*way).is_empty()) {
            return;
        }
        let folded = fold(text);
        terms(Way::FoldedWhole).whole(&folded, found);
        terms(Way::FoldedPrefix).beginnings(&folded, found);
        terms(Way::FoldedSuffix).endings(&folded, found);
    }
}
