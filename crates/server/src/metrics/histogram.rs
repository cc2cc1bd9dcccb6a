//! A histogram of atomic counters: the library's takes a lock for each observation, and this one is
//! on the way of every request.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// Counts observations by size; its clones are the same histogram.
#[derive(Clone, Debug)]
pub(super) struct Histogram(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bounds: &'static [f64],
    /// One for each bound, and one for what is above them all.
    counts: Box<[AtomicU64]>,
    /// The sum in millionths, so that it is one addition.
    micros: AtomicU64,
}

impl Histogram {
    /// With these upper bounds, in rising order.
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Histogram(Arc::new(Inner { bounds, counts, micros: AtomicU64::new(0) }))
    }

    /// Counts one value; what is less than a millionth, or no number, counts as zero.
    pub(super) fn observe(&self, value: f64) {
        let inner = &self.0;
        let index = inner.bounds.partition_point(|bound| *bound < value);
        inner.counts[index].fetch_add(1, Relaxed);
        // The conversion saturates, and makes zero of what is no number.
        let micros = (value * 1e6).round() as u64;
        inner.micros.fetch_add(micros, Relaxed);
    }
}

impl EncodeMetric for Histogram {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), fmt::Error> {
        let inner = &self.0;
        let bounds = inner.bounds.iter().copied().chain([f64::INFINITY]);
        let counts = inner.counts.iter().map(|count| count.load(Relaxed));
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = inner.micros.load(Relaxed) as f64 / 1e6;
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

impl TypedMetric for Histogram {
    const TYPE: MetricType = MetricType::Histogram;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_belongs_to_the_first_bound_that_is_not_below_it() {
        let histogram = Histogram::new(&[1.0, 2.0]);
        for value in [0.5, 1.0, 1.5, 2.0, 2.5, f64::NAN] {
            histogram.observe(value);
        }
        let counts: Vec<u64> = histogram.0.counts.iter().map(|c| c.load(Relaxed)).collect();
        assert_eq!(counts, [3, 2, 1]);
        assert_eq!(histogram.0.micros.load(Relaxed), 7_500_000);
    }
}
