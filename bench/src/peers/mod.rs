//! What is measured: servers, started here or already running.

mod build;
mod process;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use tempfile::TempDir;

pub(crate) use build::{build, example_answers, target_directory};
use process::Process;

use crate::traffic::Absent;

/// A kind of server, and how to start one.
#[derive(Clone, Debug)]
pub(crate) enum Server {
    /// Millpond, on an empty data directory.
    Millpond {
        program: PathBuf,
        /// Without a disk, which is not how it is started by default.
        memory: bool,
    },
    /// The bare HTTP server, with the answers of a directory.
    Ceiling { program: PathBuf, answers: PathBuf, threads: usize },
    /// A server that already runs.
    Running { address: SocketAddr, pid: Option<u32> },
}

/// A server that runs. What was started here ends when this is dropped, then its data is removed.
#[derive(Debug)]
pub(crate) struct Peer {
    address: SocketAddr,
    pid: Option<u32>,
    tells_commits: bool,
    _process: Option<Process>,
    _data: Option<TempDir>,
}

impl Server {
    /// What it is called in the report.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Server::Millpond { memory: false, .. } => "millpond",
            Server::Millpond { memory: true, .. } => "in memory",
            Server::Ceiling { .. } => "ceiling",
            Server::Running { .. } => "endpoint",
        }
    }

    /// The server that runs at a URL.
    pub(crate) fn at(url: &str, pid: Option<u32>) -> anyhow::Result<Server> {
        let Some(rest) = url.strip_prefix("http://") else {
            bail!("{url}: only http:// is measured");
        };
        let authority = rest.split('/').next().unwrap_or_default();
        let mut addresses = authority.to_socket_addrs().with_context(|| url.to_owned())?;
        let address = addresses.find(SocketAddr::is_ipv4).context("no such host")?;
        Ok(Server::Running { address, pid })
    }

    /// Whether it does nothing but answer.
    pub(crate) fn is_ceiling(&self) -> bool {
        matches!(self, Server::Ceiling { .. })
    }

    /// Whether it is this project's program, started here.
    pub(crate) fn is_millpond(&self) -> bool {
        matches!(self, Server::Millpond { .. })
    }

    /// Starts one, with its data in a new directory below `data`, and waits until it listens.
    pub(crate) fn start(&self, data: &Path) -> anyhow::Result<Peer> {
        match self {
            Server::Millpond { .. } => {
                let directory = tempfile::Builder::new().prefix("millpond-").tempdir_in(data)?;
                let mut peer = self.start_in(directory.path())?;
                peer._data = Some(directory);
                Ok(peer)
            }
            Server::Ceiling { program, answers, threads } => {
                let mut command = Command::new(program);
                command.arg(answers).arg(threads.to_string());
                Peer::start(command, false)
            }
            Server::Running { address, pid } => Ok(Peer {
                address: *address,
                pid: *pid,
                tells_commits: true,
                _process: None,
                _data: None,
            }),
        }
    }

    /// Starts one on a directory that may hold data and outlives it; an error of type [`Absent`] for
    /// servers that are not started here.
    pub(crate) fn start_in(&self, directory: &Path) -> anyhow::Result<Peer> {
        let Server::Millpond { program, memory } = self else {
            return Err(Absent("only a program that is started here can be measured".into()).into());
        };
        let mut command = Command::new(program);
        command.args(["--listen", "127.0.0.1:0"]);
        if *memory {
            command.arg("--memory");
        } else {
            command.arg("--data-dir").arg(directory);
        }
        Peer::start(command, true)
    }
}

impl Peer {
    fn start(command: Command, tells_commits: bool) -> anyhow::Result<Peer> {
        let (process, address) = Process::start(command)?;
        let pid = Some(process.id());
        Ok(Peer { address, pid, tells_commits, _process: Some(process), _data: None })
    }

    /// Whether it may be asked what it has committed.
    pub(crate) fn tells_commits(&self) -> bool {
        self.tells_commits
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process, if known.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.pid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_an_http_url_with_a_port() {
        let Server::Running { address, .. } = Server::at("http://127.0.0.1:9324/a", None).unwrap()
        else {
            panic!("not running");
        };
        assert_eq!(address, "127.0.0.1:9324".parse().unwrap());
        assert!(Server::at("https://127.0.0.1:9324", None).is_err());
        assert!(Server::at("http://127.0.0.1", None).is_err());
    }
}
