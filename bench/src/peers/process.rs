//! A server as a child process that cannot be forgotten.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How long a server may take until it says where it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(20);
/// How many of its last lines are shown when it does not.
const LINES: usize = 20;
/// The longest line that is read in one piece.
const LINE: u64 = 4096;

/// A child process; it is killed, and waited for, when this is dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts a server on a port of its own choice and waits until it has said which: the first
    /// `127.0.0.1:<port>` that it prints.
    pub(crate) fn start(mut command: Command) -> anyhow::Result<(Process, SocketAddr)> {
        // Nothing of the caller's environment may change how a server is started.
        command.env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process = Process(command.spawn().context(name.clone())?);
        let (sender, lines) = sync_channel(LINES);
        if let Some(output) = process.0.stdout.take() {
            forward(output, sender.clone());
        }
        if let Some(output) = process.0.stderr.take() {
            forward(output, sender);
        }
        let address = first_address(&lines).context(name)?;
        Ok((process, address))
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait()) {
            eprintln!("process {} could not be ended: {error}", self.0.id());
        }
    }
}

/// Reads the output to its end, so that the server never waits for a reader. Lines that nobody has
/// time for are dropped.
fn forward(output: impl Read + Send + 'static, lines: SyncSender<String>) {
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while matches!(output.by_ref().take(LINE).read_until(b'\n', &mut line), Ok(1..)) {
            let _ = lines.try_send(String::from_utf8_lossy(&line).trim_end().to_owned());
            line.clear();
        }
    });
}

fn first_address(lines: &Receiver<String>) -> anyhow::Result<SocketAddr> {
    let limit = Instant::now() + STARTS_WITHIN;
    let mut last = VecDeque::new();
    loop {
        let line = match lines.recv_timeout(limit.saturating_duration_since(Instant::now())) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => bail!("it does not say where it listens: {last:?}"),
            Err(RecvTimeoutError::Disconnected) => bail!("it ended at once: {last:?}"),
        };
        if let Some(address) = address(&line) {
            return Ok(address);
        }
        last.push_back(line);
        if last.len() > LINES {
            last.pop_front();
        }
    }
}

/// The loopback address with a port in a line.
fn address(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("127.0.0.1:")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    match rest[..digits].parse() {
        Ok(0) | Err(_) => None,
        Ok(port) => Some(SocketAddr::from(([127, 0, 0, 1], port))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_address_is_found_in_whatever_is_printed_around_it() {
        let found = Some("127.0.0.1:4100".parse().unwrap());
        assert_eq!(address("listening on http://127.0.0.1:4100/"), found);
        assert_eq!(address(r#"{"fields":{"address":"127.0.0.1:4100"}}"#), found);
        assert_eq!(address("asked for 127.0.0.1:0"), None);
        assert_eq!(address("0.0.0.0:4100"), None);
    }

    #[test]
    fn a_server_is_gone_when_nobody_holds_it() {
        let script = "echo 127.0.0.1:4100; exec tail -f /dev/null";
        let (process, address) = Process::start(shell(script)).unwrap();
        assert_eq!(address.port(), 4100);
        let entry = std::path::PathBuf::from(format!("/proc/{}", process.id()));
        assert!(entry.exists());
        drop(process);
        assert!(!entry.exists());
    }

    #[test]
    fn a_server_that_ends_at_once_says_why() {
        let error = Process::start(shell("echo no such option >&2")).unwrap_err();
        assert!(format!("{error:#}").contains("no such option"), "{error:#}");
    }
}
