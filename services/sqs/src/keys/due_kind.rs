//! What happens later to a queue.

/// What happens later to a queue; the number stands in the due row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum DueKind {
    /// Drop messages whose retention is over.
    Sweep = 1,
    /// Delete the rows of a life that is over.
    Reclaim = 2,
    /// Delete what a purge has left behind.
    Trim = 3,
    /// Deliver messages that are on their way to another queue.
    Relay = 20,
    /// Take the next step of a move task.
    Move = 21,
    /// Forget deduplication ids that are over.
    Forget = 10,
}

impl DueKind {
    /// What a due row's number means.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(DueKind::Sweep),
            2 => Some(DueKind::Reclaim),
            3 => Some(DueKind::Trim),
            20 => Some(DueKind::Relay),
            21 => Some(DueKind::Move),
            10 => Some(DueKind::Forget),
            _ => None,
        }
    }
}
