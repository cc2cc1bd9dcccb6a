//! What runs on one connection, and what it counts.

use std::net::SocketAddr;
use std::time::Instant;

use hdrhistogram::Histogram;

use super::connection::Connection;
use super::pace::Pace;
use super::{Exchange, Window};

/// A latency above this (a minute, in nanoseconds) is counted as this.
const LONGEST: u64 = 60_000_000_000;
/// How much of a refusal is kept, to be shown.
const REFUSAL: usize = 300;

/// A connection at work.
pub(crate) struct Worker {
    connection: Connection,
    exchange: Box<dyn Exchange>,
    pace: Pace,
    window: Window,
}

/// What was counted within the window.
pub(crate) struct Tally {
    /// Nanoseconds of each answered request.
    pub latency: Histogram<u64>,
    pub messages: u64,
    pub refused: u64,
    /// The first refusal.
    pub refusal: Option<String>,
}

impl Worker {
    pub(crate) async fn open(
        address: SocketAddr,
        exchange: Box<dyn Exchange>,
        pace: Pace,
        window: Window,
    ) -> anyhow::Result<Worker> {
        Ok(Worker { connection: Connection::open(address).await?, exchange, pace, window })
    }

    /// Asks and counts until the window is over. An answer counts when it arrives in the window.
    pub(crate) async fn run(mut self) -> anyhow::Result<Tally> {
        let mut tally = Tally::new()?;
        loop {
            let start = self.pace.start().await;
            let (status, body) = self.connection.call(self.exchange.request()).await?;
            let now = Instant::now();
            let counts = now >= self.window.begin;
            if now >= self.window.end {
                return Ok(tally);
            }
            if (200..300).contains(&status) {
                let messages = self.exchange.answered(body)?;
                if counts {
                    tally.answered(now - start, messages);
                }
            } else if counts {
                tally.refused(status, body);
            }
        }
    }
}

impl Tally {
    pub(crate) fn new() -> anyhow::Result<Tally> {
        let latency = Histogram::new_with_bounds(1, LONGEST, 3)?;
        Ok(Tally { latency, messages: 0, refused: 0, refusal: None })
    }

    fn answered(&mut self, latency: std::time::Duration, messages: u64) {
        let nanoseconds = u64::try_from(latency.as_nanos()).unwrap_or(LONGEST);
        self.latency.saturating_record(nanoseconds);
        self.messages += messages;
    }

    fn refused(&mut self, status: u16, body: &[u8]) {
        self.refused += 1;
        self.refusal.get_or_insert_with(|| {
            let text = String::from_utf8_lossy(&body[..body.len().min(REFUSAL)]);
            format!("{status} {text}")
        });
    }

    pub(crate) fn add(&mut self, other: &Tally) -> anyhow::Result<()> {
        self.latency.add(&other.latency)?;
        self.messages += other.messages;
        self.refused += other.refused;
        if self.refusal.is_none() {
            self.refusal.clone_from(&other.refusal);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn tallies_of_connections_add_up_and_refusals_stay_apart() {
        let (mut one, mut two) = (Tally::new().unwrap(), Tally::new().unwrap());
        one.answered(Duration::from_micros(10), 10);
        two.answered(Duration::from_secs(1_000_000), 1);
        two.refused(503, b"slow down");
        one.add(&two).unwrap();
        assert_eq!((one.latency.len(), one.messages, one.refused), (2, 11, 1));
        assert!(one.latency.max() < 2 * LONGEST);
        assert_eq!(one.refusal.as_deref(), Some("503 slow down"));
    }
}
