//! Connections and requests, whatever they ask for.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::http::Refusal;

/// The metrics of the HTTP side.
#[derive(Debug)]
pub(crate) struct HttpMetrics {
    accepted: Counter,
    turned_away: Counter,
    connections: Gauge,
    in_flight: Gauge,
    /// One for each reason, in the order of [`NoHandshake::ALL`].
    no_handshakes: Vec<Counter>,
    /// One for each refusal, in the order of [`Refusal::ALL`].
    refused: Vec<Counter>,
}

/// Why a TLS handshake came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHandshake {
    /// The client spoke something else.
    Plain,
    /// It took longer than allowed.
    TooSlow,
    /// The two did not agree, or the client went away.
    Failed,
}

impl NoHandshake {
    /// All of them, in the order of their metrics.
    const ALL: [NoHandshake; 3] = [NoHandshake::Plain, NoHandshake::TooSlow, NoHandshake::Failed];

    const fn reason(self) -> &'static str {
        match self {
            NoHandshake::Plain => "not_tls",
            NoHandshake::TooSlow => "too_slow",
            NoHandshake::Failed => "failed",
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
    pub(super) fn new(registry: &mut Registry) -> Self {
        let refusals = Family::<Reason, Counter>::default();
        let counter = |refusal: &Refusal| {
            refusals.get_or_create(&Reason { reason: refusal.reason() }).clone()
        };
        let refused = Refusal::ALL.iter().map(counter).collect();
        let handshakes = Family::<Reason, Counter>::default();
        let counter =
            |why: &NoHandshake| handshakes.get_or_create(&Reason { reason: why.reason() }).clone();
        let no_handshakes = NoHandshake::ALL.iter().map(counter).collect();
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
        HttpMetrics { accepted, turned_away, connections, in_flight, no_handshakes, refused }
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

    /// A connection had no TLS handshake.
    pub(crate) fn no_handshake(&self, why: NoHandshake) {
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
