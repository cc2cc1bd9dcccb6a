//! The supervisor of all children.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use parking_lot::Mutex;
use rustix::pipe::{PipeFlags, pipe_with};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinSet;

use crate::child::{Child, Ends};
use crate::command::Command;
use crate::control::{self, Streams};
use crate::spec::{GUARD, LONGEST};
use crate::watcher::Watcher;

/// The configuration of the supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Children at the same time.
    pub children: usize,
    /// The program whose `main` calls [`guard`](crate::guard).
    pub guard: PathBuf,
}

impl Default for Config {
    /// This program itself, also if its file has been replaced since.
    fn default() -> Self {
        Config { children: 256, guard: "/proc/self/exe".into() }
    }
}

/// A child that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// There are as many children as there may be, or the program stops.
    #[error("there are too many child processes")]
    Busy,
    /// The machine has no process or file left, or the guard is not there.
    #[error("cannot start a guard: {0}")]
    Guard(#[from] io::Error),
    /// The program is not there or cannot be run.
    #[error("cannot start the program: {0}")]
    Program(String),
}

/// Starts children, and ends them all when it is dropped.
pub struct Supervisor {
    guard: PathBuf,
    places: Arc<Semaphore>,
    children: usize,
    watchers: Mutex<JoinSet<()>>,
    closing: watch::Sender<bool>,
}

impl Supervisor {
    /// A supervisor without children.
    pub fn new(config: Config) -> Self {
        Supervisor {
            guard: config.guard,
            places: Arc::new(Semaphore::new(config.children)),
            children: config.children,
            watchers: Mutex::default(),
            closing: watch::Sender::new(false),
        }
    }

    /// Children that run, or are on the way to their end.
    pub fn running(&self) -> usize {
        self.children - self.places.available_permits()
    }

    /// Starts a child.
    pub async fn spawn(&self, command: Command) -> Result<Child, SpawnError> {
        let place = self.place()?;
        let (ends, streams) = pipes()?;
        let mut watcher = self.start_guard(command, streams, place).await?;
        let id = watcher.started().await?;
        let (stop, stopped) = oneshot::channel();
        let (exit, exited) = oneshot::channel();
        let watching = watcher.run(stopped, self.closing.subscribe(), exit);
        let mut watchers = self.watchers.lock();
        while watchers.try_join_next().is_some() {}
        watchers.spawn(watching);
        Ok(Child::new(id, ends, stop, exited))
    }

    /// Ends all children and waits until they have ended; no more are started.
    pub async fn close(&self) {
        self.places.close();
        self.closing.send_replace(true);
        let mut watchers = std::mem::take(&mut *self.watchers.lock());
        while watchers.join_next().await.is_some() {}
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, SpawnError> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| SpawnError::Busy)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the room of child processes")]
    async fn start_guard(
        &self,
        command: Command,
        streams: Streams,
        place: OwnedSemaphorePermit,
    ) -> Result<Watcher, SpawnError> {
        let spec = serde_json::to_vec(&command.into_spec()).map_err(io::Error::from)?;
        let length = u32::try_from(spec.len()).ok().filter(|length| *length <= LONGEST);
        let length = length.ok_or_else(|| SpawnError::Program("too many arguments".into()))?;
        let (ours, theirs) = UnixStream::pair()?;
        control::send(&ours, length, &streams)?;
        // Its own group: a signal for the program from its terminal is none for the guard.
        let guard = tokio::process::Command::new(&self.guard)
            .arg(GUARD)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(Watcher::new(guard, ours, &spec, place).await?)
    }
}

/// The two ends of three pipes.
fn pipes() -> io::Result<(Ends, Streams)> {
    let pipe = || pipe_with(PipeFlags::CLOEXEC);
    let ((stdin, write), (read, stdout), (read_error, stderr)) = (pipe()?, pipe()?, pipe()?);
    let ends = Ends {
        stdin: Sender::from_owned_fd(write)?,
        stdout: Receiver::from_owned_fd(read)?,
        stderr: Receiver::from_owned_fd(read_error)?,
    };
    Ok((ends, [stdin, stdout, stderr]))
}
