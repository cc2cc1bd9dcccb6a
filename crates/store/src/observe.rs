//! What an engine tells about its work.

use std::sync::atomic::{AtomicU64, Ordering};

/// Is told what an engine does, at once and on the engine's own thread: it must return quickly.
pub trait Observer: Send + Sync + 'static {
    /// A commit is durable: how many batches it held, how many bytes, and the seconds that writing and
    /// syncing it took.
    fn committed(&self, batches: usize, bytes: usize, seconds: f64) {
        let _ = (batches, bytes, seconds);
    }

    /// The engine cannot go on: the node must stop. No commit succeeds after this call has begun.
    fn broken(&self, reason: &str) {
        let _ = reason;
    }
}

/// Takes no notice.
impl Observer for () {}

/// What an engine has committed since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Commits: one sync each, for all batches in it.
    pub commits: u64,
    /// Batches.
    pub batches: u64,
    /// About how many bytes of keys, values and records.
    pub bytes: u64,
}

/// Counts for [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Meter {
    commits: AtomicU64,
    batches: AtomicU64,
    bytes: AtomicU64,
}

impl Meter {
    /// Counts a commit.
    pub(crate) fn count(&self, batches: usize, bytes: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.batches.fetch_add(batches as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The counts.
    pub(crate) fn stats(&self) -> Stats {
        Stats {
            commits: self.commits.load(Ordering::Relaxed),
            batches: self.batches.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
