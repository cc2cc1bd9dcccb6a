//! What was read of a topic's log for those that are behind: many of them often stand at one place.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use runtime::Trouble;
use runtime::delivery::Share;
use store::Position;
use tokio::sync::OnceCell;

use crate::model::outgoing::Outgoing;

/// Some messages, in memory as long as somebody delivers them.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) messages: Vec<Arc<Outgoing>>,
    /// There are no others before this position.
    pub(super) upto: Position,
    pub(super) _share: Share,
}

/// Where it was read, and how many messages at most.
type Place = (Position, usize);
type Slot = OnceCell<Arc<Read>>;

/// What is being read, or delivered.
#[derive(Default)]
pub(super) struct Reads(Mutex<BTreeMap<Place, Entry>>);

/// One who reads, or waits for that; and what has been read.
#[derive(Default)]
struct Entry {
    reading: Weak<Slot>,
    read: Weak<Read>,
}

impl Reads {
    /// What was read there, or is read now.
    pub(super) async fn get<F>(
        &self,
        place: Place,
        read: impl FnOnce() -> F,
    ) -> Result<Arc<Read>, Trouble>
    where
        F: Future<Output = Result<Read, Trouble>>,
    {
        let slot = {
            let mut places = self.0.lock();
            places.retain(|_, entry| entry.is_used());
            let entry = places.entry(place).or_default();
            if let Some(read) = entry.read.upgrade() {
                return Ok(read);
            }
            entry.reading.upgrade().unwrap_or_else(|| {
                let slot = Arc::default();
                entry.reading = Arc::downgrade(&slot);
                slot
            })
        };
        let read = slot.get_or_try_init(|| async { read().await.map(Arc::new) }).await?;
        if let Some(entry) = self.0.lock().get_mut(&place) {
            entry.read = Arc::downgrade(read);
        }
        Ok(Arc::clone(read))
    }
}

impl Entry {
    fn is_used(&self) -> bool {
        self.reading.strong_count() > 0 || self.read.strong_count() > 0
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::FutureExt;
    use futures::future;

    use super::*;
    use runtime::delivery::Budget;

    #[tokio::test]
    async fn what_many_need_is_read_once_and_kept_as_long_as_somebody_has_it() {
        let (budget, times) = (Budget::default(), Cell::new(0));
        let read = || async {
            times.set(times.get() + 1);
            tokio::task::yield_now().await;
            let _share = budget.take(1).await;
            Ok(Read { messages: Vec::new(), upto: Position(9), _share })
        };
        let reads = Reads::default();
        let at = |position| reads.get((Position(position), 1), read);
        let (one, two, other) = future::try_join3(at(3), at(3), at(4)).await.unwrap();
        assert!(Arc::ptr_eq(&one, &two) && !Arc::ptr_eq(&one, &other));
        assert!(at(3).now_or_never().is_some(), "it is there");
        assert_eq!(times.get(), 2);
        drop((one, two));
        at(3).await.unwrap();
        assert_eq!(times.get(), 3);
    }
}
