//! What every row needs to be measured: the servers, the load and where the data goes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::time::sleep;

use crate::args::{CeilingOptions, Options, Scale};
use crate::cpu;
use crate::load::{Load, fill};
use crate::peers::{self, Peer, Server};
use crate::sample::Sample;
use crate::traffic::{Answers, Caller, Prepared, Traffic};

/// Messages a second that are put into a queue which is to be emptied, in each second that this may
/// last. One that is emptied faster ends the round earlier.
const FILLED_PER_SECOND: f64 = 70_000.0;
/// How long a server may take to finish what it does in the background.
const SETTLES_WITHIN: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(500);
/// The share of a core below which a server rests.
const AT_REST: f64 = 0.03;

/// How to measure every row.
pub(crate) struct Setup {
    /// What is measured.
    pub subject: Server,
    /// Where data is put while measuring.
    pub data: PathBuf,
    /// How long, how often and how deep.
    pub scale: Scale,
    load: Load,
    ceiling: PathBuf,
    ceiling_threads: usize,
    undisturbed: bool,
    connections: Option<u16>,
}

/// The HTTP ceiling with its answers, which it reads when it starts.
pub(crate) struct Ceiling {
    /// The server.
    pub server: Server,
    _answers: tempfile::TempDir,
}

impl Setup {
    /// Builds the servers, unless told not to.
    pub(crate) fn new(options: &Options, beside: &CeilingOptions) -> anyhow::Result<Setup> {
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
            beside.ceiling_threads.map_or(cores.saturating_sub(1).max(1), usize::from);
        let subject = match &options.endpoint {
            Some(url) => Server::at(url, options.pid)?,
            None if beside.self_check => Server::Ceiling {
                program: ceiling.clone(),
                answers: peers::example_answers(),
                threads: ceiling_threads,
            },
            None => Server::Millpond { program: programs.join("millpond"), memory: options.memory },
        };
        let scale = options.scale();
        let load = Load { warm_up: scale.warm_up, window: scale.window, rate: options.rate };
        Ok(Setup {
            subject,
            data,
            scale,
            load,
            ceiling,
            ceiling_threads,
            undisturbed: options.undisturbed,
            connections: options.connections,
        })
    }

    /// How many connections a row uses that has `own` of them by itself.
    pub(crate) fn connections(&self, own: usize) -> usize {
        self.connections.map_or(own, usize::from)
    }

    /// Whether a round must be measured again, if there is time for that.
    pub(crate) fn repeats(&self, samples: &[&Sample]) -> bool {
        self.undisturbed && samples.iter().any(|sample| sample.disturbed())
    }

    /// The HTTP ceiling of that traffic: each kind of request is made once, on a server of its own, to know
    /// the answers.
    pub(crate) fn ceiling(&self, traffic: &dyn Traffic) -> anyhow::Result<Ceiling> {
        let peer = self.subject.start(&self.data)?;
        let mut caller = Caller::open(peer.address())?;
        traffic.prepare(&mut caller, 1)?;
        let answers: &Answers = caller.answers();
        let directory = tempfile::Builder::new().prefix("answers-").tempdir_in(&self.data)?;
        answers.write(directory.path())?;
        let server = Server::Ceiling {
            program: self.ceiling.clone(),
            answers: directory.path().to_owned(),
            threads: self.ceiling_threads,
        };
        Ok(Ceiling { server, _answers: directory })
    }

    /// Measures a server that is started for it, and ended afterwards.
    pub(crate) async fn run(
        &self,
        traffic: &dyn Traffic,
        server: &Server,
    ) -> anyhow::Result<Sample> {
        let peer = server.start(&self.data)?;
        let mut caller = Caller::open(peer.address())?;
        let connections = self.connections(traffic.connections());
        let Prepared { exchanges, backlog } = traffic.prepare(&mut caller, connections)?;
        if let Some(backlog) = backlog.filter(|_| !server.is_ceiling()) {
            let seconds = self.scale.warm_up + self.scale.window;
            let messages = (FILLED_PER_SECOND * seconds.as_secs_f64()) as u64;
            fill(peer.address(), backlog, messages).await.context("filling the queue")?;
            settle(&peer).await?;
        }
        self.load.run(&peer, exchanges).await.with_context(|| server.name())
    }

    /// The load that every row uses, for rows that start their server themselves.
    pub(crate) fn load(&self) -> &Load {
        &self.load
    }

    /// A directory of its own for a row that keeps data over several starts.
    pub(crate) fn directory(&self) -> anyhow::Result<tempfile::TempDir> {
        Ok(tempfile::Builder::new().prefix("millpond-").tempdir_in(&self.data)?)
    }

    /// Measures the log ceiling with appends of that many bytes.
    pub(crate) async fn log(&self, bytes: f64) -> anyhow::Result<crate::log::Log> {
        let (directory, window) = (self.data.clone(), self.scale.window.min(LOG));
        let append = move || crate::log::append(&directory, bytes.round() as usize, window);
        tokio::task::spawn_blocking(append).await.context("the log's round")?
    }
}

/// How long the log ceiling is measured in each round, at most.
const LOG: Duration = Duration::from_secs(1);

/// Waits until the server has finished what it does in the background, such as compacting what a
/// queue was filled with.
pub(crate) async fn settle(peer: &Peer) -> anyhow::Result<()> {
    let Some(pid) = peer.pid() else { return Ok(()) };
    let begin = Instant::now();
    while begin.elapsed() < SETTLES_WITHIN {
        let before = cpu::of_process(pid)?;
        sleep(LOOK).await;
        let used = cpu::of_process(pid)?.saturating_sub(before);
        if used.div_duration_f64(LOOK) < AT_REST {
            return Ok(());
        }
    }
    eprintln!("the server works on in the background, {SETTLES_WITHIN:?} after it was filled");
    Ok(())
}
