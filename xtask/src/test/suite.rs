//! The suites, and the command that each one is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::count::{self, Counted};
use super::{javascript, run};
use crate::python::Environment;

/// A set of tests with one kind of client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suite {
    /// Unit and scenario tests of every crate.
    Rust,
    /// The API of every known service, in every protocol that it speaks.
    Models,
    /// The current boto3.
    Python,
    /// The same tests through a boto3 that speaks Query to SQS.
    Query,
    /// The AWS CLI.
    Cli,
    /// The AWS SDK for JavaScript.
    Javascript,
    /// A Celery application, whose broker is killed.
    Celery,
    /// A few kills under load.
    Crash,
}

impl Suite {
    /// All of them, in the order in which they run: what fails fastest comes first.
    pub(super) const ALL: [Suite; 8] = [
        Suite::Rust,
        Suite::Models,
        Suite::Python,
        Suite::Query,
        Suite::Cli,
        Suite::Javascript,
        Suite::Celery,
        Suite::Crash,
    ];

    /// The suite with this name.
    pub(super) fn named(name: &str) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.to_string() == name)
    }

    /// What it is, in a few words.
    pub(super) fn describes(self) -> &'static str {
        match self {
            Suite::Rust => "every crate's own tests",
            Suite::Models => "every known API, in every protocol that it speaks",
            Suite::Python => "boto3, JSON",
            Suite::Query => "boto3 of before November 2023, Query",
            Suite::Cli => "the AWS CLI",
            Suite::Javascript => "the AWS SDK for JavaScript, and sqs-consumer over it",
            Suite::Celery => "Celery, with its broker killed twice",
            Suite::Crash => "kill -9 under load",
        }
    }

    /// Whether it needs the program to be built.
    pub(super) fn needs_program(self) -> bool {
        !matches!(self, Suite::Rust | Suite::Models | Suite::Crash)
    }

    /// Runs it; answers how many tests passed. Fails when one of them does.
    pub(super) fn run(self) -> Result<Counted> {
        match self {
            Suite::Rust => run::counted(&mut cargo_test(), count::cargo),
            Suite::Models => {
                let folder = crate::codegen::models::write()?;
                run::counted(
                    cargo_test().current_dir(folder).env("CARGO_TARGET_DIR", target()),
                    count::cargo,
                )
            }
            Suite::Python => pytest(Environment::Current, "tests/python"),
            Suite::Query => pytest(Environment::Query, "tests/python"),
            Suite::Cli => {
                Environment::Cli.prepare()?;
                pytest(Environment::Current, "tests/cli")
            }
            Suite::Javascript => {
                run::counted(with_program(&mut javascript::prepare()?), count::node)
            }
            Suite::Celery => pytest(Environment::Celery, "tests/celery"),
            Suite::Crash => {
                let kills = 5;
                crate::crash::run(&["--debug".into(), "--kills".into(), kills.to_string()])?;
                Ok(Counted { passed: kills, skipped: 0 })
            }
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Suite::Rust => "rust",
            Suite::Models => "models",
            Suite::Python => "python",
            Suite::Query => "query",
            Suite::Cli => "cli",
            Suite::Javascript => "javascript",
            Suite::Celery => "celery",
            Suite::Crash => "crash",
        })
    }
}

fn cargo_test() -> Command {
    let mut command = crate::command(env!("CARGO"));
    command.args(["test", "--quiet", "--workspace"]).current_dir(crate::root());
    command
}

fn pytest(environment: Environment, folder: &str) -> Result<Counted> {
    let python = environment.prepare()?.join("bin/python");
    let mut command = crate::command(python);
    command.args(["-m", "pytest", "--maxfail=10"]).current_dir(crate::root().join(folder));
    run::counted(with_program(&mut command), count::pytest)
}

/// Tells the tests where the program is, and the CLI's tests where the CLI is.
fn with_program(command: &mut Command) -> &mut Command {
    let target = target();
    command
        .env("PROGRAM_UNDER_TEST", target.join("debug/millpond"))
        .env("AWS_CLI", target.join("python/cli/bin/aws"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NODE_NO_WARNINGS", "1")
}

/// Where cargo builds to.
fn target() -> PathBuf {
    crate::root().join(Path::new("target"))
}
