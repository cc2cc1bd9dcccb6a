//! Receive request attempt ids: which messages in flight were given out together.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-receiverequestattemptid-request-parameter.html>

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use sha2::{Digest, Sha256};
use store::Position;

use crate::model::backlog::Tracked;

/// A receive that had an attempt id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// The first bytes of the hash of its id.
    pub(crate) id: u64,
    /// How many messages it got.
    pub(crate) of: NonZeroU32,
    /// The first of these, which tells it from an earlier receive with the same id.
    pub(crate) first: Position,
}

impl Attempt {
    /// What stands for an attempt id.
    pub(crate) fn id_of(given: &str) -> u64 {
        let hash = Sha256::digest(given.as_bytes());
        hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// Messages by the attempt that received them last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attempts(BTreeMap<u64, BTreeSet<Position>>);

impl Attempts {
    pub(super) fn add(&mut self, position: Position, message: &Tracked) {
        if let Some(attempt) = message.attempt {
            self.0.entry(attempt.id).or_default().insert(position);
        }
    }

    pub(super) fn remove(&mut self, position: Position, message: &Tracked) {
        let Some(attempt) = message.attempt else { return };
        if let Some(positions) = self.0.get_mut(&attempt.id) {
            positions.remove(&position);
            if positions.is_empty() {
                self.0.remove(&attempt.id);
            }
        }
    }

    /// The messages of an attempt, in order.
    pub(super) fn messages(&self, id: u64) -> impl Iterator<Item = Position> {
        self.0.get(&id).into_iter().flatten().copied()
    }
}
