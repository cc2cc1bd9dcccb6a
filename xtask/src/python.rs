//! Python environments, made once and kept under `target/`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A pinned set of Python packages: `tests/python/requirements-<name>.txt`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Environment {
    /// A current boto3 (JSON to SQS), pytest, and the models that `api` is generated from.
    Current,
    /// A boto3 old enough to speak Query to SQS.
    Query,
    /// The AWS CLI, which brings a botocore of its own.
    Cli,
    /// Celery, whose transport brings a boto3 of its own.
    Celery,
}

impl Environment {
    /// Its folder's name.
    fn name(self) -> &'static str {
        match self {
            Environment::Current => "current",
            Environment::Query => "query",
            Environment::Cli => "cli",
            Environment::Celery => "celery",
        }
    }

    /// Makes it if it is not there or its requirements have changed; answers its folder.
    pub(crate) fn prepare(self) -> Result<PathBuf> {
        let name = self.name();
        let requirements = crate::root().join(format!("tests/python/requirements-{name}.txt"));
        let wanted = fs::read_to_string(&requirements)
            .with_context(|| requirements.display().to_string())?;
        let folder = crate::root().join("target/python").join(name);
        let stamp = folder.join("installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(folder);
        }
        eprintln!("making the Python environment {name:?}");
        _ = fs::remove_dir_all(&folder);
        run(crate::command("python3").args(["-m", "venv"]).arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(crate::command(folder.join("bin/python")).args(pip).arg(&requirements))?;
        fs::copy(&requirements, &stamp)?; // last, so that half an environment is made anew
        Ok(folder)
    }
}

/// Runs a command and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}
