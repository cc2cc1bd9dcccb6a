//! The words between the program and a guard: one [`Spec`] with the child's three streams, then lines
//! of [`Report`]. A byte from the program asks to end the child, as does the end of the stream.

use std::ffi::OsString;

use serde::{Deserialize, Serialize};

use crate::limits::Limits;

/// The first argument of a guard.
pub(crate) const GUARD: &str = "--child-guard";
/// The first argument of the stage between guard and child.
pub(crate) const STAGE: &str = "--child-stage";
/// The longest [`Spec`], in bytes: the kernel takes no more than 2 MiB of arguments and environment.
pub(crate) const LONGEST: u32 = 8 << 20;

/// A child to be started.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Spec {
    pub(crate) program: OsString,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) folder: OsString,
    pub(crate) limits: Limits,
}

/// A guard's word.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Report {
    /// The child runs; its id is its group's and session's, too.
    Started(i32),
    /// The child could not be started.
    Failed(String),
    /// The child and all its descendants have ended.
    Ended(Exit),
}

/// The end of a child.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Exit {
    /// The exit status, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// The reason.
    pub cause: Cause,
}

/// The reason for a child's end.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Cause {
    /// It ended by itself, or by a signal from elsewhere.
    Own,
    /// It was asked to end.
    Stopped,
    /// Its time was up.
    Time,
    /// Its guard was killed, and the group with it.
    Lost,
}

impl Exit {
    /// Returns true if the child ended by itself with status 0.
    pub fn is_success(&self) -> bool {
        self.cause == Cause::Own && self.code == Some(0)
    }
}
