//! Signals: the program ends gently at the first, at once at the second.

use tokio::signal::unix::{SignalKind, signal};
use web::Stopper;

/// The exit status after a second signal: what a shell reports for an interrupted program.
const INTERRUPTED: i32 = 130;

/// Stops the program at the first SIGTERM or Ctrl-C, and ends it at once at the second. Never
/// returns but with an error, if the system refuses to hand signals over.
pub(crate) async fn on_signals(stopper: &Stopper) -> std::io::Error {
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (mut terminate, mut interrupt) = match signals {
        (Ok(terminate), Ok(interrupt)) => (terminate, interrupt),
        (Err(error), _) | (_, Err(error)) => return error,
    };
    let mut asked = false;
    loop {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if asked {
            tracing::warn!("asked to stop again: ending at once");
            std::process::exit(INTERRUPTED);
        }
        asked = true;
        tracing::info!("asked to stop: finishing what runs; ask again to end at once");
        stopper.stop();
    }
}
