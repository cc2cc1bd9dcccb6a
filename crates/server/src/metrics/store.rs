//! What the store reports of its commits.

use prometheus_client::registry::{Registry, Unit};

use super::histogram::Histogram;

const BATCHES: &[f64] =
    &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 4096.0];
const BYTES: &[f64] = &[
    256.0,
    1024.0,
    4096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];
const SECONDS: &[f64] = &[
    0.000_1, 0.000_2, 0.000_4, 0.000_8, 0.001_6, 0.003_2, 0.006_4, 0.0128, 0.025, 0.05, 0.1, 0.2,
    0.5, 1.0, 2.0,
];

/// The metrics of the store.
#[derive(Debug)]
pub(crate) struct StoreMetrics {
    batches: Histogram,
    bytes: Histogram,
    syncs: Histogram,
}

impl StoreMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let batches = Histogram::new(BATCHES);
        let bytes = Histogram::new(BYTES);
        let syncs = Histogram::new(SECONDS);
        registry.register("commit_batches", "Batches in a group commit", batches.clone());
        registry.register_with_unit(
            "commit_size",
            "Size of a group commit",
            Unit::Bytes,
            bytes.clone(),
        );
        registry.register_with_unit(
            "sync_duration",
            "Time that writing and syncing a group commit took",
            Unit::Seconds,
            syncs.clone(),
        );
        StoreMetrics { batches, bytes, syncs }
    }

    /// A group commit is durable: so many batches and bytes, in so many seconds.
    pub(crate) fn committed(&self, batches: usize, bytes: usize, seconds: f64) {
        self.batches.observe(batches as f64);
        self.bytes.observe(bytes as f64);
        self.syncs.observe(seconds);
    }
}
