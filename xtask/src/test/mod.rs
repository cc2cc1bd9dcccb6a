//! `cargo xtask test`: everything that must be green, on a machine with Rust, Python and Node.
//!
//! First the Rust tests and the APIs of all known services, then the program itself with real clients: the current boto3 (JSON to SQS),
//! a boto3 old enough to speak Query, the AWS CLI, the AWS SDK for JavaScript, a Celery
//! application, and a few kills under load. It stops at the first suite that fails and says how to
//! run that one again.

mod count;
mod javascript;
mod run;
mod suite;

use anyhow::{Context, Result, bail, ensure};

use self::suite::Suite;

const USAGE: &str =
    "usage: cargo xtask test [--only rust|models|python|query|cli|javascript|celery|crash]";

/// Runs all suites, or the one that `--only` names.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let suites = chosen(arguments)?;
    if suites.iter().any(|suite| suite.needs_program()) {
        build_program()?;
    }
    let mut passed = Vec::new();
    for suite in suites {
        println!("\n== {suite}: {}", suite.describes());
        let counted = suite.run().with_context(|| {
            format!("{suite} failed; to run it alone: cargo xtask test --only {suite}")
        })?;
        ensure!(counted.passed > 0, "{suite} ran no test at all");
        passed.push(format!("{:<12}{counted}", suite.to_string()));
    }
    println!("\n== all green\n{}", passed.join("\n"));
    Ok(())
}

fn chosen(arguments: &[String]) -> Result<Vec<Suite>> {
    match arguments {
        [] => Ok(Suite::ALL.to_vec()),
        [only, name] if only == "--only" => {
            Ok(vec![Suite::named(name).with_context(|| format!("no suite {name:?}\n{USAGE}"))?])
        }
        _ => bail!(USAGE),
    }
}

/// Builds the program that the clients are run against.
fn build_program() -> Result<()> {
    let build = ["build", "--quiet", "--package", "server"];
    crate::python::run(crate::command(env!("CARGO")).args(build).current_dir(crate::root()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn without_arguments_every_suite_runs() {
        assert_eq!(chosen(&[]).unwrap(), Suite::ALL);
    }

    #[test]
    fn one_suite_can_be_chosen_by_its_name() {
        for suite in Suite::ALL {
            assert_eq!(chosen(&words(&format!("--only {suite}"))).unwrap(), [suite]);
        }
    }

    #[test]
    fn what_is_not_understood_runs_nothing() {
        for arguments in ["--only", "--only nothing", "rust", "--only rust cli"] {
            assert!(chosen(&words(arguments)).is_err(), "{arguments}");
        }
    }
}
