//! What happens later to a topic or a platform application.

/// What happens later to a topic; the number stands in the due row and is never reused. 24 to 29 are kept
/// for deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum DueKind {
    /// Delete the rows of a life that is over.
    Reclaim = 2,
    /// Delete subscriptions that were not confirmed in time.
    Expire = 3,
    /// Forget deduplication ids that are over.
    Forget = 10,
    /// Deliver what was published.
    Deliver = 20,
    /// Deliver to subscriptions that are behind.
    CatchUp = 21,
    /// Deliver to subscriptions what the archive has for them.
    Replay = 22,
    /// Give up what the archive need not keep any more.
    Archive = 23,
    /// Deliver to subscriptions that are behind and whose receivers are slow.
    CatchUpSlow = 25,
    /// Deliver to subscriptions that are behind and whose receivers do not answer.
    CatchUpUnresponsive = 26,
    /// Delete the rows of a platform application's life that is over.
    ReclaimApplication = 30,
}

impl DueKind {
    /// What brings deliveries to those that are behind.
    pub(crate) fn catch_up(health: Health) -> Self {
        match health {
            Health::Healthy => DueKind::CatchUp,
            Health::Slow => DueKind::CatchUpSlow,
            Health::Unresponsive => DueKind::CatchUpUnresponsive,
        }
    }

    /// What a due row's number means.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        match number {
            2 => Some(DueKind::Reclaim),
            3 => Some(DueKind::Expire),
            10 => Some(DueKind::Forget),
            20 => Some(DueKind::Deliver),
            21 => Some(DueKind::CatchUp),
            22 => Some(DueKind::Replay),
            23 => Some(DueKind::Archive),
            25 => Some(DueKind::CatchUpSlow),
            26 => Some(DueKind::CatchUpUnresponsive),
            30 => Some(DueKind::ReclaimApplication),
            _ => None,
        }
    }
}
use runtime::delivery::Health;
