//! What one round measured, and the median of several.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::commits::Commits;
use crate::load::Tally;
use crate::statistics::median;

/// The percentiles that are quoted, each with its column's title.
pub(crate) const PERCENTILES: [(f64, &str); 4] =
    [(50.0, "p50"), (90.0, "p90"), (99.0, "p99"), (99.9, "p99.9")];

/// Cores busy with something else, above which a figure is not trusted; the kernel's own threads stay
/// below.
const QUIET: f64 = 0.15;

/// One round, or the median of several, figure by figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sample {
    /// Answered operations a second, of those that are timed.
    pub operations: f64,
    /// Messages a second.
    pub messages: f64,
    /// Latencies at [`PERCENTILES`], in microseconds.
    pub latency: [f64; 4],
    /// Their mean, in microseconds.
    pub mean: f64,
    /// The slowest answer, in microseconds.
    pub slowest: f64,
    /// CPU time of the server, microseconds an operation; none if its process is not known.
    pub server_cpu: Option<f64>,
    /// CPU time of the load generator, microseconds an operation; none if it is the same process.
    pub client_cpu: Option<f64>,
    /// Cores that were kept busy by others than the server and the load generator; none if the server's
    /// process is not known.
    pub others: Option<f64>,
    /// What the server committed meanwhile, if it tells; of several rounds, of all of them.
    pub commits: Option<Commits>,
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

    /// What was counted in so much time, without what only a meter knows.
    pub(crate) fn of(tally: &Tally, took: Duration) -> Sample {
        let seconds = took.as_secs_f64();
        Sample {
            operations: tally.latency.len() as f64 / seconds,
            messages: tally.messages as f64 / seconds,
            latency: latencies(&tally.latency),
            mean: tally.latency.mean() / 1e3,
            slowest: tally.latency.max() as f64 / 1e3,
            ..Sample::default()
        }
    }

    /// Each figure's median; none if there are no samples.
    pub(crate) fn median(samples: &[Sample]) -> Option<Sample> {
        let figure = |of: fn(&Sample) -> f64| median(samples.iter().map(of));
        let maybe = |of: fn(&Sample) -> Option<f64>| median(samples.iter().filter_map(of));
        let mut latency = [0.0; PERCENTILES.len()];
        for (index, value) in latency.iter_mut().enumerate() {
            *value = median(samples.iter().map(|sample| sample.latency[index]))?;
        }
        Some(Sample {
            operations: figure(|sample| sample.operations)?,
            messages: figure(|sample| sample.messages)?,
            latency,
            mean: figure(|sample| sample.mean)?,
            slowest: figure(|sample| sample.slowest)?,
            server_cpu: maybe(|sample| sample.server_cpu),
            client_cpu: maybe(|sample| sample.client_cpu),
            others: maybe(|sample| sample.others),
            commits: samples.iter().filter_map(|sample| sample.commits).reduce(Commits::plus),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_its_own_median() {
        let sample = |operations: f64, p50: f64| Sample {
            operations,
            latency: [p50, 2.0, 3.0, 4.0],
            server_cpu: (operations > 1.0).then_some(7.0),
            commits: Some(Commits { commits: 1, batches: 2, bytes: 3 }),
            ..Sample::default()
        };
        let samples = [sample(1.0, 9.0), sample(2.0, 8.0), sample(3.0, 1.0)];
        let median = Sample::median(&samples).unwrap();
        assert_eq!((median.operations, median.latency[0]), (2.0, 8.0));
        assert_eq!(median.server_cpu, Some(7.0));
        assert_eq!(median.commits, Some(Commits { commits: 3, batches: 6, bytes: 9 }));
        assert_eq!(Sample::median(&[]), None);
    }

    #[test]
    fn a_sample_is_what_was_counted_a_second() {
        let mut tally = Tally::new().unwrap();
        tally.count(Some(Duration::from_millis(2)), 10);
        tally.count(Some(Duration::from_millis(4)), 10);
        let sample = Sample::of(&tally, Duration::from_millis(500));
        assert_eq!((sample.operations, sample.messages), (4.0, 40.0));
        assert!((sample.mean - 3000.0).abs() < 10.0, "{}", sample.mean);
    }

    #[test]
    fn latencies_are_microseconds() {
        let mut histogram = Histogram::new(3).unwrap();
        histogram.record(1_500_000).unwrap();
        assert!((latencies(&histogram)[0] - 1500.0).abs() < 2.0);
    }
}
