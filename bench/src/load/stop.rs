//! The end of a measurement, which may come before its time.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Tells every connection that it is over.
#[derive(Debug, Default)]
pub(super) struct Stop {
    is_over: AtomicBool,
    changed: Notify,
}

impl Stop {
    /// It is over: the time has passed, or a connection found nothing left to do.
    pub(super) fn now(&self) {
        self.is_over.store(true, Ordering::Release);
        self.changed.notify_one();
    }

    /// Whether it is.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    /// Waits for it; only the load does.
    pub(super) async fn wait(&self) {
        while !self.is_over() {
            self.changed.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_later_does_not_wait() {
        let stop = Stop::default();
        assert!(!stop.is_over());
        stop.now();
        stop.wait().await;
        assert!(stop.is_over());
    }
}
