//! Waiting for a moment, on whatever clock the node runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Clock, Span, Timestamp};
use parking_lot::Mutex;
use tokio::sync::oneshot;

/// The node's clock, and those who wait for it. The one room in which the program sleeps.
#[derive(Clone)]
pub struct Timers {
    clock: Clock,
    sleepers: Arc<Mutex<Sleepers>>,
}

/// Who sleeps on a manual clock, by when to wake.
#[derive(Default)]
struct Sleepers {
    by_time: BTreeMap<(Timestamp, u64), oneshot::Sender<()>>,
    next: u64,
}

/// The longest single sleep on the system's clock: far beyond any wait, and within what the scheduler's
/// timer can represent.
const LONGEST: Span = Span::from_seconds(30 * 24 * 3600);

impl Timers {
    /// Timers of this clock.
    pub fn new(clock: Clock) -> Self {
        Timers { clock, sleepers: Arc::default() }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns when the clock shows `at` or later.
    pub async fn sleep_until(&self, at: Timestamp) {
        loop {
            let now = self.clock.now();
            if now >= at {
                return;
            }
            if self.clock.is_manual() {
                // An error means that the timers are gone; nobody will look at the time then.
                _ = self.register(at).await;
            } else {
                sleep(at.since(now).min(LONGEST)).await;
            }
        }
    }

    /// A pause of the machine's time, to slow a caller down: a share, from 0 to 1, of `longest`. With a
    /// manual clock there is none, since time would not pass.
    pub(crate) async fn pause(&self, longest: Span, share: f32) {
        if !self.clock.is_manual() {
            let share = f64::from(share.clamp(0.0, 1.0));
            sleep(Span::from_millis((longest.millis() as f64 * share) as u64)).await;
        }
    }

    /// Moves a manual clock and wakes whom it concerns; `None` for the system's clock.
    pub fn advance(&self, by: Span) -> Option<Timestamp> {
        let now = self.clock.advance(by)?;
        let mut sleepers = self.sleepers.lock();
        let later = sleepers.by_time.split_off(&(now + Span::from_millis(1), 0));
        let due = std::mem::replace(&mut sleepers.by_time, later);
        drop(sleepers);
        for wake in due.into_values() {
            _ = wake.send(());
        }
        Some(now)
    }

    /// A sleeper that has given up leaves its entry until the clock passes it; entries of those are
    /// removed here before a new one comes, so that their number stays within twice the sleepers'.
    fn register(&self, at: Timestamp) -> oneshot::Receiver<()> {
        let (wake, woken) = oneshot::channel();
        let mut sleepers = self.sleepers.lock();
        if self.clock.now() >= at {
            _ = wake.send(());
            return woken;
        }
        sleepers.next += 1;
        let ticket = sleepers.next;
        if ticket.is_power_of_two() || ticket.is_multiple_of(4096) {
            sleepers.by_time.retain(|_, wake| !wake.is_closed());
        }
        sleepers.by_time.insert((at, ticket), wake);
        woken
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the room of sleep")]
async fn sleep(span: Span) {
    tokio::time::sleep(span.to_duration()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_sleeper_wakes_when_its_time_is_reached_and_not_before() {
        let timers = Timers::new(Clock::manual(Timestamp::ZERO));
        let sleep = timers.sleep_until(Timestamp::from_millis(10));
        tokio::pin!(sleep);
        assert!(futures::poll!(sleep.as_mut()).is_pending());
        timers.advance(Span::from_millis(9));
        assert!(futures::poll!(sleep.as_mut()).is_pending());
        timers.advance(Span::from_millis(1));
        assert!(futures::poll!(sleep.as_mut()).is_ready());
    }

    #[tokio::test]
    async fn sleepers_that_gave_up_are_forgotten() {
        let timers = Timers::new(Clock::manual(Timestamp::ZERO));
        for _ in 0..10_000 {
            let sleep = timers.sleep_until(Timestamp::MAX);
            tokio::pin!(sleep);
            assert!(futures::poll!(sleep.as_mut()).is_pending());
        }
        assert!(timers.sleepers.lock().by_time.len() <= 4096);
    }
}
