//! How promptly a receiver answers.

use base::Span;

use super::{Outcome, Report};

/// The health of a receiver. Receivers of different health are delivered to apart, so that nobody waits for a
/// slower one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// Answers promptly, whatever the answer.
    #[default]
    Healthy = 0,
    /// Answers, but so late that others should not wait for it.
    Slow = 1,
    /// Does not answer within its timeout.
    Unresponsive = 2,
}

/// One value for each health, indexed by its number.
pub type ByHealth<T> = [T; 3];

/// How long receivers may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// A receiver that takes longer is slow.
    pub prompt: Span,
    /// A receiver that has not answered by then is unresponsive.
    pub longest: Span,
}

impl Health {
    /// Each health, in the order of their numbers.
    pub const ALL: ByHealth<Health> = [Health::Healthy, Health::Slow, Health::Unresponsive];

    /// The health of this number; healthy if there is none.
    pub fn from_number(number: u32) -> Self {
        Health::ALL.get(number as usize).copied().unwrap_or_default()
    }
}

impl Timeouts {
    /// The health that an attempt shows.
    pub fn health(&self, report: &Report) -> Health {
        match report.outcome {
            _ if report.took < self.prompt => Health::Healthy,
            Outcome::Failed(_) if report.took >= self.longest => Health::Unresponsive,
            _ => Health::Slow,
        }
    }

    /// The timeout of the next attempt to a receiver of this health.
    pub fn of(&self, health: Health) -> Span {
        match health {
            Health::Healthy => self.prompt,
            Health::Slow | Health::Unresponsive => self.longest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUTS: Timeouts =
        Timeouts { prompt: Span::from_seconds(2), longest: Span::from_seconds(15) };

    fn health(outcome: Outcome, seconds: u64) -> Health {
        TIMEOUTS.health(&Report { outcome, took: Span::from_seconds(seconds), dropped: 0 })
    }

    #[test]
    fn who_answers_promptly_is_healthy_and_who_does_not_answer_is_unresponsive() {
        let failed = Outcome::Failed(1);
        assert_eq!([Outcome::Done, failed].map(|one| health(one, 1)), [Health::Healthy; 2]);
        assert_eq!([Outcome::Done, failed].map(|one| health(one, 2)), [Health::Slow; 2]);
        assert_eq!(health(failed, 15), Health::Unresponsive);
        assert_eq!(health(Outcome::Done, 20), Health::Slow, "late is not never");
    }

    #[test]
    fn a_health_is_its_number() {
        assert!(Health::ALL.iter().all(|one| Health::from_number(*one as u32) == *one));
        assert_eq!(Health::from_number(3), Health::Healthy);
    }
}
