//! Runs a command, shows what it says as it says it, and counts its tests.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::count::Counted;

/// Runs it; `count` finds in each line of its output how many tests it tells of.
pub(super) fn counted(command: &mut Command, count: fn(&str) -> Counted) -> Result<Counted> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let output = child.stdout.take().context("its output is piped")?;
    let mut total = Counted::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        total += count(&line);
    }
    let status = child.wait()?;
    ensure!(status.success(), "{status}");
    Ok(total)
}
