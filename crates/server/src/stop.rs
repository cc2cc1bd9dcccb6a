//! How the program ends: gently when it is asked to, at once when it is asked again.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// The exit status after a second signal: what a shell reports for an interrupted program.
const INTERRUPTED: i32 = 130;

/// Says that the program is to stop. Dropping it says so too.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<bool>);

/// Learns that the program is to stop; everything that waits holds one.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// Both ends.
pub(crate) fn channel() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Stops everything that holds a [`Stop`].
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Whether the program is to stop.
    pub(crate) fn is_wanted(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when the program is to stop.
    pub(crate) async fn wanted(&self) {
        let mut receiver = self.0.clone();
        // An error means that the other end is gone: then nobody would ever say it.
        let _ = receiver.wait_for(|stop| *stop).await;
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn everybody_learns_of_a_stop_also_those_who_ask_late() {
        let (stopper, stop) = channel();
        assert!(stop.wanted().now_or_never().is_none() && !stop.is_wanted());
        stopper.stop();
        assert!(stop.is_wanted());
        assert_eq!(stop.wanted().now_or_never(), Some(()));
        assert_eq!(stop.clone().wanted().now_or_never(), Some(()));
    }

    #[test]
    fn a_lost_stopper_stops() {
        let (stopper, stop) = channel();
        drop(stopper);
        assert_eq!(stop.wanted().now_or_never(), Some(()));
    }
}
