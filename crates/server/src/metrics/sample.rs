//! Values that somebody else knows, asked for when the metrics are read.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;

/// A gauge that is a question.
pub(super) struct Sample<F> {
    name: &'static str,
    help: String,
    value: F,
}

impl<F> Sample<F> {
    pub(super) fn new(name: &'static str, help: &str, value: F) -> Self {
        // Everywhere else the registry adds the full stop.
        Sample { name, help: format!("{help}."), value }
    }
}

impl<F: Fn() -> f64 + Send + Sync + 'static> Collector for Sample<F> {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let gauge = ConstGauge::new((self.value)());
        let metric = encoder.encode_descriptor(self.name, &self.help, None, gauge.metric_type())?;
        gauge.encode(metric)
    }
}

impl<F> fmt::Debug for Sample<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample").field("name", &self.name).finish_non_exhaustive()
    }
}
