//! The timer index of a node: a cache for each slot.

use base::{SlotId, Timestamp};
use bytes::Bytes;
use parking_lot::{MappedMutexGuard, Mutex, MutexGuard};
use tokio::sync::Notify;

use super::cache::{TimerCache, ToRead};
use super::timer::Row;

/// The timers of all slots, in memory only when their time is near.
pub(crate) struct TimerIndex {
    slots: Mutex<Vec<TimerCache>>,
    /// There may be a timer that is nearer than all before it.
    timers: Notify,
    /// There may be something to read earlier than before.
    reads: Notify,
}

impl Default for TimerIndex {
    fn default() -> Self {
        TimerIndex {
            slots: Mutex::new(SlotId::all().map(|_| TimerCache::default()).collect()),
            timers: Notify::new(),
            reads: Notify::new(),
        }
    }
}

impl TimerIndex {
    /// Notes timers' rows that have just been submitted, under their lane's lock. They are noted before they are
    /// durable (should the commit fail, the job finds nothing to do) and not before they are submitted: one that
    /// is left to the disk comes before the next barrier.
    pub(crate) fn note(&self, slot: SlotId, rows: Vec<Row>) {
        for row in rows {
            let (is_near, reads_earlier) = {
                let mut cache = self.cache(slot);
                let before = cache.next_read();
                (cache.note(row), cache.next_read() < before)
            };
            if is_near {
                self.timers.notify_one();
            }
            if reads_earlier {
                self.reads.notify_one();
            }
        }
    }

    /// Keeps a row whose job has failed for another try at the time `at`. If too many are kept, the slot is read
    /// again from there at `reread`.
    pub(super) fn retry(&self, slot: SlotId, at: Timestamp, reread: Timestamp, row: Row) {
        self.cache(slot).retry(at, reread, row);
        self.changed();
    }

    /// The cache of a slot.
    pub(super) fn cache(&self, slot: SlotId) -> MappedMutexGuard<'_, TimerCache> {
        MutexGuard::map(self.slots.lock(), |slots| &mut slots[slot.index()])
    }

    /// Leaves the rows of a slot from `from` on to the disk, and has them read at that time.
    pub(super) fn leave(&self, slot: SlotId, from: Bytes, read_at: Timestamp) {
        self.cache(slot).leave(from, read_at);
        self.changed();
    }

    /// Has all timers read again.
    pub(super) fn restart(&self) {
        self.slots.lock().iter_mut().for_each(TimerCache::restart);
        self.changed();
    }

    /// Takes out what is due. There is room to read on then.
    pub(super) fn take(&self, now: Timestamp) -> Vec<(SlotId, Row)> {
        let mut slots = self.slots.lock();
        let caches = SlotId::all().zip(slots.iter_mut());
        let taken: Vec<(SlotId, Row)> = caches
            .flat_map(|(slot, cache)| cache.take(now).into_iter().map(move |row| (slot, row)))
            .collect();
        if !taken.is_empty() {
            self.reads.notify_one();
        }
        taken
    }

    /// The next time at which a job is due.
    pub(super) fn next_timer(&self) -> Timestamp {
        self.slots.lock().iter().map(TimerCache::next_timer).min().unwrap_or(Timestamp::MAX)
    }

    /// The next time at which there is something to read in one of the slots that `counts` says.
    pub(super) fn next_read(&self, counts: impl Fn(SlotId) -> bool) -> Timestamp {
        let slots = self.slots.lock();
        let counted = SlotId::all().zip(slots.iter()).filter(|(slot, _)| counts(*slot));
        counted.map(|(_, cache)| cache.next_read()).min().unwrap_or(Timestamp::MAX)
    }

    /// Begins to read a slot, if there is something to read by now.
    pub(super) fn begin(&self, slot: SlotId, now: Timestamp) -> Option<ToRead> {
        self.cache(slot).begin(now)
    }

    /// Waits until a job may be due earlier than before.
    pub(super) async fn timers_changed(&self) {
        self.timers.notified().await;
    }

    /// Waits until something may have to be read earlier than before.
    pub(super) async fn reads_changed(&self) {
        self.reads.notified().await;
    }

    /// Has everybody look again.
    pub(super) fn changed(&self) {
        self.timers.notify_one();
        self.reads.notify_one();
    }
}
