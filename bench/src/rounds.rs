//! The rounds of a row: disk, ceiling and server in turns, so that what the machine does in between
//! falls on all of them.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

use crate::args::Options;
use crate::load::Load;
use crate::peers::{self, Server};
use crate::rows::{Absent, Answers, Caller, Row};
use crate::sample::Sample;
use crate::{disk, engine};

/// How to measure every row.
pub(crate) struct Rounds {
    subject: Server,
    ceiling: PathBuf,
    ceiling_threads: usize,
    data: PathBuf,
    load: Load,
    rounds: u16,
    undisturbed: bool,
    connections: Option<u16>,
}

/// How many rounds are tried for one that is undisturbed.
const TRIES: u16 = 10;

/// What came of a row.
pub(crate) enum Outcome {
    /// The server does not have what it takes.
    Absent(Absent),
    /// Its rounds.
    Measured(Measured),
}

/// The rounds of a row.
pub(crate) struct Measured {
    /// What was measured beside the ceiling.
    pub subject: &'static str,
    pub connections: usize,
    pub rounds: Vec<Round>,
}

/// One round of each.
pub(crate) struct Round {
    /// Appending 1 KiB and syncing, the median.
    pub disk: Duration,
    pub ceiling: Sample,
    /// What the engine alone stores a second, for rows that only store.
    pub engine: Option<f64>,
    pub subject: Sample,
}

impl Round {
    /// Requests a second of the server as a share of the ceiling's.
    pub(crate) fn ratio(&self) -> f64 {
        self.subject.requests / self.ceiling.requests
    }

    /// The same as a share of what is left when only HTTP and the engine cost something.
    pub(crate) fn combined_ratio(&self) -> Option<f64> {
        self.engine
            .map(|engine| self.subject.requests * (1.0 / self.ceiling.requests + 1.0 / engine))
    }

    fn disturbed(&self) -> bool {
        self.ceiling.disturbed() || self.subject.disturbed()
    }

    /// What one durable request takes at least, in microseconds: the ceiling's median and one append.
    pub(crate) fn floor(&self) -> f64 {
        self.ceiling.latency[0] + self.disk.as_secs_f64() * 1e6
    }
}

impl Rounds {
    /// Builds the servers, unless told not to.
    pub(crate) fn new(options: &Options) -> anyhow::Result<Rounds> {
        if !options.no_build {
            peers::build()?;
        }
        let target = peers::target_directory();
        let programs = target.join("release");
        let data = options.data.clone().unwrap_or_else(|| target.join("bench-data"));
        std::fs::create_dir_all(&data).with_context(|| data.display().to_string())?;
        let ceiling = programs.join("ceiling");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let ceiling_threads =
            options.ceiling_threads.map_or(cores.saturating_sub(1).max(1), usize::from);
        let subject = match &options.endpoint {
            Some(url) => Server::at(url, options.pid)?,
            None if options.self_check => Server::Ceiling {
                program: ceiling.clone(),
                answers: peers::example_answers(),
                threads: ceiling_threads,
            },
            None => Server::Millpond { program: programs.join("millpond"), memory: options.memory },
        };
        Ok(Rounds {
            subject,
            ceiling,
            ceiling_threads,
            data,
            load: Load { window: options.window(), rate: options.rate },
            rounds: options.rounds,
            undisturbed: options.undisturbed,
            connections: options.connections,
        })
    }

    /// Measures one row.
    pub(crate) async fn measure(&self, row: &dyn Row) -> anyhow::Result<Outcome> {
        let connections = self.connections.map_or(row.connections(), usize::from);
        let answers = match self.rehearse(row) {
            Ok(answers) => answers,
            Err(error) => return error.downcast().map(Outcome::Absent),
        };
        let directory = tempfile::Builder::new().prefix("answers-").tempdir_in(&self.data)?;
        answers.write(directory.path())?;
        let ceiling = Server::Ceiling {
            program: self.ceiling.clone(),
            answers: directory.path().to_owned(),
            threads: self.ceiling_threads,
        };
        let mut rounds = Vec::new();
        let mut left = self.rounds * TRIES;
        while rounds.len() < usize::from(self.rounds) {
            left -= 1;
            let subject_first = rounds.len() % 2 == 1;
            let round = self.round(row, connections, &ceiling, subject_first).await?;
            if self.undisturbed && round.disturbed() && left >= self.rounds {
                continue;
            }
            rounds.push(round);
        }
        Ok(Outcome::Measured(Measured { subject: self.subject.name(), connections, rounds }))
    }

    /// Makes each kind of request once, on a server of its own, to know the answers.
    fn rehearse(&self, row: &dyn Row) -> anyhow::Result<Answers> {
        let peer = self.subject.start(&self.data)?;
        let mut caller = Caller::open(peer.address())?;
        row.prepare(&mut caller, 1)?;
        Ok(caller.answers().clone())
    }

    async fn round(
        &self,
        row: &dyn Row,
        connections: usize,
        ceiling: &Server,
        subject_first: bool,
    ) -> anyhow::Result<Round> {
        let disk = disk::append_and_sync(&self.data)?;
        let engine = match row.only_stores() {
            true => Some(self.engine(connections).await?),
            false => None,
        };
        let (first, second) =
            if subject_first { (&self.subject, ceiling) } else { (ceiling, &self.subject) };
        let first = self.run(row, connections, first).await?;
        let second = self.run(row, connections, second).await?;
        let (subject, ceiling) = if subject_first { (first, second) } else { (second, first) };
        Ok(Round { disk, ceiling, engine, subject })
    }

    async fn engine(&self, connections: usize) -> anyhow::Result<f64> {
        let (directory, window) = (self.data.clone(), self.load.window);
        let run = move || engine::appends(&directory, connections, window);
        tokio::task::spawn_blocking(run).await.context("the engine's round")?
    }

    /// Measures a server that is started for it, and ended afterwards.
    async fn run(
        &self,
        row: &dyn Row,
        connections: usize,
        server: &Server,
    ) -> anyhow::Result<Sample> {
        let peer = server.start(&self.data)?;
        let mut caller = Caller::open(peer.address())?;
        let exchanges = row.prepare(&mut caller, connections)?;
        let sample = self.load.run(peer.address(), exchanges, peer.pid()).await;
        sample.with_context(|| server.name())
    }
}
