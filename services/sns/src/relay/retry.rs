//! When a delivery that has failed is attempted again, and how long receivers may take.

use base::Span;
use runtime::delivery::{Phase, RetrySchedule, Timeouts};

/// AWS's schedule for queues: three retries at once, two after a second each, ten with growing pauses, and
/// 100,000 every twenty seconds.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
pub(super) const SCHEDULE: RetrySchedule = RetrySchedule::new(&[
    Phase::every(Span::ZERO, 3),
    Phase::every(Span::from_seconds(1), 2),
    Phase::backoff(Span::from_seconds(1), Span::from_seconds(20), 10),
    Phase::every(Span::from_seconds(20), 100_000),
]);

/// The timeouts of receivers. A batch waits no longer than `prompt` for all its recipients together.
pub(super) const TIMEOUTS: Timeouts =
    Timeouts { prompt: Span::from_seconds(2), longest: Span::from_seconds(15) };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_tried_for_twenty_three_days() {
        let pauses = |range: std::ops::RangeInclusive<u32>| -> Vec<u64> {
            range.map(|attempts| SCHEDULE.pause(attempts).unwrap().millis()).collect()
        };
        assert_eq!(pauses(1..=6), [0, 0, 0, 1000, 1000, 1000]);
        assert_eq!(
            pauses(6..=15),
            [1000, 1395, 1946, 2714, 3786, 5282, 7368, 10_278, 14_337, 20_000]
        );
        assert_eq!(pauses(15..=17), [20_000; 3]);
        assert!(SCHEDULE.pause(100_015).is_some());
        assert_eq!(SCHEDULE.pause(100_016), None);
    }
}
