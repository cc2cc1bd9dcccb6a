//! The program that is started and killed, and the data that outlives it.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::client::KEYS;

/// How long a start may take, however much there is to recover.
const START: Duration = Duration::from_secs(60);

/// Who may call: where signatures are required, queues' policies are asked too.
const CONFIGURATION: &str = "millpond.toml";

/// A data directory, and what the programs that worked on it wrote.
pub(super) struct Data {
    program: PathBuf,
    folder: PathBuf,
}

impl Data {
    /// A new, empty folder below `target/crash`.
    pub(super) fn new(program: PathBuf) -> Result<Data> {
        let folder = crate::root().join(format!("target/crash/{}", std::process::id()));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(CONFIGURATION), KEYS)?;
        Ok(Data { program, folder })
    }

    /// Where to look when something was broken.
    pub(super) fn keep(&self) -> String {
        format!("data and log are kept in {}", self.folder.display())
    }

    /// Nothing was broken, so nothing needs to be looked at.
    pub(super) fn remove(&self) -> Result<()> {
        Ok(fs::remove_dir_all(&self.folder)?)
    }
}

/// A running program; it is killed when it is dropped.
pub(super) struct Program {
    child: Child,
    address: Receiver<SocketAddr>,
}

impl Program {
    /// Starts it on the data, on a port of its own choice. It may not be listening yet.
    pub(super) fn start(data: &Data) -> Result<Program> {
        let log = data.folder.join("program.log");
        let mut log = OpenOptions::new().create(true).append(true).open(log)?;
        writeln!(log, "--- start")?;
        let settings = std::env::vars_os().map(|(name, _)| name);
        let settings = settings.filter(|name| name.to_string_lossy().starts_with("MILLPOND_"));
        let mut command = Command::new(&data.program);
        settings.for_each(|name| _ = command.env_remove(name)); // whoever runs this has their own
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data.folder.join("data"))
            .arg("--config")
            .arg(data.folder.join(CONFIGURATION))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.try_clone()?)
            .spawn()
            .with_context(|| format!("cannot start {}", data.program.display()))?;
        let output = child.stdout.take().context("its output is piped")?;
        let (found, address) = channel();
        thread::spawn(move || {
            _ = follow(output, &mut log, |address| _ = found.send(address));
        });
        Ok(Program { child, address })
    }

    /// Waits until it listens, and answers where.
    pub(super) fn listening(&self) -> Result<SocketAddr> {
        let address = self.listening_within(START)?;
        address.with_context(|| format!("the program did not start within {START:?}"))
    }

    /// Where it listens, if it does within so long a time.
    pub(super) fn listening_within(&self, time: Duration) -> Result<Option<SocketAddr>> {
        match self.address.recv_timeout(time) {
            Ok(address) => Ok(Some(address)),
            Err(RecvTimeoutError::Disconnected) => bail!("the program ended instead of starting"),
            Err(RecvTimeoutError::Timeout) => Ok(None),
        }
    }

    /// Kills it with SIGKILL. Fails when it was no longer running: nobody else may end it.
    pub(super) fn kill(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the program ended by itself: {status}");
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Copies its output to the log, and tells the address that it listens on.
fn follow(
    output: ChildStdout,
    log: &mut fs::File,
    found: impl Fn(SocketAddr),
) -> std::io::Result<()> {
    for line in BufReader::new(output).lines() {
        let line = line?;
        writeln!(log, "{line}")?;
        if let Some(address) = address_in(&line) {
            found(address);
        }
    }
    Ok(())
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, address) = line.split_once("listens on http://")?;
    address.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_line_that_tells_it() {
        let line = "Millpond 1.2.3 listens on http://127.0.0.1:4567";
        assert_eq!(address_in(line), Some(SocketAddr::from(([127, 0, 0, 1], 4567))));
        assert_eq!(address_in("export URL=http://127.0.0.1:4567"), None);
    }
}
