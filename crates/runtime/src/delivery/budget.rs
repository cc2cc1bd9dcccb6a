//! How many bytes of deliveries are in memory at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The size of a budget, in kibibytes.
const ALL: u32 = 64 << 10;

/// A budget of 64 MiB. Who asks first is served first. Deliveries that wait for receivers of different health
/// have budgets of their own, so that slow receivers keep nothing else waiting.
pub struct Budget(Arc<Semaphore>);

/// A share of a budget, returned when it is dropped.
#[derive(Debug)]
pub struct Share(Option<OwnedSemaphorePermit>);

impl Default for Budget {
    fn default() -> Self {
        Budget(Arc::new(Semaphore::new(ALL as usize)))
    }
}

impl Budget {
    /// Waits for so many bytes; for the whole budget, if they are more.
    pub async fn take(&self, bytes: usize) -> Share {
        // The budget is never closed.
        Share(Arc::clone(&self.0).acquire_many_owned(kibibytes(bytes)).await.ok())
    }
}

impl Share {
    /// Returns what exceeds so many bytes.
    pub fn shrink_to(&mut self, bytes: usize) {
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
    fn a_budget_bounds_what_is_taken_and_what_is_returned_can_be_taken_again() {
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
