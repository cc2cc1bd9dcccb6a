//! Millpond: AWS's decoupling services as one program.
//!
//! This crate is the program's outside: [`config`] reads what it was asked to do, [`http`] makes whole
//! requests of bytes, [`admin`] answers its own pages, [`program`] takes it from start to stop.

mod admin;
mod archive;
mod auth;
mod config;
mod faults;
mod front;
mod logging;
mod metrics;
mod node;
mod policy_test;
mod ports;
mod program;
mod reload;
mod services;
mod stop;
mod wording;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::auth::Callers;
use crate::config::{Config, Task, TlsFiles};
use crate::metrics::Metrics;
use web::tls::Tls;

/// Requests allocate on one thread and are freed on another, the store's writer, which the system's
/// allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long the runtime waits for what is still running when everything is closed.
const LAST_MOMENT: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    // This program is also the guard of the child processes that it starts.
    if let Some(code) = process::guard() {
        return code;
    }
    match config::read(std::env::args_os()) {
        Ok(Task::Serve(config)) => start(&config),
        Ok(Task::Operations) => finish(runtime().and_then(|r| r.block_on(operations()))),
        Ok(Task::TestPolicy(asked, callers)) => test_policy(&asked, callers.as_deref()),
        Ok(Task::Export(config, file)) => tell(|| archive::export(&config, &file)),
        Ok(Task::Import(config, file)) => tell(|| archive::import(&config, &file)),
        Err(error) => error.exit(),
    }
}

fn start(config: &Config) -> ExitCode {
    if let Err(error) = logging::start(config.log, &config.log_filter) {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    for name in config::unknown_variables(std::env::vars_os().map(|(name, _)| name)) {
        tracing::warn!(variable = ?name, "this variable is no setting");
    }
    let result = runtime().and_then(|runtime| {
        let result = runtime.block_on(serve(config));
        runtime.shutdown_timeout(LAST_MOMENT);
        result
    });
    finish(result)
}

/// Does something and prints what there is to tell of it.
fn tell<F: Future<Output = Result<String, String>>>(work: impl FnOnce() -> F) -> ExitCode {
    finish(runtime().and_then(|runtime| runtime.block_on(work())).map(|text| {
        // The exit status says it too: a reader that has gone away is no error.
        let _ = io::stdout().lock().write_all(text.as_bytes());
    }))
}

fn finish(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if tracing::dispatcher::has_been_set() {
                tracing::error!("{error}");
            } else {
                eprintln!("error: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Prints what the program can do.
async fn operations() -> Result<(), String> {
    let abilities = node::operations().await?;
    match print(&abilities) {
        // A reader that has seen enough, as `head` has, is no error.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed.map_err(|error| error.to_string()),
    }
}

fn print(abilities: &node::Abilities) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (service, operations) in &abilities.operations {
        for (operation, is_there) in operations {
            let is_there = if *is_there { "yes" } else { "not yet" };
            writeln!(out, "{service:4} {operation:32} {is_there}")?;
        }
    }
    writeln!(out, "\nAccepted, and not yet effective:")?;
    for (module, limitation) in &abilities.limitations {
        writeln!(out, "{module:4} {limitation}")?;
    }
    Ok(())
}

/// Prints what policies say of a request. That it is denied is told apart from not being able to say.
fn test_policy(asked: &policy_test::Arguments, callers: Option<&config::Callers>) -> ExitCode {
    let answer = runtime().and_then(|runtime| runtime.block_on(policy_test::run(asked, callers)));
    match answer {
        Ok(answer) => {
            // The exit status says it too: a reader that has gone away is no error.
            let _ = io::stdout().lock().write_all(answer.text.as_bytes());
            if answer.allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn runtime() -> Result<Runtime, String> {
    let built = Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| format!("cannot start the runtime: {error}"))
}

async fn serve(config: &Config) -> Result<(), String> {
    let (stopper, stop) = web::stop();
    let tls = config.tls.as_ref().map(TlsFiles::read).transpose()?;
    let tls = tls.map(|identity| Arc::new(Tls::new(identity)));
    let callers = Callers::new(&config.auth, &config.roles, config.account);
    let serving = async {
        let metrics = Arc::new(Metrics::new());
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
        let bound = listener.local_addr().map_err(|error| error.to_string())?;
        let node = node::open(config, &callers, &metrics, bound).await?;
        program::run(config, (listener, tls.clone()), node, metrics, stop).await
    };
    tokio::select! {
        biased; // Signals are listened to before anybody can know that the program is there.
        error = stop::on_signals(&stopper) => Err(format!("cannot learn of signals: {error}")),
        error = reload::on_hangup(config, tls.as_deref(), &callers) => {
            Err(format!("cannot learn of signals: {error}"))
        }
        result = serving => result,
    }
}
