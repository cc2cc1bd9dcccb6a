//! How fast Millpond is, beside what the machine allows, in one run.
//!
//! `cargo run --release -p bench -- sqs` measures each row of the table in rounds, all sides in turn:
//!
//! - **Millpond** as it is started by default, durable, on an empty data directory; with `--endpoint` any
//!   other server that speaks the same protocol;
//! - the **HTTP ceiling** H ([`ceiling`](../ceiling/index.html)): a bare HTTP server that answers the same
//!   bytes and does nothing;
//! - the **engine ceiling** S ([`engine`]): the same bytes into the bare engine, in commits of the size that
//!   Millpond's commits had in that round, with nothing above the store;
//! - the **log ceiling** ([`log`]): as many bytes a commit appended to a file and synced (`fdatasync`);
//! - the **combined ceiling**, 1 / (1/H + 1/S): what is left when everything but HTTP and the engine costs
//!   nothing. Shares of it can be carried to another machine.
//!
//! `-- sns` measures topics beside queues: publishing and delivering together beside sending to a queue
//! directly, in turns; a message counts when it has arrived.
//!
//! Medians of the rounds are quoted, and how far the rounds lie apart. What a row must reach stands in
//! `bars.json`. Every answer is checked; one that is not what it must be ends the run.
//!
//! The load generator shares the machine with what it measures, so it must cost less: requests are
//! prepared once, an answer is only parsed as far as its length and searched for a few keys, and everything
//! runs on one thread. What it takes itself is printed too (`client`). A request carries the few headers that
//! it needs; an SDK sends about ten more.
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures real time, and reads and writes files of its own"
)]

mod args;
mod bars;
mod commits;
mod cores;
mod cpu;
mod engine;
mod http;
mod load;
mod log;
mod outcome;
mod peers;
mod report;
mod rows;
mod sample;
mod setup;
mod statistics;
mod traffic;

use std::process::ExitCode;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use args::{Args, CeilingOptions, Options};
use report::Report;
use rows::Service;
use setup::Setup;

/// The program's own, since its decisions are measured here too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let (service, options, ceiling) = Args::read().parts();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.context("no runtime").and_then(|runtime| {
        runtime.block_on(async {
            tokio::select! {
                result = measure(service, &options, &ceiling) => result,
                result = interrupted() => result,
            }
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Waits for a signal to stop, so that the servers that were started are ended first.
async fn interrupted() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => (),
    }
    anyhow::bail!("interrupted")
}

/// Measures every chosen row, printing each as soon as it is known, and the table at the end.
async fn measure(
    service: Service,
    options: &Options,
    ceiling: &CeilingOptions,
) -> anyhow::Result<()> {
    let setup = Setup::new(options, ceiling)?;
    let mut report = Report::begin(options)?;
    for row in service.rows().into_iter().filter(|row| options.wants(row.name)) {
        let outcome = row.measure(&setup).await.with_context(|| row.name)?;
        report.add(&row, outcome);
    }
    report.end()
}
