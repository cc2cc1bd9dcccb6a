//! Metrics of connections and requests, whatever they ask for.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::refusal::Refusal;

/// The metrics of connections and requests.
#[derive(Debug)]
pub struct HttpMetrics {
    accepted: Counter,
    turned_away: Counter,
    connections: Gauge,
    in_flight: Gauge,
    /// One for each reason, in the order of [`FailedHandshake::ALL`].
    no_handshakes: Vec<Counter>,
    unread: Counter,
    /// One for each refusal, in the order of [`Refusal::ALL`].
    refused: Vec<Counter>,
}

/// The reason why a TLS handshake came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailedHandshake {
    /// The client spoke something else.
    Plain,
    /// It took longer than allowed.
    TooSlow,
    /// The two did not agree, or the client went away.
    Failed,
}

impl FailedHandshake {
    /// All of them, in the order of their metrics.
    const ALL: [FailedHandshake; 3] =
        [FailedHandshake::Plain, FailedHandshake::TooSlow, FailedHandshake::Failed];

    const fn reason(self) -> &'static str {
        match self {
            FailedHandshake::Plain => "not_tls",
            FailedHandshake::TooSlow => "too_slow",
            FailedHandshake::Failed => "failed",
        }
    }
}

/// Something that is counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted<'a>(&'a Gauge);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

impl HttpMetrics {
    /// Registers the metrics, at zero.
    pub fn new(registry: &mut Registry) -> Self {
        let refusals = Family::<Reason, Counter>::default();
        let counter = |refusal: &Refusal| {
            refusals.get_or_create(&Reason { reason: refusal.reason() }).clone()
        };
        let refused = Refusal::ALL.iter().map(counter).collect();
        let handshakes = Family::<Reason, Counter>::default();
        let counter = |why: &FailedHandshake| {
            handshakes.get_or_create(&Reason { reason: why.reason() }).clone()
        };
        let no_handshakes = FailedHandshake::ALL.iter().map(counter).collect();
        let (accepted, turned_away) = (Counter::default(), Counter::default());
        let (connections, in_flight) = (Gauge::default(), Gauge::default());
        registry.register("connections", "Open connections", connections.clone());
        registry.register("requests_in_flight", "Requests being answered", in_flight.clone());
        registry.register("connections_accepted", "Connections served", accepted.clone());
        registry.register(
            "connections_turned_away",
            "Connections closed at once because too many were open",
            turned_away.clone(),
        );
        registry.register(
            "requests_refused",
            "Requests refused while they arrived, by reason",
            refusals,
        );
        registry.register(
            "tls_handshakes_failed",
            "Connections closed because there was no TLS handshake, by reason",
            handshakes,
        );
        let unread = Counter::default();
        registry.register(
            "connections_unread",
            "Connections closed because their client did not read its answers",
            unread.clone(),
        );
        HttpMetrics {
            accepted,
            turned_away,
            connections,
            in_flight,
            no_handshakes,
            unread,
            refused,
        }
    }

    /// A connection is open.
    pub(crate) fn connection(&self) -> Counted<'_> {
        self.accepted.inc();
        Counted::new(&self.connections)
    }

    /// A connection was one too many.
    pub(crate) fn turned_away(&self) {
        self.turned_away.inc();
    }

    /// A connection was closed because its client did not read its answers.
    pub(crate) fn unread(&self) {
        self.unread.inc();
    }

    /// A connection had no TLS handshake.
    pub(crate) fn no_handshake(&self, why: FailedHandshake) {
        if let Some(counter) = self.no_handshakes.get(why as usize) {
            counter.inc();
        }
    }

    /// A request is being answered.
    pub(crate) fn in_flight(&self) -> Counted<'_> {
        Counted::new(&self.in_flight)
    }

    /// A request was refused.
    pub(crate) fn refused(&self, refusal: Refusal) {
        if let Some(counter) = self.refused.get(refusal as usize) {
            counter.inc();
        }
    }
}

impl<'a> Counted<'a> {
    fn new(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Counted(gauge)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text;

    use super::*;

    #[track_caller]
    fn check(registry: &Registry, lines: &[&str]) {
        let mut text = String::new();
        text::encode(&mut text, registry).expect("a string takes everything");
        for line in lines {
            assert!(text.lines().any(|l| l == *line), "no line {line:?} in\n{text}");
        }
    }

    #[test]
    fn connections_and_requests_are_counted_until_they_end() {
        let mut registry = Registry::with_prefix("test");
        let metrics = HttpMetrics::new(&mut registry);
        let (connection, request) = (metrics.connection(), metrics.in_flight());
        check(&registry, &["test_connections 1", "test_requests_in_flight 1"]);
        drop((connection, request));
        metrics.turned_away();
        metrics.refused(Refusal::NotGzip);
        check(
            &registry,
            &[
                "test_connections 0",
                "test_requests_in_flight 0",
                "test_connections_accepted_total 1",
                "test_connections_turned_away_total 1",
                r#"test_requests_refused_total{reason="not_gzip"} 1"#,
            ],
        );
    }
}
