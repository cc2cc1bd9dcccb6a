//! What the program measures of itself, in the OpenMetrics text format.
//!
//! Metrics are plain values that are handed to whoever counts: there are no globals. On the way of a
//! request nothing is looked up, locked or allocated; handles are resolved when the program starts.

mod histogram;
mod operations;
mod sample;
mod store;

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use web::HttpMetrics;

pub(crate) use self::operations::{OperationMetrics, Operations};
pub(crate) use self::store::StoreMetrics;

/// The media type of [`Metrics::render`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All metrics of a node.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// Connections and requests, whatever they ask for.
    pub(crate) http: Arc<HttpMetrics>,
    /// Requests by service and operation.
    pub(crate) operations: Operations,
    /// Commits and syncs.
    pub(crate) store: Arc<StoreMetrics>,
    registry: Mutex<Registry>,
}

impl Metrics {
    /// All of them, at zero.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("millpond");
        Metrics {
            http: Arc::new(HttpMetrics::new(&mut registry)),
            operations: Operations::new(&mut registry),
            store: Arc::new(StoreMetrics::new(&mut registry)),
            registry: Mutex::new(registry),
        }
    }

    /// Adds a value that is asked for whenever somebody reads the metrics, such as the store's
    /// pressure or the time.
    pub(crate) fn sample(
        &self,
        name: &'static str,
        help: &'static str,
        value: impl Fn() -> f64 + Send + Sync + 'static,
    ) {
        let sample = sample::Sample::new(name, help, value);
        self.registry.lock().register_collector(Box::new(sample));
    }

    /// Adds the modules' metrics.
    pub(crate) fn modules(&self, registry: &Arc<runtime::Registry>) {
        for (index, metric) in registry.metrics().iter().enumerate() {
            let registry = Arc::clone(registry);
            self.sample(metric.name, metric.help, move || {
                registry.metrics().get(index).map_or(0.0, runtime::Metric::value)
            });
        }
    }

    /// All of them as text.
    pub(crate) fn render(&self) -> Result<String, fmt::Error> {
        let mut text = String::with_capacity(16 * 1024);
        text::encode(&mut text, &self.registry.lock())?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::StatusCode;

    #[track_caller]
    fn check(metrics: &Metrics, lines: &[&str]) {
        let text = metrics.render().expect("a string takes everything");
        for line in lines {
            assert!(text.lines().any(|l| l == *line), "no line {line:?} in\n{text}");
        }
    }

    #[test]
    fn requests_are_counted_by_service_operation_and_status() {
        let metrics = Metrics::new();
        let send = metrics.operations.of("sqs", "SendMessage");
        send.begin().answered(StatusCode::OK);
        send.begin().answered(StatusCode::OK);
        metrics.operations.of("sqs", "SendMessage").begin().answered(StatusCode::IM_A_TEAPOT);
        drop(send.begin());
        let labels = r#"service="sqs",operation="SendMessage""#;
        check(
            &metrics,
            &[
                &format!(r#"millpond_requests_total{{{labels},status="200"}} 2"#),
                &format!(r#"millpond_requests_total{{{labels},status="other"}} 1"#),
                &format!(r#"millpond_requests_total{{{labels},status="gone"}} 1"#),
                &format!("millpond_request_duration_seconds_count{{{labels}}} 4"),
            ],
        );
    }

    #[test]
    fn commits_are_measured_in_batches_bytes_and_seconds() {
        let metrics = Metrics::new();
        metrics.store.committed(3, 2000, 0.001);
        metrics.store.committed(1, 100, 0.002);
        check(
            &metrics,
            &[
                r#"millpond_commit_batches_bucket{le="1.0"} 1"#,
                r#"millpond_commit_batches_bucket{le="+Inf"} 2"#,
                "millpond_commit_batches_sum 4.0",
                "millpond_commit_size_bytes_sum 2100.0",
                "millpond_sync_duration_seconds_sum 0.003",
            ],
        );
    }

    #[test]
    fn a_sample_is_taken_when_somebody_reads() {
        let metrics = Metrics::new();
        metrics.sample("pressure", "How full it is", || 0.5);
        check(&metrics, &["# HELP millpond_pressure How full it is.", "millpond_pressure 0.5"]);
    }
}
