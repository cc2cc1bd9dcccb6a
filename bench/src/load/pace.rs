//! When a connection sends its next request.

use std::time::{Duration, Instant};

use tokio::time::sleep_until;

/// The intended times of one connection's requests.
#[derive(Debug)]
pub(crate) enum Pace {
    /// As soon as the last answer is there (a closed loop): it measures how much the server can do.
    /// Its latencies leave out the requests that a slow answer kept from being sent.
    Closed,
    /// At fixed times, whether the server keeps up or not: it measures how long a caller waits who does
    /// not know about the others.
    Constant { next: Instant, every: Duration },
}

impl Pace {
    /// The pace of connection `index` of `connections`, which together send `rate` requests a second
    /// from `begin` on, taking turns.
    pub(crate) fn new(rate: Option<f64>, index: usize, connections: usize, begin: Instant) -> Pace {
        let Some(rate) = rate else { return Pace::Closed };
        let every = Duration::from_secs_f64(connections as f64 / rate);
        Pace::Constant { next: begin + every.mul_f64(index as f64 / connections as f64), every }
    }

    /// Waits for the next intended time and says from when the request's latency counts.
    ///
    /// A request whose time has passed counts from the time it was intended for, so that a server that
    /// stalls is charged for every request it kept waiting (no coordinated omission). One that is on
    /// time counts from when it is sent: how late the timer woke up (up to a millisecond) is the load
    /// generator's own fault, not the server's.
    pub(crate) async fn start(&mut self) -> Instant {
        let Pace::Constant { next, every } = self else { return Instant::now() };
        let intended = *next;
        *next += *every;
        if intended <= Instant::now() {
            return intended;
        }
        sleep_until(intended.into()).await;
        Instant::now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_that_was_held_up_counts_from_its_intended_time() {
        let begin = Instant::now() - Duration::from_secs(10);
        let mut pace = Pace::new(Some(100.0), 1, 2, begin);
        assert_eq!(pace.start().await, begin + Duration::from_millis(10));
        assert_eq!(pace.start().await, begin + Duration::from_millis(30));
    }

    #[tokio::test]
    async fn a_closed_loop_sends_at_once() {
        let before = Instant::now();
        assert!(Pace::new(None, 0, 1, before).start().await >= before);
    }
}
