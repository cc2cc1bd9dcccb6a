//! What cargo knows of the packages.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// All packages that the workspace's lock file names.
#[derive(Deserialize)]
pub(super) struct Metadata {
    /// Ours and those of others.
    pub(super) packages: Vec<Package>,
}

/// One package.
#[derive(Deserialize)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: String,
    /// An SPDX expression.
    pub(super) license: Option<String>,
    /// Where it comes from; none for our own.
    pub(super) source: Option<String>,
    /// Its `Cargo.toml`.
    pub(super) manifest_path: String,
    /// What it uses: itself, in its tests and in its build script.
    pub(super) dependencies: Vec<Dependency>,
}

/// One thing that a package uses.
#[derive(Deserialize)]
pub(super) struct Dependency {
    /// The used package's name.
    pub(super) name: String,
    /// `dev` when only its tests use it.
    pub(super) kind: Option<String>,
}

impl Metadata {
    /// Asks cargo.
    pub(super) fn read() -> Result<Metadata> {
        let answer = crate::command(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked"])
            .current_dir(crate::root())
            .output()
            .context("cargo tells its metadata")?;
        ensure!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        Ok(serde_json::from_slice(&answer.stdout)?)
    }

    /// The packages of this workspace.
    pub(super) fn own(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none())
    }
}

impl Package {
    /// Its folder, from the checkout's root on.
    pub(super) fn folder(&self) -> &str {
        let root = crate::root().to_str().unwrap_or_default();
        let folder = self.manifest_path.trim_end_matches("/Cargo.toml");
        folder.strip_prefix(root).unwrap_or(folder).trim_start_matches('/')
    }

    /// The names of what it uses, or of what only its tests use; each once.
    pub(super) fn uses(&self, in_tests: bool) -> BTreeSet<&str> {
        let is_dev = |used: &&Dependency| used.kind.as_deref() == Some("dev");
        let used = self.dependencies.iter().filter(|used| is_dev(used) == in_tests);
        used.map(|used| used.name.as_str()).collect()
    }
}
