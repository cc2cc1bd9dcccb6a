//! Building what is measured.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// Builds both servers as they are shipped.
pub(crate) fn build() -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "-p", "server", "-p", "ceiling"])
        .current_dir(root())
        .status()
        .context("cargo did not start")?;
    ensure!(status.success(), "the servers could not be built");
    Ok(())
}

/// Where cargo puts what it builds: as cargo decides it, but for configuration files.
pub(crate) fn target_directory() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => root().join(directory),
        None => root().join("target"),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Answers as the service would give them, for the ceiling when there is nobody to record them from.
pub(crate) fn example_answers() -> PathBuf {
    root().join("bench/answers")
}
