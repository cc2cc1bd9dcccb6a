//! How fast Millpond is, beside what the machine allows, in one run.
//!
//! `cargo run --release -p bench -- sqs` prints for each row, measured in turns:
//!
//! - the **disk**: the median of appending 1 KiB and `fdatasync`, in the directory of the data;
//! - the **ceiling** ([`ceiling`](../ceiling/index.html)): a bare HTTP server that answers the same
//!   bytes and does nothing;
//! - the **engine**, for rows that only store: the same bytes into the bare engine, with nothing above it;
//! - **Millpond** as it is started by default, durable, on an empty data directory; with `--endpoint`
//!   any other server that speaks the same protocol;
//! - the ratio to the HTTP ceiling, of each pair of rounds: the one number that can be carried to another
//!   machine. Where the engine was measured too, also the ratio to both ceilings combined, 1 / (1/H + 1/S):
//!   what is left when everything but HTTP and the engine costs nothing.
//!
//! The load generator shares the machine with what it measures, so it must cost less: requests are
//! prepared once, an answer is only parsed as far as its length, and everything runs on one thread.
//! What it takes itself is printed too (`client`): about 5 µs a request at 64 connections where this was
//! written, nearly all of it the kernel's (one write, one read, the loopback's delivery of both), and
//! about 35 µs at one, where each step wakes up a sleeping core. A request carries the few headers that it needs; an SDK sends about ten more.
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures real time, and reads and writes files of its own"
)]

mod args;
mod cores;
mod cpu;
mod disk;
mod engine;
mod http;
mod load;
mod peers;
mod report;
mod rounds;
mod rows;
mod sample;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use args::Args;
use rounds::Rounds;

fn main() -> ExitCode {
    let Args::Sqs(options) = Args::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.context("no runtime").and_then(|runtime| {
        runtime.block_on(async {
            tokio::select! {
                result = measure(&options) => result,
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

/// Measures every chosen row, printing each as soon as it is known.
async fn measure(options: &args::Options) -> anyhow::Result<()> {
    let rounds = Rounds::new(options)?;
    let mut measured = Vec::new();
    for row in rows::sqs().into_iter().filter(|row| options.wants(row.name())) {
        let outcome = rounds.measure(row.as_ref()).await.with_context(|| row.name())?;
        print!("{}", report::text(row.as_ref(), &outcome));
        measured.push(report::json(row.as_ref(), &outcome));
    }
    if let Some(file) = &options.json {
        let machine = report::machine(options, measured);
        std::fs::write(file, serde_json::to_string_pretty(&machine)?)
            .with_context(|| file.display().to_string())?;
    }
    Ok(())
}
