//! Metrics of a module.

/// A value that is asked for when the metrics are read.
pub struct Metric {
    /// Its name, without `millpond_`; it begins with the module's name: `sns_messages_dropped`.
    pub name: &'static str,
    /// Its description, without a full stop.
    pub help: &'static str,
    value: Box<dyn Fn() -> f64 + Send + Sync>,
}

impl Metric {
    /// A metric.
    pub fn new(
        name: &'static str,
        help: &'static str,
        value: impl Fn() -> f64 + Send + Sync + 'static,
    ) -> Self {
        Metric { name, help, value: Box::new(value) }
    }

    /// Its present value.
    pub fn value(&self) -> f64 {
        (self.value)()
    }
}
