//! How much was done.

/// Counts of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::crash) struct Totals {
    /// Messages to standard queues whose send was acknowledged.
    pub(in crate::crash) sent: u64,
    /// Messages to FIFO queues whose send was acknowledged.
    pub(in crate::crash) sent_fifo: u64,
    /// Sends to FIFO queues that were repeated because nobody answered.
    pub(in crate::crash) repeated: u64,
    /// Sends to FIFO queues that were repeated though they had been acknowledged.
    pub(in crate::crash) duplicates: u64,
    /// Messages received from standard queues.
    pub(in crate::crash) received: u64,
    /// Messages received from FIFO queues.
    pub(in crate::crash) received_fifo: u64,
    /// Deletes that were acknowledged.
    pub(in crate::crash) deleted: u64,
    /// Visibility changes that were acknowledged.
    pub(in crate::crash) hidden: u64,
    /// Dead letters seen in their dead-letter queue for the first time.
    pub(in crate::crash) dead: u64,
    /// Moved messages seen for the first time after a move.
    pub(in crate::crash) moved: u64,
    /// Move tasks whose start was acknowledged.
    pub(in crate::crash) moves: u64,
    /// Handles that were refused because their time was over.
    pub(in crate::crash) expired: u64,
    /// Requests without an answer.
    pub(in crate::crash) unanswered: u64,
}

impl Totals {
    /// Messages whose send was acknowledged.
    pub(in crate::crash) fn sent_in_all(&self) -> u64 {
        self.sent + self.sent_fifo
    }
}
