//! When a delivery that has failed is tried again.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>

use base::Span;

/// Milliseconds between the ten attempts of the third phase: each 1.4 times the one before.
const BACKOFF: [u64; 10] = [1000, 1395, 1946, 2714, 3786, 5282, 7368, 10_278, 14_337, 20_000];
/// Attempts of the last phase.
const LAST: u32 = 100_000;

/// How long to wait after so many attempts in vain; none if AWS would not try again. To queues: three
/// attempts at once, two after a second each, ten with growing pauses, and 100,000 every twenty seconds.
pub(crate) fn pause(attempts: u32) -> Option<Span> {
    const BACKED_OFF: u32 = 5 + BACKOFF.len() as u32;
    match attempts {
        0..=3 => Some(Span::from_millis(0)),
        4..=5 => Some(Span::from_seconds(1)),
        6..=BACKED_OFF => BACKOFF.get(attempts as usize - 6).copied().map(Span::from_millis),
        _ if attempts <= BACKED_OFF + LAST => Some(Span::from_seconds(20)),
        _ => None,
    }
}

/// The longest pause, which also follows every attempt after the last one, should that be in vain too.
pub(crate) const LONGEST: Span = Span::from_seconds(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_tried_for_twenty_three_days() {
        let pauses = |range: std::ops::RangeInclusive<u32>| -> Vec<u64> {
            range.map(|attempts| pause(attempts).unwrap().millis()).collect()
        };
        assert_eq!(pauses(1..=6), [0, 0, 0, 1000, 1000, 1000]);
        assert!(pauses(6..=15).is_sorted());
        assert_eq!(pauses(15..=17), [20_000; 3]);
        assert!(pause(100_015).is_some());
        assert_eq!(pause(100_016), None);
    }
}
