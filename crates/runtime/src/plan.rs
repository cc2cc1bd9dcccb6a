//! What a decision may say.

use base::{Random, Timestamp};
use store::{Durability, Growth, Refused};
use thiserror::Error;

use crate::lane::Lane;

/// What a decision may know beside its lane's state and its input.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'n> {
    /// The time.
    pub now: Timestamp,
    /// Fresh ids and secrets.
    pub random: &'n Random,
    /// Whether the node is stopping: whoever would wait answers with what there is.
    pub stopping: bool,
}

/// What an operation decides, from the lane's state, its input and the moment alone.
pub enum Decision<L: Lane, A, E> {
    /// Do this, then answer.
    Plan(Plan<L, A>),
    /// Nothing yet: decide again when the lane has something for a waiter, at the latest then.
    Wait(Timestamp),
    /// The lane's memory lacks something: fetch it and decide again.
    Fetch(L::Need),
    /// No.
    Refuse(E),
}

/// Changes, and the answer once they are durable.
pub struct Plan<L: Lane, A> {
    /// What changes, in order. None for an answer that only reads.
    pub changes: Vec<L::Change>,
    /// What the caller gets when the newest commit that the decision saw is durable.
    pub answer: A,
    /// Whether the changes make the data larger.
    pub growth: Growth,
    /// What the changes survive.
    pub durability: Durability,
}

impl<L: Lane, A, E> Decision<L, A, E> {
    /// An answer that changes nothing.
    pub fn answer(answer: A) -> Self {
        Decision::keep(Vec::new(), answer)
    }

    /// Changes that add data.
    pub fn grow(changes: Vec<L::Change>, answer: A) -> Self {
        let (growth, durability) = (Growth::Grows, Durability::Disk);
        Decision::Plan(Plan { changes, answer, growth, durability })
    }

    /// Changes that free data or keep its size.
    pub fn keep(changes: Vec<L::Change>, answer: A) -> Self {
        let (growth, durability) = (Growth::Frees, Durability::Disk);
        Decision::Plan(Plan { changes, answer, growth, durability })
    }

    /// Changes that are made again if the machine ends before a later commit: how far deliveries have come,
    /// whose receivers know what they have.
    pub fn mark(changes: Vec<L::Change>, answer: A) -> Self {
        let (growth, durability) = (Growth::Frees, Durability::Process);
        Decision::Plan(Plan { changes, answer, growth, durability })
    }
}

/// Why a decision could not be carried out. Services turn it into their protocol's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// The store cannot take it; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store is not available, or the outcome of a commit is not known.
    #[error("not available: {0}")]
    Unavailable(String),
}
