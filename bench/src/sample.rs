//! What one round measured, and the median of several.

use hdrhistogram::Histogram;

/// The percentiles that are quoted, each with its column's title.
pub(crate) const PERCENTILES: [(f64, &str); 4] =
    [(50.0, "p50"), (90.0, "p90"), (99.0, "p99"), (99.9, "p99.9")];

/// Cores busy with something else, above which a figure is not trusted; the kernel's own threads stay
/// below.
const QUIET: f64 = 0.15;

/// One round, or the median of several, figure by figure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    /// Answered requests a second.
    pub requests: f64,
    /// Messages a second.
    pub messages: f64,
    /// Latencies at [`PERCENTILES`], in microseconds.
    pub latency: [f64; 4],
    /// The slowest answer, in microseconds.
    pub slowest: f64,
    /// CPU time of the server, microseconds a request; none if its process is not known.
    pub server_cpu: Option<f64>,
    /// CPU time of the load generator, microseconds a request.
    pub client_cpu: f64,
    /// Cores that were kept busy by others than the server and the load generator; none if the server's
    /// process is not known.
    pub others: Option<f64>,
    /// Requests that were refused, a second. They count nowhere else.
    pub refused: f64,
}

/// The latencies of a histogram of nanoseconds, in microseconds.
pub(crate) fn latencies(histogram: &Histogram<u64>) -> [f64; 4] {
    PERCENTILES.map(|(percentile, _)| histogram.value_at_percentile(percentile) as f64 / 1e3)
}

impl Sample {
    /// Whether others than the two sides used the machine meanwhile.
    pub(crate) fn disturbed(&self) -> bool {
        self.others.is_some_and(|cores| cores > QUIET)
    }

    /// Each figure's median; none if there are no samples.
    pub(crate) fn median(samples: &[Sample]) -> Option<Sample> {
        let figure = |of: fn(&Sample) -> f64| median(samples.iter().map(of));
        let server_cpu = median(samples.iter().filter_map(|sample| sample.server_cpu));
        let mut latency = [0.0; PERCENTILES.len()];
        for (index, value) in latency.iter_mut().enumerate() {
            *value = median(samples.iter().map(|sample| sample.latency[index]))?;
        }
        Some(Sample {
            requests: figure(|sample| sample.requests)?,
            messages: figure(|sample| sample.messages)?,
            latency,
            slowest: figure(|sample| sample.slowest)?,
            server_cpu,
            client_cpu: figure(|sample| sample.client_cpu)?,
            others: median(samples.iter().filter_map(|sample| sample.others)),
            refused: figure(|sample| sample.refused)?,
        })
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
    fn each_figure_has_its_own_median() {
        let sample = |requests: f64, p50: f64| Sample {
            requests,
            messages: requests,
            latency: [p50, 2.0, 3.0, 4.0],
            slowest: 5.0,
            server_cpu: (requests > 1.0).then_some(7.0),
            client_cpu: 1.0,
            others: None,
            refused: 0.0,
        };
        let samples = [sample(1.0, 9.0), sample(2.0, 8.0), sample(3.0, 1.0)];
        let median = Sample::median(&samples).unwrap();
        assert_eq!((median.requests, median.latency[0], median.server_cpu), (2.0, 8.0, Some(7.0)));
        assert_eq!(Sample::median(&[]), None);
    }

    #[test]
    fn latencies_are_microseconds() {
        let mut histogram = Histogram::new(3).unwrap();
        histogram.record(1_500_000).unwrap();
        assert!((latencies(&histogram)[0] - 1500.0).abs() < 2.0);
    }
}
