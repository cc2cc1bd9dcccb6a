//! How much is delivered at once: how many bytes of messages of all topics are in memory on their way. Each
//! kind of delivery has a budget of its own, so that what waits for slow receivers keeps nothing else waiting.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::model::laggards::ByPace;

/// How many things are done at once for one topic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Most subscriptions that a round, or an errand to those that are behind, delivers to at once.
    pub(crate) at_once: usize,
    /// Attempts after which an errand to those that are behind makes room for those of other topics.
    pub(crate) attempts: usize,
    /// Most messages that who is behind gets at once.
    pub(crate) messages: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { at_once: 256, attempts: 1024, messages: super::round::MESSAGES }
    }
}

/// Bytes that may be taken of one budget, in kibibytes.
const ALL: u32 = 64 << 10;

/// The budgets of deliveries.
#[derive(Default)]
pub(crate) struct Budgets {
    /// Letters of rounds.
    pub(super) rounds: Budget,
    /// What goes to those that are behind, by their pace.
    pub(super) drains: ByPace<DrainBudget>,
    /// What is replayed.
    pub(super) replays: DrainBudget,
}

/// Messages are taken while letters are waited for, and never the other way round.
#[derive(Default)]
pub(super) struct DrainBudget {
    pub(super) messages: Budget,
    pub(super) letters: Budget,
}

/// A budget; who asks first is served first.
pub(super) struct Budget(Arc<Semaphore>);

/// A part of a budget, until it is dropped.
#[derive(Debug)]
pub(super) struct Share(Option<OwnedSemaphorePermit>);

impl Default for Budget {
    fn default() -> Self {
        Budget(Arc::new(Semaphore::new(ALL as usize)))
    }
}

impl Budget {
    /// Waits for so many bytes; for all there are, if they are more.
    pub(super) async fn take(&self, bytes: usize) -> Share {
        // The budget is never closed.
        Share(Arc::clone(&self.0).acquire_many_owned(kibibytes(bytes)).await.ok())
    }
}

impl Share {
    /// Gives back what is not needed of it.
    pub(super) fn shrink_to(&mut self, bytes: usize) {
        if let Some(permit) = &mut self.0 {
            drop(permit.split(permit.num_permits().saturating_sub(kibibytes(bytes) as usize)));
        }
    }
}

fn kibibytes(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(ALL).clamp(1, ALL)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_budget_is_all_that_is_out_and_what_is_given_back_can_be_taken_again() {
        let budget = Budget::default();
        let take = |bytes| budget.take(bytes).now_or_never();
        let mut much = take((ALL as usize - 1) << 10).unwrap();
        assert!(take(1025).is_none() && take(1024).is_some());
        much.shrink_to(0);
        assert!(take((ALL as usize - 1) << 10).is_some());
        assert!(take(usize::MAX).is_none());
        drop(much);
        assert!(take(usize::MAX).is_some());
    }
}
