//! `cargo xtask bench --gate`: measures the rows whose bars can be carried to another machine, and fails
//! when one is below its bar. A tool for people: figures of a busy machine mean nothing, so nothing else
//! runs it.

mod verdict;

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use verdict::Verdict;

const USAGE: &str =
    "usage: cargo xtask bench --gate [options of the benchmark, such as --rounds 5]";
const BARS: &str = "bench/bars.json";
/// Rounds of each row unless it is told otherwise: the engine merges files in the background, now beside one
/// side of a row and now beside the other, and a median of fewer rounds is chance.
const ROUNDS: &str = "9";

/// What a figure of a row must reach, as far as the gate needs to know.
#[derive(Debug, Deserialize)]
struct Bar {
    service: String,
    row: String,
    figure: String,
    gate: bool,
}

/// Measures the gated rows and judges them.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let Some((gate, options)) = arguments.split_first() else { bail!(USAGE) };
    ensure!(gate == "--gate", USAGE);
    let bars = std::fs::read_to_string(crate::root().join(BARS)).context(BARS)?;
    let bars = gated(serde_json::from_str(&bars).context(BARS)?);
    let mut verdicts = Vec::new();
    for bars in bars.chunk_by(|one, next| one.service == next.service) {
        let Some(first) = bars.first() else { continue };
        let result = measure(&first.service, &rows(bars), options)?;
        let result = serde_json::from_str(&std::fs::read_to_string(&result)?)?;
        for bar in bars {
            verdicts.push(Verdict::of(&result, &bar.row, &bar.figure)?);
        }
    }
    println!("== gate");
    for verdict in &verdicts {
        println!("{verdict}");
    }
    let missed = verdicts.iter().filter(|verdict| !verdict.is_reached).count();
    ensure!(missed == 0, "{missed} of {} bars are missed", verdicts.len());
    Ok(())
}

/// How many rounds, if the options do not say it.
fn rounds(options: &[String]) -> &'static [&'static str] {
    match options.iter().any(|option| option.starts_with("--rounds")) {
        true => &[],
        false => &["--rounds", ROUNDS],
    }
}

fn gated(bars: Vec<Bar>) -> Vec<Bar> {
    bars.into_iter().filter(|bar| bar.gate).collect()
}

/// The rows to measure, each once, as the benchmark takes them.
fn rows(bars: &[Bar]) -> String {
    let mut rows: Vec<&str> = bars.iter().map(|bar| bar.row.as_str()).collect();
    rows.dedup();
    rows.join(",")
}

/// Runs the benchmark and says where its results are.
fn measure(service: &str, rows: &str, options: &[String]) -> Result<PathBuf> {
    let result = crate::root().join("target").join(format!("bench-gate-{service}.json"));
    let mut command = crate::command(env!("CARGO"));
    command
        .args(["run", "--quiet", "--release", "-p", "bench", "--", service])
        .args(["--rows", rows, "--json"])
        .arg(&result)
        .args(options)
        .args(rounds(options))
        .current_dir(crate::root());
    crate::python::run(&mut command)?;
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_takes_the_median_of_nine_rounds_unless_it_is_told_otherwise() {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(rounds(&words("--seconds 3")), ["--rounds", "9"]);
        assert!(rounds(&words("--rounds 5")).is_empty() && rounds(&words("--rounds=5")).is_empty());
    }

    fn bar(row: &str, gate: bool) -> Bar {
        Bar { service: "sqs".into(), row: row.into(), figure: "share".into(), gate }
    }

    #[test]
    fn only_gated_rows_are_measured_and_each_once() {
        let bars = gated(vec![bar("a", true), bar("a", true), bar("b", false), bar("c", true)]);
        assert_eq!(rows(&bars), "a,c");
    }

    #[test]
    fn the_bars_of_the_benchmark_are_understood() {
        let bars = std::fs::read_to_string(crate::root().join(BARS)).unwrap();
        let bars: Vec<Bar> = serde_json::from_str(&bars).unwrap();
        assert!(!gated(bars).is_empty());
    }

    #[test]
    fn what_is_not_understood_measures_nothing() {
        assert!(run(&[]).is_err());
        assert!(run(&["--fast".to_owned()]).is_err());
    }
}
