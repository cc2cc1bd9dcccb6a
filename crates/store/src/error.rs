//! The few ways in which a store says no.

use thiserror::Error;

/// A batch cannot be taken; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// It is larger than the engine's largest batch.
    #[error("the change is too large for the store")]
    TooLarge,
    /// There is no room for it.
    #[error("the store is full")]
    Full,
}

/// A submitted commit is not known to be durable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommitError {
    /// Somebody else owns the slot now: stop serving it, answer nothing.
    #[error("the slot has another owner")]
    Fenced,
    /// It may be written or not: acquire the slot again and compare the commit number.
    #[error("the outcome of a commit is unknown")]
    Unknown,
    /// The engine cannot go on: the node stops.
    #[error("the store is broken: {0}")]
    Broken(String),
}

/// A read or a take-over did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Somebody else owns the slot now.
    #[error("the slot has another owner")]
    Fenced,
    /// The engine cannot be reached now.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// What was read is not what was written.
    #[error("the data is damaged: {0}")]
    Damaged(String),
    /// The engine cannot go on: the node stops.
    #[error("the store is broken: {0}")]
    Broken(String),
}

/// A data directory cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("{0} is in use by another process")]
    InUse(String),
    /// A newer program wrote it, or something else did.
    #[error("{directory} has data of format {found}; this program reads format {expected}")]
    Format {
        /// The directory.
        directory: String,
        /// The format it says.
        found: String,
        /// The format of this program.
        expected: String,
    },
    /// It is damaged.
    #[error("{directory} is damaged: {reason}")]
    Damaged {
        /// The directory.
        directory: String,
        /// What the engine says.
        reason: String,
    },
    /// The operating system says no.
    #[error("cannot open {directory}: {source}")]
    Io {
        /// The directory.
        directory: String,
        /// Its reason.
        source: std::io::Error,
    },
}
