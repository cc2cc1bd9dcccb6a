//! Limits of a child.

use std::io;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// The limits of a child. Those but the times are for each of its processes; `None` leaves the
/// program's own.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Time until the child is ended.
    pub time: Duration,
    /// Time between the request to end (SIGTERM) and the end (SIGKILL).
    pub grace: Duration,
    /// Seconds of computing.
    pub cpu_seconds: Option<u64>,
    /// Bytes of address space.
    pub memory_bytes: Option<u64>,
    /// Bytes of a file.
    pub file_bytes: Option<u64>,
    /// Open files.
    pub open_files: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            time: Duration::from_secs(900),
            grace: Duration::from_secs(2),
            cpu_seconds: None,
            memory_bytes: None,
            file_bytes: None,
            open_files: None,
        }
    }
}

impl Limits {
    /// Sets the limits of this process, and of all that descend from it. There is never a core file.
    pub(crate) fn apply(&self) -> io::Result<()> {
        let limits = [
            (Resource::Cpu, self.cpu_seconds),
            (Resource::As, self.memory_bytes),
            (Resource::Fsize, self.file_bytes),
            (Resource::Nofile, self.open_files),
            (Resource::Core, Some(0)),
        ];
        for (resource, limit) in limits {
            let Some(limit) = limit else { continue };
            // What is above the present limit only root could set: the lower one holds.
            let limit = getrlimit(resource).maximum.map_or(limit, |most| most.min(limit));
            setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
        }
        Ok(())
    }
}
