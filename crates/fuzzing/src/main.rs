//! `cargo xtask fuzz`: each target for some seconds, or one input again.

use std::path::Path;

use anyhow::{Context, Result, bail};
use base::clock::Stopwatch;
use fuzzing::campaign::{self, Until};
use fuzzing::{TARGETS, Target, corpus};

const USAGE: &str = "usage: cargo xtask fuzz [--seconds N] [--seed N] [target …]
       cargo xtask fuzz --input FILE target";

struct Options {
    seconds: f64,
    seed: u64,
    input: Option<String>,
    targets: Vec<&'static Target>,
}

fn main() -> Result<()> {
    let options = options(std::env::args().skip(1))?;
    if let Some(path) = &options.input {
        let [target] = options.targets[..] else { bail!(USAGE) };
        (target.run)(&corpus::read(Path::new(path))?);
        println!("{}: nothing happened", target.name);
        return Ok(());
    }
    for target in options.targets {
        let watch = Stopwatch::start();
        let executions = campaign::run(target, Until::Seconds(options.seconds), options.seed)?;
        let rate = executions as f64 / watch.seconds();
        println!("{:<10}{executions:>10} executions {rate:>8.0}/s", target.name);
    }
    Ok(())
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options { seconds: 10.0, seed: 1, input: None, targets: Vec::new() };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().context(USAGE);
        match argument.as_str() {
            "--seconds" => options.seconds = value()?.parse().context(USAGE)?,
            "--seed" => options.seed = value()?.parse().context(USAGE)?,
            "--input" => options.input = Some(value()?),
            name => options.targets.push(named(name)?),
        }
    }
    if options.targets.is_empty() {
        options.targets = TARGETS.iter().collect();
    }
    Ok(options)
}

fn named(name: &str) -> Result<&'static Target> {
    let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    let found = TARGETS.iter().find(|target| target.name == name);
    found.with_context(|| format!("there is no target {name:?}, but {}\n{USAGE}", known.join(", ")))
}
