//! Ranges of numbers, found by a number that lies in them.

use std::collections::{BTreeMap, BTreeSet};

use super::terms::Slot;
use crate::Number;
use crate::number::Range;

/// A knot of the binary tree over all ranks: how many low bits lie below it, and the bits above those.
type Knot = (u32, u128);

/// An interval tree whose knots are fixed: a range stands at the highest knot whose middle lies in it. A
/// number is looked for at the knots above it, at most one a bit; at each of them the ranges that hold it
/// come first in one of two orders, so nothing is looked at that is not found.
#[derive(Debug, Default)]
pub(super) struct Intervals {
    by_low: BTreeSet<(Knot, u128, Slot)>,
    by_high: BTreeSet<(Knot, u128, Slot)>,
    /// The number of entries on each level: empty levels are not visited.
    levels: BTreeMap<u32, usize>,
}

/// The knot where two ranks part; for equal ranks the lowest above them.
fn knot(low: u128, high: u128) -> Knot {
    let level = (128 - (low ^ high).leading_zeros()).max(1);
    above(low, level)
}

/// The knot of that level above a rank.
fn above(rank: u128, level: u32) -> Knot {
    (level, rank.checked_shr(level).unwrap_or(0))
}

impl Intervals {
    pub(super) fn insert(&mut self, range: Range, slot: Slot) {
        let (low, high) = (range.low.rank(), range.high.rank());
        let knot = knot(low, high);
        if self.by_low.insert((knot, low, slot)) {
            *self.levels.entry(knot.0).or_default() += 1;
        }
        if self.by_high.insert((knot, high, slot)) {
            *self.levels.entry(knot.0).or_default() += 1;
        }
    }

    pub(super) fn remove(&mut self, range: Range, slot: Slot) {
        let (low, high) = (range.low.rank(), range.high.rank());
        let knot = knot(low, high);
        let gone = usize::from(self.by_low.remove(&(knot, low, slot)))
            + usize::from(self.by_high.remove(&(knot, high, slot)));
        if let Some(count) = self.levels.get_mut(&knot.0) {
            *count -= gone;
            if *count == 0 {
                self.levels.remove(&knot.0);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_low.len()
    }

    /// The patterns of all ranges that hold a number.
    pub(super) fn find(&self, number: Number, found: &mut Vec<Slot>) {
        let rank = number.rank();
        for level in self.levels.keys() {
            let knot = above(rank, *level);
            let is_left = rank >> (level - 1) & 1 == 0;
            if is_left {
                let range = (knot, 0, Slot::MIN)..=(knot, rank, Slot::MAX);
                found.extend(self.by_low.range(range).map(|(_, _, slot)| *slot));
            } else {
                let range = (knot, rank, Slot::MIN)..=(knot, u128::MAX, Slot::MAX);
                found.extend(self.by_high.range(range).map(|(_, _, slot)| *slot));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(value: i32) -> Number {
        Number::parse(&value.to_string()).unwrap_or(Number::MOST)
    }

    proptest! {
        #[test]
        fn exactly_the_ranges_that_hold_a_number_are_found(
            ends in proptest::collection::vec((-40..40, 0..50), 0..60),
            open in 0..60_usize,
            gone in 0..60_usize,
        ) {
            let mut ranges: Vec<Range> = ends
                .iter()
                .map(|(low, more)| Range { low: number(*low), high: number(low + more) })
                .collect();
            if let Some(range) = ranges.get_mut(open) {
                range.high = Number::MOST;
            }
            let mut intervals = Intervals::default();
            for (slot, range) in (0..).zip(&ranges) {
                intervals.insert(*range, slot);
            }
            for (slot, range) in (0..).zip(&ranges).take(gone) {
                intervals.remove(*range, slot);
            }
            let left = ranges.iter().enumerate().skip(gone);
            for value in -50..100 {
                let mut found = Vec::new();
                intervals.find(number(value), &mut found);
                found.sort_unstable();
                let holding = left.clone().filter(|(_, range)| range.contains(number(value)));
                let expected: Vec<Slot> = holding.map(|(slot, _)| slot as Slot).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
