//! Back-off: how long to wait before something that failed is tried again.

use base::{Random, Span};

/// Pauses that double with each failure, up to a cap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    /// The pause after the first failure.
    pub(crate) first: Span,
    /// The longest pause.
    pub(crate) most: Span,
}

impl Backoff {
    /// The pause after so many failures in a row: between half of the full pause and all of it, so that what failed
    /// together is not tried again together.
    pub(crate) fn pause(&self, failures: u32, random: &Random) -> Span {
        let doublings = failures.saturating_sub(1).min(32);
        let full = self.first.millis().saturating_mul(1 << doublings).min(self.most.millis());
        let jitter = u64::from_be_bytes(random.bytes()) % (full / 2 + 1);
        Span::from_millis(full - jitter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff =
        Backoff { first: Span::from_seconds(1), most: Span::from_seconds(300) };

    #[test]
    fn pauses_double_up_to_the_cap_and_are_never_shorter_than_half() {
        let random = Random::seeded(1);
        for (failures, full) in [(1, 1000), (2, 2000), (5, 16_000), (9, 256_000), (10, 300_000)] {
            for _ in 0..100 {
                let pause = BACKOFF.pause(failures, &random).millis();
                assert!((full / 2..=full).contains(&pause), "{pause} after {failures} failures");
            }
        }
        assert!(BACKOFF.pause(u32::MAX, &random) <= BACKOFF.most);
    }

    #[test]
    fn what_failed_together_is_not_tried_again_together() {
        let random = Random::seeded(1);
        let pauses: std::collections::BTreeSet<Span> =
            (0..20).map(|_| BACKOFF.pause(4, &random)).collect();
        assert!(pauses.len() > 10);
    }
}
