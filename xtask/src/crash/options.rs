//! What the command line asks for.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rand::TryRng;
use rand::rngs::SysRng;

const USAGE: &str =
    "usage: cargo xtask crash [--kills N] [--seconds N] [--seed N] [--debug | --program PATH]";

/// A run's settings.
#[derive(Debug, PartialEq)]
pub(super) struct Options {
    /// How many kills; 100 unless asked otherwise.
    pub(super) kills: u32,
    /// No kill comes after so long a time.
    pub(super) seconds: Duration,
    /// Every choice of the run is drawn from it.
    pub(super) seed: u64,
    /// Whether the debug build is killed instead of the release build.
    pub(super) debug: bool,
    /// A program that is there already, to be killed instead of one that is built now.
    pub(super) program: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments.
    pub(super) fn parse(arguments: &[String]) -> Result<Options> {
        let seed = SysRng.try_next_u64()?;
        let mut options =
            Options { kills: 100, seconds: Duration::MAX, seed, debug: false, program: None };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut number = || -> Result<u64> {
                let number = words.next().with_context(|| format!("{word} needs a number"))?;
                number.parse().with_context(|| format!("{word} {number}"))
            };
            match word.as_str() {
                "--kills" => options.kills = number()?.try_into()?,
                "--seconds" => options.seconds = Duration::from_secs(number()?),
                "--seed" => options.seed = number()?,
                "--debug" => options.debug = true,
                "--program" => {
                    let path = words.next().context("--program needs a path")?;
                    options.program =
                        Some(PathBuf::from(path).canonicalize().context(path.clone())?);
                }
                _ => bail!(USAGE),
            }
        }
        Ok(options)
    }

    /// Builds the program that is to be killed, unless there is one; answers where it is.
    pub(super) fn build(&self) -> Result<PathBuf> {
        if let Some(program) = &self.program {
            return Ok(program.clone());
        }
        let mut command = Command::new(env!("CARGO"));
        command.args(["build", "--quiet", "--package", "server"]).current_dir(crate::root());
        let profile = if self.debug { "debug" } else { "release" };
        if !self.debug {
            command.arg("--release");
        }
        crate::python::run(&mut command)?;
        Ok(crate::root().join("target").join(profile).join("millpond"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Options> {
        Options::parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn every_option_is_read() {
        let options = parse("--kills 7 --seconds 60 --seed 42 --debug --program /").unwrap();
        let (seconds, program) = (Duration::from_secs(60), Some(PathBuf::from("/")));
        assert_eq!(options, Options { kills: 7, seconds, seed: 42, debug: true, program });
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in
            ["--kills", "--kills x", "--seed -1", "--fast", "7", "--program", "--program /no/such"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
