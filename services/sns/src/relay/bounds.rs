//! How much is delivered at once.

use base::Span;
use runtime::delivery::{Budget, ByHealth};
use store::PageLimit;

/// Most messages of a delivery batch.
pub(super) const MESSAGES: usize = 100;
/// Bytes of the messages of a delivery batch, passed by one message at most.
pub(super) const BYTES: usize = 1 << 20;
/// Bytes of all copies of a batch in flight together, about: each recipient has its own.
pub(super) const IN_FLIGHT: usize = 64 << 20;
/// A page of the log.
pub(super) const PAGE: PageLimit = PageLimit { rows: MESSAGES, bytes: BYTES };
/// The page of a subscription whose last delivery failed: one message, until it has accepted that.
pub(super) const PROBE: PageLimit = PageLimit { rows: 1, bytes: 1 };
/// Batches of a job, after which it makes room for those of other topics.
pub(super) const BATCHES: usize = 64;
/// The least time that the recipients of a page have.
pub(super) const LEAST_TIMEOUT: Span = Span::from_millis(250);

/// The bounds of one topic's deliveries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Most subscriptions that a batch, or a catch-up, delivers to at once.
    pub(crate) at_once: usize,
    /// Attempts after which a catch-up makes room for those of other topics.
    pub(crate) attempts: usize,
    /// Most messages that a lagging subscription gets at once.
    pub(crate) messages: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { at_once: 256, attempts: 1024, messages: MESSAGES }
    }
}

/// The budgets of all topics together. Each kind of delivery has its own, so that what waits for slow receivers
/// keeps nothing else waiting.
#[derive(Default)]
pub(crate) struct Budgets {
    /// Messages of delivery batches.
    pub(super) batches: Budget,
    /// Messages for lagging subscriptions, by their receivers' health.
    pub(super) catch_ups: ByHealth<CatchUpBudget>,
    /// Replayed messages.
    pub(super) replays: CatchUpBudget,
}

/// Log entries are taken while copies are waited for, and never the other way round.
#[derive(Default)]
pub(super) struct CatchUpBudget {
    /// Entries that were read of logs.
    pub(super) entries: Budget,
    /// The receivers' copies.
    pub(super) copies: Budget,
}

impl CatchUpBudget {
    /// The bytes to reserve before a page is read: an entry may be larger than the page.
    pub(super) fn before_reading(page: PageLimit) -> usize {
        page.bytes.max(256 << 10)
    }
}
