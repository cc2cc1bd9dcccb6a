//! How much a topic delivers at once.

use runtime::delivery::{Budget, ByHealth};

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
        Bounds { at_once: 256, attempts: 1024, messages: super::round::MESSAGES }
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
    /// What was read of logs.
    pub(super) entries: Budget,
    /// The receivers' copies.
    pub(super) copies: Budget,
}
