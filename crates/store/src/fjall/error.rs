//! What the engine's errors mean to the contract.

use ::fjall::{Error, LsmError};

use super::directory::Directory;
use super::journal::Unreadable;
use crate::{OpenError, StoreError};

/// An error while the database is opened.
pub(super) fn at_open(directory: &Directory) -> impl Fn(Error) -> OpenError {
    let directory = directory.name();
    move |error| {
        let directory = directory.clone();
        match error {
            Error::Locked => OpenError::InUse(directory),
            Error::Io(source) => OpenError::Io { directory, source },
            other => OpenError::Damaged { directory, reason: other.to_string() },
        }
    }
}

/// An error while the journals are looked at.
pub(super) fn at_inspection(directory: &Directory) -> impl Fn(Unreadable) -> OpenError + use<> {
    let directory = directory.name();
    move |error| {
        let directory = directory.clone();
        match error {
            Unreadable::Damaged(reason) => OpenError::Damaged { directory, reason },
            Unreadable::Io(source) => OpenError::Io { directory, source },
        }
    }
}

/// An error while something is read.
pub(super) fn at_read(error: Error) -> StoreError {
    let text = error.to_string();
    match error {
        Error::Io(_) | Error::Storage(LsmError::Io(_)) => StoreError::Unavailable(text),
        Error::Poisoned => StoreError::Broken(text),
        _ => StoreError::Damaged(text),
    }
}
