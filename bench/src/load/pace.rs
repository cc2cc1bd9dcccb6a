//! When a connection sends its next request.

use std::time::{Duration, Instant};

use super::alarm::Alarm;

/// The intended times of one connection's requests.
#[derive(Debug)]
pub(crate) enum Pace {
    /// As soon as the last answer is there (a closed loop): it measures how much the server can do.
    /// Its latencies leave out the requests that a slow answer kept from being sent.
    Closed,
    /// At fixed times, whether the server keeps up or not: it measures how long a caller waits who does
    /// not know about the others.
    Constant { next: Instant, every: Duration, alarm: Alarm },
}

impl Pace {
    /// The pace of connection `index` of `connections`, which together send `rate` requests a second
    /// from `begin` on, taking turns.
    pub(crate) fn new(
        rate: Option<f64>,
        index: usize,
        connections: usize,
        begin: Instant,
    ) -> anyhow::Result<Pace> {
        let Some(rate) = rate else { return Ok(Pace::Closed) };
        let every = Duration::from_secs_f64(connections as f64 / rate);
        let next = begin + every.mul_f64(index as f64 / connections as f64);
        Ok(Pace::Constant { next, every, alarm: Alarm::new()? })
    }

    /// Waits for the next intended time and says from when the request's latency counts: at a constant
    /// rate always from the intended time, so that a server that stalls is charged for every request
    /// that it kept waiting (no coordinated omission). What the load generator itself is late is
    /// charged too.
    pub(crate) async fn start(&mut self) -> anyhow::Result<Instant> {
        let Pace::Constant { next, every, alarm } = self else { return Ok(Instant::now()) };
        let intended = *next;
        *next += *every;
        let wait = intended.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            alarm.ring_in(wait).await?;
        }
        Ok(intended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_request_counts_from_its_intended_time() {
        let begin = Instant::now() - Duration::from_secs(10);
        let mut late = Pace::new(Some(100.0), 1, 2, begin).unwrap();
        assert_eq!(late.start().await.unwrap(), begin + Duration::from_millis(10));
        assert_eq!(late.start().await.unwrap(), begin + Duration::from_millis(30));

        let soon = Instant::now() + Duration::from_millis(2);
        let mut early = Pace::new(Some(1000.0), 0, 1, soon).unwrap();
        assert_eq!(early.start().await.unwrap(), soon);
        assert!(Instant::now() >= soon, "it is not sent before its time");
    }

    #[tokio::test]
    async fn a_closed_loop_sends_at_once() {
        let before = Instant::now();
        assert!(Pace::new(None, 0, 1, before).unwrap().start().await.unwrap() >= before);
    }
}
