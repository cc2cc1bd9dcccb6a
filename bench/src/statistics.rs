//! What is made of the figures of several rounds.

/// The middle one of several rounds, with the lowest and the highest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// Of these values; none if there are none.
    pub(crate) fn of(values: impl Iterator<Item = f64> + Clone) -> Option<Spread> {
        let low = values.clone().min_by(f64::total_cmp)?;
        let high = values.clone().max_by(f64::total_cmp)?;
        Some(Spread { median: median(values)?, low, high })
    }

    /// How far the rounds lie apart, as a share of the median.
    pub(crate) fn width(&self) -> f64 {
        (self.high - self.low) / self.median
    }
}

/// The median; of an even number of values, the mean of the two in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get(values.len().checked_sub(1)? / 2)?;
    Some((lower + upper) / 2.0)
}

/// What two things can do one after the other, each as many a second: 1 / (1/a + 1/b).
pub(crate) fn combined(a: f64, b: f64) -> f64 {
    1.0 / (1.0 / a + 1.0 / b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_not_moved_by_one_bad_round() {
        assert_eq!(median([5.0, 100.0, 4.0].into_iter()), Some(5.0));
        assert_eq!(median([4.0, 6.0].into_iter()), Some(5.0));
        assert_eq!(median([].into_iter()), None);
    }

    #[test]
    fn the_spread_is_from_the_worst_round_to_the_best() {
        let spread = Spread::of([5.0, 4.0, 6.0].into_iter()).unwrap();
        assert_eq!(spread, Spread { median: 5.0, low: 4.0, high: 6.0 });
        assert_eq!(spread.width(), 0.4);
        assert_eq!(Spread::of([].into_iter()), None);
    }

    #[test]
    fn two_things_in_turn_are_slower_than_each() {
        assert_eq!(combined(100.0, 100.0), 50.0);
        assert!((combined(116_000.0, 67_500.0) - 42_670.0).abs() < 1.0);
    }
}
