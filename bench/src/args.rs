//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use crate::rows;

/// Measures Millpond beside the ceiling of the machine, in one run.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) enum Args {
    /// The queue service.
    Sqs(Options),
}

/// How to measure.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Measures only this row; may be given more than once.
    #[arg(long, value_name = "ROW", value_parser = clap::builder::PossibleValuesParser::new(rows::names()))]
    pub only: Vec<String>,

    /// Seconds that each round is measured, after one second of warming up.
    #[arg(long, default_value_t = 5.0, value_parser = positive)]
    pub seconds: f64,

    /// Rounds of each, in turns; medians are quoted.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub rounds: u16,

    /// Repeats a round in which others kept the machine busy, for up to ten times the rounds.
    #[arg(long)]
    pub undisturbed: bool,

    /// Connections, instead of the row's own number.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub connections: Option<u16>,

    /// Requests a second, at intended times that do not wait for the server (default: each connection
    /// sends as soon as it has its answer).
    #[arg(long, value_parser = positive)]
    pub rate: Option<f64>,

    /// Measures a server that already runs, such as `http://127.0.0.1:9324`, instead of Millpond.
    #[arg(long, value_name = "URL", conflicts_with = "self_check")]
    pub endpoint: Option<String>,

    /// The process behind --endpoint, to read its CPU time.
    #[arg(long, requires = "endpoint")]
    pub pid: Option<u32>,

    /// Starts Millpond without a disk: what is left when durability costs nothing.
    #[arg(long, conflicts_with_all = ["endpoint", "self_check"])]
    pub memory: bool,

    /// Measures the ceiling beside itself: the ratio must be about 1.
    #[arg(long)]
    pub self_check: bool,

    /// Threads of the ceiling (default: one less than the machine has cores, since the load generator
    /// keeps one busy; more make it slower).
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub ceiling_threads: Option<u16>,

    /// Where the data goes while measuring (default: the build directory). It must be on the disk that
    /// is meant, not in memory.
    #[arg(long, value_name = "DIRECTORY")]
    pub data: Option<PathBuf>,

    /// Writes every round of every row.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Takes the programs as they were last built.
    #[arg(long)]
    pub no_build: bool,
}

impl Options {
    /// Whether that row is to be measured.
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == row)
    }

    /// How long a round is measured.
    pub(crate) fn window(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= 1e7 => Ok(number),
        _ => Err("a number above 0 and up to 10000000 is needed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_does_not_exist_is_refused() {
        assert!(Args::try_parse_from(["bench", "sqs", "--only", "send-1"]).is_ok());
        assert!(Args::try_parse_from(["bench", "sqs", "--only", "fly"]).is_err());
    }

    #[test]
    fn only_what_was_asked_for_is_measured() {
        let Args::Sqs(options) = Args::parse_from(["bench", "sqs", "--only", "send-64"]);
        assert!(options.wants("send-64") && !options.wants("send-1"));
        let Args::Sqs(options) = Args::parse_from(["bench", "sqs"]);
        assert!(options.wants("send-1"));
    }
}
