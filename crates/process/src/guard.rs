//! The guard: the parent of one child, which ends it and everything that descends from it.

use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{self, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Access, access};
use rustix::process::{
    Pid, PidfdFlags, Signal, getpid, kill_process_group, pidfd_open, set_child_subreaper,
};

use crate::control::{self, Streams};
use crate::descendants;
use crate::limits::Limits;
use crate::spec::{Cause, Exit, Report, STAGE, Spec};

/// Guards one child, from its specification to its end. The control socket is the standard input.
pub(crate) fn run() -> ExitCode {
    let socket = io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from);
    let Ok(mut socket) = socket else { return ExitCode::FAILURE };
    let report = match guard(&mut socket) {
        Ok(exit) => Report::Ended(exit),
        Err(error) => Report::Failed(error.to_string()),
    };
    tell(&mut socket, &report);
    ExitCode::SUCCESS
}

fn guard(socket: &mut UnixStream) -> io::Result<Exit> {
    set_child_subreaper(Some(getpid()))?;
    let (spec, streams) = control::receive(socket)?;
    let limits = spec.limits;
    let mut child = start(spec, streams)?;
    let result = watch(socket, &child, limits);
    // Also after an error: nothing is left behind.
    let cause = result.as_ref().copied().unwrap_or(Cause::Lost);
    signal(&child, Signal::KILL);
    let status = child.wait()?;
    descendants::end_all();
    result.map(|_| Exit { code: status.code(), signal: status.signal(), cause })
}

#[expect(clippy::disallowed_methods, reason = "this is the room of child processes")]
fn start(spec: Spec, streams: Streams) -> io::Result<process::Child> {
    if !Path::new(&spec.program).is_absolute() {
        return Err(io::Error::other("the program's path is not absolute"));
    }
    access(&*spec.program, Access::EXEC_OK)?;
    let [stdin, stdout, stderr] = streams.map(Stdio::from);
    Command::new("/proc/self/exe")
        .arg(STAGE)
        .arg(process::id().to_string())
        .arg(serde_json::to_string(&spec.limits)?)
        .arg(spec.program)
        .args(spec.arguments)
        .env_clear()
        .envs(spec.environment)
        .current_dir(spec.folder)
        .stdin(stdin)
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
}

/// Waits for the child's end, asks it to end when that is due, and kills it when it does not.
fn watch(socket: &mut UnixStream, child: &process::Child, limits: Limits) -> io::Result<Cause> {
    let ended = pidfd_open(pid(child)?, PidfdFlags::empty())?;
    tell(socket, &Report::Started(child.id().cast_signed()));
    let cause = match wait(Some(socket), &ended, limits.time)? {
        Woken::Ended => return Ok(Cause::Own),
        Woken::Asked => Cause::Stopped,
        Woken::Time => Cause::Time,
    };
    signal(child, Signal::TERM);
    if let Woken::Time = wait(None, &ended, limits.grace)? {
        signal(child, Signal::KILL);
    }
    Ok(cause)
}

enum Woken {
    /// The child has ended.
    Ended,
    /// The program asks to end it, or is gone.
    Asked,
    /// The time is up.
    Time,
}

/// Waits for one of three things. Without a socket nobody can ask.
#[expect(clippy::disallowed_methods, reason = "a child lives in the machine's time")]
fn wait(socket: Option<&mut UnixStream>, ended: &OwnedFd, time: Duration) -> io::Result<Woken> {
    let until = Instant::now().checked_add(time);
    loop {
        let mut fds = vec![PollFd::new(ended, PollFlags::IN)];
        fds.extend(socket.as_deref().map(|socket| PollFd::new(socket, PollFlags::IN)));
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut fds, left.as_ref()) {
            Ok(0) => return Ok(Woken::Time),
            Ok(_) if !fds[0].revents().is_empty() => return Ok(Woken::Ended),
            Ok(_) => return Ok(Woken::Asked),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Sends a signal to the child's group. Before the child has made its own, it gets the signal alone.
fn signal(child: &process::Child, signal: Signal) {
    let Ok(pid) = pid(child) else { return };
    if kill_process_group(pid, signal).is_err() {
        _ = rustix::process::kill_process(pid, signal);
    }
}

fn pid(child: &process::Child) -> io::Result<Pid> {
    Pid::from_raw(child.id().cast_signed()).ok_or(io::ErrorKind::InvalidData.into())
}

/// Tells the program; if it is gone, nobody needs to know.
fn tell(socket: &mut UnixStream, report: &Report) {
    if let Ok(mut line) = serde_json::to_vec(report) {
        line.push(b'\n');
        _ = socket.write_all(&line);
    }
}
