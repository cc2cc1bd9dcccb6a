//! Bounds of the requests in flight.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Config;
use crate::error::Error;

/// Admits a bounded number of requests, in all and per host.
pub(crate) struct Admission {
    all: Arc<Semaphore>,
    per_host: usize,
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
    waiting: Arc<AtomicUsize>,
    most_waiting: usize,
    most: usize,
}

/// The right to one request in flight; it ends when dropped.
pub(crate) struct Permit {
    _all: OwnedSemaphorePermit,
    // The permit holds the host's semaphore, and so its entry in the map.
    _host: OwnedSemaphorePermit,
}

impl Admission {
    pub(crate) fn new(config: &Config) -> Self {
        Admission {
            all: Arc::new(Semaphore::new(config.requests)),
            per_host: config.requests_per_host,
            hosts: Mutex::default(),
            waiting: Arc::default(),
            most_waiting: config.waiting,
            most: config.requests,
        }
    }

    /// Requests in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.most - self.all.available_permits()
    }

    /// Callers that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits for a free place. The host's comes first: whoever waits for a slow host holds no place that
    /// another host could use.
    pub(crate) async fn enter(&self, host: &str) -> Result<Permit, Error> {
        let _waiting = Waiting::enter(&self.waiting, self.most_waiting)?;
        let closed = |_| Error::Busy;
        let host = self.host(host).acquire_owned().await.map_err(closed)?;
        let all = Arc::clone(&self.all).acquire_owned().await.map_err(closed)?;
        Ok(Permit { _all: all, _host: host })
    }

    /// The host's semaphore. Those of hosts that nobody asks any more are dropped when the map would
    /// grow, so that it has at most twice as many entries as there are requests.
    fn host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock();
        if let Some(semaphore) = hosts.get(host).and_then(Weak::upgrade) {
            return semaphore;
        }
        if hosts.len() == hosts.capacity() {
            hosts.retain(|_, semaphore| semaphore.strong_count() > 0);
        }
        let semaphore = Arc::new(Semaphore::new(self.per_host));
        hosts.insert(host.to_owned(), Arc::downgrade(&semaphore));
        semaphore
    }
}

/// A caller that waits, counted until it goes on or gives up.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn enter(count: &Arc<AtomicUsize>, most: usize) -> Result<Self, Error> {
        let waiting = Waiting(Arc::clone(count));
        let before = count.fetch_add(1, Ordering::Relaxed);
        if before < most { Ok(waiting) } else { Err(Error::Busy) }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn admission(requests: usize, requests_per_host: usize, waiting: usize) -> Admission {
        Admission::new(&Config { requests, requests_per_host, waiting, ..Config::default() })
    }

    #[test]
    fn a_busy_host_leaves_room_for_others() {
        let admission = admission(2, 1, 9);
        let first = admission.enter("a").now_or_never().unwrap().ok();
        let mut second = Box::pin(admission.enter("a"));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(admission.enter("b").now_or_never().is_some());
        assert_eq!((admission.in_flight(), admission.waiting()), (1, 1));
        drop(first);
        assert!(second.now_or_never().is_some());
    }

    #[test]
    fn those_who_wait_are_bounded() {
        let admission = admission(1, 1, 1);
        let _first = admission.enter("a").now_or_never().unwrap().ok();
        let mut second = Box::pin(admission.enter("a"));
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(admission.enter("b").now_or_never().unwrap().err(), Some(Error::Busy));
        drop(second);
        assert!(admission.enter("b").now_or_never().is_none());
    }

    #[test]
    fn hosts_that_nobody_asks_are_forgotten() {
        let admission = admission(1, 1, 1);
        for number in 0..10_000 {
            drop(admission.enter(&number.to_string()).now_or_never());
        }
        assert!(admission.hosts.lock().len() < 100);
    }
}
