//! The signal to stop, from the program to everything that waits.

use tokio::sync::watch;

/// Tells that the program is to stop. Dropping it tells so too.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Learns that the program is to stop; everything that waits holds one.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// Both ends.
pub fn stop() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Stops everything that holds a [`Stop`].
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Returns true if the program is to stop.
    pub fn is_wanted(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when the program is to stop.
    pub async fn wanted(&self) {
        let mut receiver = self.0.clone();
        // An error means that the other end is gone: then nobody would ever say it.
        let _ = receiver.wait_for(|stop| *stop).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn everybody_learns_of_a_stop_also_those_who_ask_late() {
        let (stopper, stop) = stop();
        assert!(stop.wanted().now_or_never().is_none() && !stop.is_wanted());
        stopper.stop();
        assert!(stop.is_wanted());
        assert_eq!(stop.wanted().now_or_never(), Some(()));
        assert_eq!(stop.clone().wanted().now_or_never(), Some(()));
    }

    #[test]
    fn a_lost_stopper_stops() {
        let (stopper, stop) = stop();
        drop(stopper);
        assert_eq!(stop.wanted().now_or_never(), Some(()));
    }
}
