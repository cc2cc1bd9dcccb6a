//! The JavaScript tests: their packages as locked, then Node's own test runner.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

const FOLDER: &str = "tests/javascript";

/// Installs what the lock names unless it is there already; answers the command that tests.
pub(super) fn prepare() -> Result<Command> {
    let folder = crate::root().join(FOLDER);
    let lock = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
        crate::python::run(crate::command("npm").args(["ci", "--silent"]).current_dir(&folder))?;
        fs::copy(&lock, &stamp)?;
    }
    let mut command = crate::command("node");
    command.args(["--test", "--test-reporter=spec"]).current_dir(folder);
    Ok(command)
}
