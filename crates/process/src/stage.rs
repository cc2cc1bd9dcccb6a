//! The stage between guard and child: sets what holds for the child, and becomes it.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal, setsid};

use crate::limits::Limits;

/// The exit status of a child that could not become its program, as a shell's.
const NOT_FOUND: u8 = 127;

/// Becomes the child: the arguments are the guard's id, the limits, the program and its arguments.
pub(crate) fn run(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let first = (arguments.next(), arguments.next(), arguments.next());
    let (Some(guard), Some(limits), Some(program)) = first else { return ExitCode::FAILURE };
    let error = match prepare(&guard, &limits) {
        Ok(()) => exec(&program, arguments),
        Err(error) => error,
    };
    // The child's own standard error; nobody may read it.
    _ = writeln!(io::stderr(), "cannot start {}: {error}", program.display());
    ExitCode::from(NOT_FOUND)
}

fn prepare(guard: &OsString, limits: &OsString) -> io::Result<()> {
    let wrong = || io::Error::from(io::ErrorKind::InvalidInput);
    let (guard, limits) = (guard.to_str().ok_or_else(wrong)?, limits.to_str().ok_or_else(wrong)?);
    let limits: Limits = serde_json::from_str(limits)?;
    setsid()?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // A guard that died before the line above sends no signal any more.
    if getppid().map(Pid::as_raw_pid) != guard.parse().ok() {
        return Err(io::Error::other("the guard is gone"));
    }
    limits.apply()
}

#[expect(clippy::disallowed_methods, reason = "this is the room of child processes")]
fn exec(program: &OsString, arguments: impl Iterator<Item = OsString>) -> io::Error {
    Command::new(program).args(arguments).exec()
}
