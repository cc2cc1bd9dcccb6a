//! The one room for child processes. Linux only.
//!
//! A child is started through a guard: a process of this same program that is the child's parent, and that
//! holds one end of a socket. The guard ends the child, and everything that descends from it, when it is
//! told to, when the time is up, or when the socket closes, which the kernel does also for a program
//! that was killed. Nothing of it needs root, nor code between fork and exec:
//!
//! - the guard adopts orphans (`PR_SET_CHILD_SUBREAPER`), so that a process that leaves its group and its
//!   session is still found;
//! - between guard and child stands a short stage that sets limits, a session, and a signal for the
//!   guard's death (`PR_SET_PDEATHSIG`), and then becomes the child by exec.
//!
//! A program that starts children calls [`guard`] first of all in its `main`.

mod child;
mod command;
mod control;
mod descendants;
mod guard;
mod limits;
mod spec;
mod stage;
mod supervisor;
mod watcher;

use std::process::ExitCode;

pub use child::{Child, Collected, Output};
pub use command::Command;
pub use limits::Limits;
pub use spec::{Cause, Exit};
pub use supervisor::{Config, SpawnError, Supervisor};

/// Does the work of a guard if this process was started as one; the program then ends with the code.
pub fn guard() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next()?.to_str()? {
        spec::GUARD => Some(guard::run()),
        spec::STAGE => Some(stage::run(arguments)),
        _ => None,
    }
}
