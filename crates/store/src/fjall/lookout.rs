//! Looks up, from time to time, what everybody reads from the gauge.

use std::sync::Arc;
use std::time::Duration;

use base::clock::Stopwatch;

use super::Shared;
use super::engine::Engine;
use crate::Pressure;

/// How long nothing may happen before the figures are looked up again: usually, and under pressure.
const USUALLY: Duration = Duration::from_secs(1);
const UNDER_PRESSURE: Duration = Duration::from_millis(20);
/// How often the free space is looked up, in seconds.
const SPACE_SECONDS: f64 = 1.0;
/// The share of the queue from which on intake is slowed down.
const NOTEWORTHY: f32 = 0.5;

/// The writer's view of how things are.
pub(super) struct Lookout {
    shared: Arc<Shared>,
    engine: Arc<Engine>,
    since_space: Stopwatch,
    bytes_since_space: u64,
}

impl Lookout {
    pub(super) fn new(shared: Arc<Shared>, engine: Arc<Engine>) -> Self {
        Lookout { shared, engine, since_space: Stopwatch::start(), bytes_since_space: 0 }
    }

    /// How long nothing may happen before it looks again.
    pub(super) fn patience(&self) -> Duration {
        match self.shared.gauge.pressure() {
            Pressure::Free => USUALLY,
            Pressure::Slow(_) | Pressure::Full => UNDER_PRESSURE,
        }
    }

    /// Looks how far the engine is behind, and, when it is time, how much space there is.
    pub(super) fn look(&mut self) {
        self.shared.gauge.set_behind(self.behind());
        if self.since_space.seconds() >= SPACE_SECONDS {
            self.look_at_space();
        }
    }

    /// That many bytes have been written.
    pub(super) fn written(&mut self, bytes: usize) {
        self.bytes_since_space += bytes as u64;
        if self.bytes_since_space >= self.shared.look_bytes {
            self.look_at_space();
        }
    }

    /// The engine's own backlog, or that of the queue, whichever is worse.
    fn behind(&self) -> f32 {
        let waiting = self.shared.queue.bytes() as f32 / self.shared.queue_bytes as f32;
        self.engine.behind().max(if waiting >= NOTEWORTHY { waiting } else { 0.0 })
    }

    fn look_at_space(&mut self) {
        match self.shared.free_space.free() {
            Ok(free) => self.shared.gauge.set_free(free),
            Err(error) => tracing::warn!(%error, "the free space cannot be looked up"),
        }
        self.since_space = Stopwatch::start();
        self.bytes_since_space = 0;
    }
}
