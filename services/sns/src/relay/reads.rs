//! Reads of a topic's log for lagging subscriptions: many of them often have the same cursor.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use runtime::Trouble;
use runtime::delivery::Share;
use store::Position;
use tokio::sync::OnceCell;

use crate::model::outgoing::Outgoing;

/// Some messages, in memory as long as they are being delivered.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) messages: Vec<Arc<Outgoing>>,
    /// The position before which there are no others.
    pub(super) upto: Position,
    pub(super) _share: Share,
}

/// A read: from a position, so many messages at most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReadKey {
    pub(super) from: Position,
    pub(super) most: usize,
}

type Slot = OnceCell<Arc<Read>>;

/// The reads that run or whose messages are being delivered.
#[derive(Default)]
pub(super) struct Reads(Mutex<BTreeMap<ReadKey, ReadSlot>>);

/// The running read, if one runs, and its result.
#[derive(Default)]
struct ReadSlot {
    reading: Weak<Slot>,
    read: Weak<Read>,
}

impl Reads {
    /// The result of a read: shared if the same was read already or is being read, read now otherwise.
    pub(super) async fn get<F>(
        &self,
        key: ReadKey,
        read: impl FnOnce() -> F,
    ) -> Result<Arc<Read>, Trouble>
    where
        F: Future<Output = Result<Read, Trouble>>,
    {
        let slot = {
            let mut slots = self.0.lock();
            slots.retain(|_, slot| slot.is_used());
            let found = slots.entry(key).or_default();
            if let Some(read) = found.read.upgrade() {
                return Ok(read);
            }
            found.reading.upgrade().unwrap_or_else(|| {
                let slot = Arc::default();
                found.reading = Arc::downgrade(&slot);
                slot
            })
        };
        let read = slot.get_or_try_init(|| async { read().await.map(Arc::new) }).await?;
        if let Some(slot) = self.0.lock().get_mut(&key) {
            slot.read = Arc::downgrade(read);
        }
        Ok(Arc::clone(read))
    }
}

impl ReadSlot {
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
        let at = |position| reads.get(ReadKey { from: Position(position), most: 1 }, read);
        let (one, two, other) = future::try_join3(at(3), at(3), at(4)).await.unwrap();
        assert!(Arc::ptr_eq(&one, &two) && !Arc::ptr_eq(&one, &other));
        assert!(at(3).now_or_never().is_some(), "it is there");
        assert_eq!(times.get(), 2);
        drop((one, two));
        at(3).await.unwrap();
        assert_eq!(times.get(), 3);
    }
}
