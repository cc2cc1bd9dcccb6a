//! The only source of time.
//!
//! The system clock follows the machine but never runs backwards; a manual clock stands still until
//! somebody moves it, which is how a test waits fourteen days in a millisecond. Waiting for a moment
//! to come is not done here: it needs a scheduler, and lives in `runtime::timers`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::{Span, Timestamp};

/// A clock; its clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Face>);

#[derive(Debug)]
enum Face {
    System { latest: AtomicU64 },
    Manual { now: AtomicU64 },
}

impl Clock {
    /// The machine's clock, held so that it never goes backwards while the program runs.
    pub fn system() -> Self {
        Clock(Arc::new(Face::System { latest: AtomicU64::new(0) }))
    }

    /// A clock that stands at `start` until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Clock(Arc::new(Face::Manual { now: AtomicU64::new(start.millis()) }))
    }

    /// A manual clock that starts at the machine's time.
    pub fn manual_from_system() -> Self {
        Clock::manual(machine_time())
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Face::System { latest } => {
                let machine = machine_time().millis();
                let before = latest.fetch_max(machine, Ordering::Relaxed);
                Timestamp::from_millis(machine.max(before))
            }
            Face::Manual { now } => Timestamp::from_millis(now.load(Ordering::SeqCst)),
        }
    }

    /// Returns true if time is moved by hand.
    pub fn is_manual(&self) -> bool {
        matches!(&*self.0, Face::Manual { .. })
    }

    /// Moves a manual clock forward and says what it shows then; `None` for the system's clock.
    pub fn advance(&self, by: Span) -> Option<Timestamp> {
        match &*self.0 {
            Face::System { .. } => None,
            Face::Manual { now } => {
                let before = now.fetch_add(by.millis(), Ordering::SeqCst);
                Some(Timestamp::from_millis(before) + by)
            }
        }
    }
}

/// Measures how long something took, for metrics and logs only: no decision may depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(clippy::disallowed_methods, reason = "this is the room of time")]
    pub fn start() -> Self {
        Stopwatch(Instant::now())
    }

    /// Seconds since the start.
    pub fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the room of time")]
fn machine_time() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(Timestamp::from_millis(5));
        assert_eq!(clock.now(), Timestamp::from_millis(5));
        assert_eq!(clock.clone().advance(Span::from_millis(7)), Some(Timestamp::from_millis(12)));
        assert_eq!(clock.now(), Timestamp::from_millis(12));
    }

    #[test]
    fn the_system_clock_never_goes_back_and_cannot_be_moved() {
        let clock = Clock::system();
        let first = clock.now();
        assert!(first.seconds() > 1_500_000_000);
        assert!(clock.now() >= first);
        assert_eq!(clock.advance(Span::from_seconds(1)), None);
    }
}
