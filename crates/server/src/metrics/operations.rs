//! Requests by service, operation and status, and how long they took.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use base::clock::Stopwatch;
use hyper::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::registry::{Registry, Unit};

use super::histogram::Histogram;

/// Seconds. A long poll takes up to 20; the edges of a fast answer are fine.
const SECONDS: &[f64] = &[
    0.000_25, 0.000_5, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0, 20.0,
];

/// The statuses that AWS's services answer with; all others share `other`.
const STATUSES: [(u16, &str); 11] = [
    (200, "200"),
    (400, "400"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (413, "413"),
    (415, "415"),
    (429, "429"),
    (500, "500"),
    (501, "501"),
    (503, "503"),
];
const OTHER: usize = STATUSES.len();
/// The caller went away before the answer.
const GONE: usize = OTHER + 1;

/// The families from which the operations' handles are drawn.
#[derive(Debug)]
pub(crate) struct Operations {
    requests: Family<Answered, Counter>,
    durations: Family<Named, Histogram, Bounds>,
}

/// The handles of one operation, to be resolved once and kept.
#[derive(Debug)]
pub(crate) struct OperationMetrics {
    name: Named,
    requests: Family<Answered, Counter>,
    /// Resolved when a status is first answered, so that there are no lines for those that never are.
    counters: [OnceLock<Counter>; GONE + 1],
    duration: Histogram,
}

/// A request that is being answered; dropped without an answer, its caller has gone.
#[derive(Debug)]
pub(crate) struct Running<M: Deref<Target = OperationMetrics>> {
    operation: M,
    since: Stopwatch,
    outcome: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    service: &'static str,
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    service: &'static str,
    operation: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug)]
struct Bounds;

impl MetricConstructor<Histogram> for Bounds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(SECONDS)
    }
}

impl Operations {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let requests = Family::default();
        let durations = Family::new_with_constructor(Bounds);
        registry.register(
            "requests",
            "Requests by service, operation and status; gone: the caller left before the answer",
            requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "Time from dispatch to answer",
            Unit::Seconds,
            durations.clone(),
        );
        Operations { requests, durations }
    }

    /// The handles of an operation: take them once, when the program starts.
    pub(crate) fn of(
        &self,
        service: &'static str,
        operation: &'static str,
    ) -> Arc<OperationMetrics> {
        let name = Named { service, operation };
        let duration = self.durations.get_or_create(&name).clone();
        let counters = [const { OnceLock::new() }; GONE + 1];
        Arc::new(OperationMetrics { name, requests: self.requests.clone(), counters, duration })
    }
}

impl OperationMetrics {
    /// A request begins.
    pub(crate) fn begin(&self) -> Running<&Self> {
        Running { operation: self, since: Stopwatch::start(), outcome: GONE }
    }

    /// A request begins whose end is told elsewhere.
    pub(crate) fn begin_apart(self: Arc<Self>) -> Running<Arc<Self>> {
        Running { operation: self, since: Stopwatch::start(), outcome: GONE }
    }

    fn counter(&self, outcome: usize) -> &Counter {
        self.counters[outcome].get_or_init(|| {
            let status = match outcome {
                GONE => "gone",
                _ => STATUSES.get(outcome).map_or("other", |(_, text)| text),
            };
            let Named { service, operation } = self.name;
            self.requests.get_or_create(&Answered { service, operation, status }).clone()
        })
    }
}

impl<M: Deref<Target = OperationMetrics>> Running<M> {
    /// It was answered.
    pub(crate) fn answered(mut self, status: StatusCode) {
        let status = status.as_u16();
        self.outcome = STATUSES.iter().position(|(code, _)| *code == status).unwrap_or(OTHER);
    }
}

impl<M: Deref<Target = OperationMetrics>> Drop for Running<M> {
    fn drop(&mut self) {
        self.operation.counter(self.outcome).inc();
        self.operation.duration.observe(self.since.seconds());
    }
}
