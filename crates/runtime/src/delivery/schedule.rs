//! When a failed delivery is attempted again.

use base::Span;

/// Phases of retries, one after the other. The pause after each failed attempt follows from the number of
/// attempts alone, so that a row of two numbers says where a delivery stands.
#[derive(Clone, Copy, Debug)]
pub struct RetrySchedule {
    phases: &'static [Phase],
}

/// Some retries in a row.
#[derive(Clone, Copy, Debug)]
pub struct Phase {
    /// How many retries.
    pub retries: u32,
    /// The pause before the first of them.
    pub first: Span,
    /// The pause before the last of them. Between the two, pauses grow by the same factor each time.
    pub last: Span,
}

impl Phase {
    /// Retries with the same pause before each.
    pub const fn every(pause: Span, retries: u32) -> Self {
        Phase { retries, first: pause, last: pause }
    }

    /// Retries with pauses that grow exponentially from the first to the last.
    pub const fn backoff(first: Span, last: Span, retries: u32) -> Self {
        Phase { retries, first, last }
    }

    /// The pause before the retry of this index, counted from 0.
    fn pause(&self, index: u32) -> Span {
        if self.first == self.last || index == 0 || self.retries < 2 {
            return self.first;
        }
        let (first, last) = (self.first.millis().max(1) as f64, self.last.millis() as f64);
        let share = f64::from(index) / f64::from(self.retries - 1);
        Span::from_millis((first * (last / first).powf(share)).round() as u64)
    }
}

impl RetrySchedule {
    /// A schedule of these phases.
    pub const fn new(phases: &'static [Phase]) -> Self {
        RetrySchedule { phases }
    }

    /// The pause after so many failed attempts; none if retries are exhausted.
    pub fn pause(&self, attempts: u32) -> Option<Span> {
        let mut index = attempts.saturating_sub(1);
        for phase in self.phases {
            if index < phase.retries {
                return Some(phase.pause(index));
            }
            index -= phase.retries;
        }
        None
    }

    /// True if the attempt after so many failed ones is the last.
    pub fn is_last(&self, attempts: u32) -> bool {
        self.pause(attempts.saturating_add(1)).is_none()
    }

    /// The pause after so many failed attempts. After the last one it is the longest pause of the schedule:
    /// what is left to do then, such as storing a dead letter, is tried until it succeeds.
    pub fn pause_or_longest(&self, attempts: u32) -> Span {
        let longest = || self.phases.iter().map(|phase| phase.first.max(phase.last)).max();
        self.pause(attempts).or_else(longest).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: RetrySchedule = RetrySchedule::new(&[
        Phase::every(Span::ZERO, 2),
        Phase::backoff(Span::from_seconds(1), Span::from_seconds(16), 5),
        Phase::every(Span::from_seconds(20), 3),
    ]);

    #[test]
    fn phases_follow_each_other_until_retries_are_exhausted() {
        let pauses: Vec<_> = (1..=10).map(|n| SCHEDULE.pause(n).unwrap().millis()).collect();
        assert_eq!(pauses, [0, 0, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000]);
        assert_eq!((SCHEDULE.pause(11), SCHEDULE.pause(u32::MAX)), (None, None));
        assert!(SCHEDULE.is_last(10) && !SCHEDULE.is_last(9) && SCHEDULE.is_last(u32::MAX));
    }

    #[test]
    fn what_is_left_after_the_last_attempt_is_tried_with_the_longest_pause() {
        assert_eq!(SCHEDULE.pause_or_longest(4), Span::from_seconds(2));
        assert_eq!(SCHEDULE.pause_or_longest(11), Span::from_seconds(20));
        assert_eq!(RetrySchedule::new(&[]).pause_or_longest(1), Span::ZERO);
    }
}
