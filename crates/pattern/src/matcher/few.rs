//! A set that mostly has one element.

use std::collections::BTreeSet;

/// A set in order; one element takes no room of its own.
#[derive(Debug, Default)]
pub(super) enum Few<T> {
    #[default]
    None,
    One(T),
    Many(BTreeSet<T>),
}

impl<T: Copy + Ord> Few<T> {
    pub(super) fn insert(&mut self, element: T) {
        match self {
            Few::None => *self = Few::One(element),
            Few::One(other) if *other != element => {
                *self = Few::Many(BTreeSet::from([*other, element]));
            }
            Few::One(_) => {}
            Few::Many(elements) => {
                elements.insert(element);
            }
        }
    }

    pub(super) fn remove(&mut self, element: T) {
        match self {
            Few::One(other) if *other == element => *self = Few::None,
            Few::None | Few::One(_) => {}
            Few::Many(elements) => {
                elements.remove(&element);
                match elements.len() {
                    0 => *self = Few::None,
                    1 => *self = elements.first().map_or(Few::None, |only| Few::One(*only)),
                    _ => {}
                }
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Few::None => 0,
            Few::One(_) => 1,
            Few::Many(elements) => elements.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Few::None)
    }

    /// Adds them all to a list.
    pub(super) fn append_to(&self, list: &mut Vec<T>) {
        match self {
            Few::None => {}
            Few::One(element) => list.push(*element),
            Few::Many(elements) => list.extend(elements),
        }
    }
}
