//! How much was done.

/// Counts of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::crash) struct Totals {
    /// Messages to the standard topic whose publishing was acknowledged.
    pub(in crate::crash) published: u64,
    /// Messages to the FIFO topic whose publishing was acknowledged.
    pub(in crate::crash) published_fifo: u64,
    /// Messages to the FIFO topic that were published again though that had been acknowledged.
    pub(in crate::crash) duplicates: u64,
    /// Messages that were received though nobody had answered their publisher.
    pub(in crate::crash) untold: u64,
    /// Messages seen in a subscriber's queue for the first time.
    pub(in crate::crash) delivered: u64,
    /// Messages seen in a subscription's dead-letter queue for the first time.
    pub(in crate::crash) dead: u64,
    /// Of these, how many could be nowhere else.
    pub(in crate::crash) owed_dead: u64,
    /// Changes of subscriptions, queues and their policies that were acknowledged.
    pub(in crate::crash) changes: u64,
    /// Published messages that a kill has met between the answer and the last delivery.
    pub(in crate::crash) interrupted: u64,
    /// Requests without an answer.
    pub(in crate::crash) unanswered: u64,
}
