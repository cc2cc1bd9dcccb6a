//! What runs on one connection, and what it counts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::connection::Connection;
use super::pace::Pace;
use super::stop::Stop;
use super::{Answered, Exchange, Window};

/// A latency above this (a minute, in nanoseconds) is counted as this.
const LONGEST: u64 = 60_000_000_000;

/// A connection at work.
pub(super) struct Worker {
    connection: Connection,
    exchange: Box<dyn Exchange>,
    pace: Pace,
    window: Window,
    stop: Arc<Stop>,
}

/// What was counted within the window.
pub(crate) struct Tally {
    /// Nanoseconds of each answered request.
    pub latency: Histogram<u64>,
    pub messages: u64,
}

impl Worker {
    pub(super) async fn open(
        address: SocketAddr,
        exchange: Box<dyn Exchange>,
        pace: Pace,
        window: Window,
        stop: Arc<Stop>,
    ) -> anyhow::Result<Worker> {
        let connection = Connection::open(address).await?;
        Ok(Worker { connection, exchange, pace, window, stop })
    }

    /// Asks and counts until the window is over, or nothing is left to do. An answer counts when it
    /// arrives in the window; what was begun is finished, uncounted.
    pub(super) async fn run(mut self) -> anyhow::Result<Tally> {
        let mut tally = Tally::new()?;
        loop {
            let start = self.pace.start().await?;
            let is_timed = self.exchange.is_timed();
            let body = self.connection.ask(self.exchange.request()).await?;
            let now = Instant::now();
            let is_over = now >= self.window.end || self.stop.is_over();
            match self.exchange.answered(body)? {
                Answered::Exhausted => {
                    self.stop.now();
                    return Ok(tally);
                }
                Answered::Messages(messages) if now >= self.window.begin && !is_over => {
                    tally.count(is_timed.then_some(now - start), messages);
                }
                Answered::Messages(_) => {}
            }
            if is_over && self.exchange.is_at_rest() {
                return Ok(tally);
            }
        }
    }
}

impl Tally {
    pub(crate) fn new() -> anyhow::Result<Tally> {
        Ok(Tally { latency: Histogram::new_with_bounds(1, LONGEST, 3)?, messages: 0 })
    }

    /// Counts an answer, and its latency if it is one of those that are timed.
    pub(crate) fn count(&mut self, latency: Option<Duration>, messages: u64) {
        if let Some(latency) = latency {
            let nanoseconds = u64::try_from(latency.as_nanos()).unwrap_or(LONGEST);
            self.latency.saturating_record(nanoseconds);
        }
        self.messages += messages;
    }

    pub(super) fn add(&mut self, other: &Tally) -> anyhow::Result<()> {
        self.latency.add(&other.latency)?;
        self.messages += other.messages;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_of_connections_add_up_and_what_is_not_timed_has_no_latency() {
        let (mut one, mut two) = (Tally::new().unwrap(), Tally::new().unwrap());
        one.count(Some(Duration::from_micros(10)), 0);
        one.count(None, 10);
        two.count(Some(Duration::from_secs(1_000_000)), 1);
        one.add(&two).unwrap();
        assert_eq!((one.latency.len(), one.messages), (2, 11));
        assert!(one.latency.max() < 2 * LONGEST);
    }
}
