//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{CommandFactory, FromArgMatches, Parser};

use crate::rows::Service;

/// Measures Millpond beside the ceiling of the machine, in one run.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) enum Args {
    /// The queue service.
    Sqs(QueueOptions),
    /// The topic service, beside the queue service.
    Sns(Options),
}

/// How to measure queues.
#[derive(Debug, Parser)]
pub(crate) struct QueueOptions {
    #[command(flatten)]
    pub options: Options,

    #[command(flatten)]
    pub ceiling: CeilingOptions,
}

/// How to measure the HTTP ceiling.
#[derive(Debug, Default, Parser)]
pub(crate) struct CeilingOptions {
    /// Measures the ceiling beside itself: the ratio must be about 1.
    #[arg(long, conflicts_with_all = ["endpoint", "memory"])]
    pub self_check: bool,

    /// Threads of the ceiling (default: one less than the machine has cores, since the load generator
    /// keeps one busy; more make it slower).
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub ceiling_threads: Option<u16>,
}

/// How to measure.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Measures only these rows.
    #[arg(long, value_name = "ROW,ROW", value_delimiter = ',')]
    pub rows: Vec<String>,

    /// Short rounds, one of each, on small backlogs: shows that everything works, not how fast.
    #[arg(long)]
    pub quick: bool,

    /// Seconds that each round is measured, after one second of warming up (default: 5).
    #[arg(long, value_parser = positive)]
    pub seconds: Option<f64>,

    /// Rounds of each, in turns; medians are quoted (default: 3).
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub rounds: Option<u16>,

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
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,

    /// The process behind --endpoint, to read its CPU time.
    #[arg(long, requires = "endpoint")]
    pub pid: Option<u32>,

    /// Starts Millpond without a disk: what is left when durability costs nothing.
    #[arg(long, conflicts_with = "endpoint")]
    pub memory: bool,

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

/// How long, how often and how deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    /// How long the load runs before anything is counted.
    pub warm_up: Duration,
    /// How long answers are counted.
    pub window: Duration,
    /// Rounds of each.
    pub rounds: u16,
    /// Messages of a full queue, and subscriptions of a topic that has very many.
    pub deep: u64,
    /// Messages of a queue that has few.
    pub shallow: u64,
    /// Subscriptions of a topic that has many.
    pub wide: u64,
}

impl Args {
    /// The command line; each service takes the names of its own rows.
    pub(crate) fn read() -> Args {
        let matches = Args::full_command().get_matches();
        Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// The service, how to measure it, and the ceiling beside it.
    pub(crate) fn parts(self) -> (Service, Options, CeilingOptions) {
        match self {
            Args::Sqs(QueueOptions { options, ceiling }) => (Service::Sqs, options, ceiling),
            Args::Sns(options) => (Service::Sns, options, CeilingOptions::default()),
        }
    }

    fn full_command() -> clap::Command {
        Service::ALL.into_iter().fold(Args::command(), |command, service| {
            let rows = PossibleValuesParser::new(service.rows().iter().map(|row| row.name));
            command.mut_subcommand(service.name(), |command| {
                command.mut_arg("rows", |rows_arg| rows_arg.value_parser(rows))
            })
        })
    }
}

impl Options {
    /// Whether that row is to be measured.
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|wanted| wanted == row)
    }

    /// How long, how often and how deep to measure.
    pub(crate) fn scale(&self) -> Scale {
        let (warm_up, seconds, rounds, deep) =
            if self.quick { (0.2, 0.5, 1, 20_000) } else { (1.0, 5.0, 3, 1_000_000) };
        Scale {
            warm_up: Duration::from_secs_f64(warm_up),
            window: Duration::from_secs_f64(self.seconds.unwrap_or(seconds)),
            rounds: self.rounds.unwrap_or(rounds),
            deep,
            shallow: 1_000,
            wide: deep / 10,
        }
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

    fn try_parse(words: &str) -> Result<Args, clap::Error> {
        let matches = Args::full_command().try_get_matches_from(words.split(' '))?;
        Args::from_arg_matches(&matches)
    }

    fn parse(words: &str) -> Options {
        try_parse(words).unwrap().parts().1
    }

    #[test]
    fn a_row_that_the_service_does_not_have_is_refused() {
        assert!(try_parse("bench sqs --rows send-1").is_ok());
        assert!(try_parse("bench sqs --rows send-1,fly").is_err());
        assert!(try_parse("bench sns --rows publish-64").is_ok());
        assert!(try_parse("bench sns --rows send-1").is_err());
    }

    #[test]
    fn what_is_not_measured_beside_a_ceiling_knows_no_option_of_it() {
        assert!(try_parse("bench sqs --self-check").unwrap().parts().2.self_check);
        assert!(try_parse("bench sns --self-check").is_err());
        assert!(try_parse("bench sqs --self-check --memory").is_err());
    }

    #[test]
    fn only_what_was_asked_for_is_measured() {
        let options = parse("bench sqs --rows send-64,depth");
        assert!(options.wants("send-64") && options.wants("depth") && !options.wants("send-1"));
        assert!(parse("bench sqs").wants("send-1"));
    }

    #[test]
    fn a_quick_run_is_short_unless_it_is_told_how_long() {
        let quick = parse("bench sqs --quick").scale();
        assert_eq!((quick.rounds, quick.deep), (1, 20_000));
        let long = parse("bench sqs --quick --seconds 9 --rounds 2").scale();
        assert_eq!((long.rounds, long.window), (2, Duration::from_secs(9)));
        assert_eq!(parse("bench sqs").scale().deep, 1_000_000);
    }
}
