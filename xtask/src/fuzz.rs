//! `cargo xtask fuzz`: every reader of untrusted bytes, fed by chance for a while (see `crates/fuzzing`).

use anyhow::{Context, Result, ensure};

/// Builds the targets as the program is released, and runs them.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut command = crate::command(env!("CARGO"));
    command.args(["run", "--quiet", "--release", "--package", "fuzzing", "--"]);
    command.args(arguments).current_dir(crate::root());
    let status = command.status().context("the targets are run")?;
    ensure!(status.success(), "{status}");
    Ok(())
}
