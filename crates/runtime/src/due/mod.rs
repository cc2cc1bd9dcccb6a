//! What happens later: rows of each slot's due index, in memory only when their time is near.
//!
//! A change that wants to be looked at again puts a row here, in its own commit; when its time comes, the
//! service that owns the thing decides in its lane what to do, and its plan deletes the row or puts the
//! next one. A handler may be called again for what it has done already (after a crash, or when a commit
//! failed): it decides from the lane's state, never from the row alone.

mod near;

use std::sync::atomic::{AtomicU64, Ordering};

use base::{Arn, Incarnation, SlotId, Span, Timestamp};
use bytes::Bytes;
use futures::future::BoxFuture;
use parking_lot::{MappedMutexGuard, Mutex, MutexGuard};
use store::{Batch, Op, Table};
use tokio::sync::{Notify, watch};

use crate::plan::Trouble;
pub(crate) use near::{MOST, Near, Row};

/// Something that is to happen to a thing at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueEntry {
    /// When.
    pub at: Timestamp,
    /// To which life of the thing.
    pub incarnation: Incarnation,
    /// What, in the service's own numbering; ids are on disk and never reused.
    pub what: u8,
    /// To which thing.
    pub arn: Arn,
}

/// Does what is due to the things of one service.
pub trait DueHandler: Send + Sync + 'static {
    /// Decides in the lane what to do, once; an error means that it is tried again.
    fn due(&self, entry: DueEntry) -> BoxFuture<'_, Result<(), Trouble>>;

    /// In which line entries of this kind wait: their own one where they are done by waiting for others.
    fn line(&self, _what: u8) -> Line {
        Line::USUAL
    }
}

/// Entries of one line are done the oldest first: one of a thing at a time, and so many of the service at
/// once. Those of different lines, or services, do not wait for each other, nor do those of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number within the service.
    pub number: u8,
    /// How many of its entries are done at once.
    pub at_once: usize,
}

impl Line {
    /// Where what a thing does by itself, in its lane, is done.
    pub const USUAL: Line = Line { number: 0, at_once: 16 };
}

/// The due index of a node.
pub struct Due {
    slots: Mutex<Vec<Near>>,
    changed: Notify,
    asked: AtomicU64,
    /// Of those who asked, how many have been told.
    done: watch::Sender<u64>,
}

/// How long an entry waits that could not be done.
pub(crate) const RETRY: Span = Span::from_seconds(5);

impl DueEntry {
    /// Puts the entry's row into a batch of the thing's slot.
    pub fn put(&self, batch: &mut Batch) {
        batch.put(Table::Due, self.key(), Bytes::copy_from_slice(self.arn.as_str().as_bytes()));
    }

    /// Deletes the entry's row.
    pub fn delete(&self, batch: &mut Batch) {
        batch.delete(Table::Due, self.key());
    }

    fn key(&self) -> Bytes {
        let at = self.at.millis().to_be_bytes();
        [&at[..], self.incarnation.as_bytes(), &[self.what]].concat().into()
    }

    pub(crate) fn read((key, value): &Row) -> Option<Self> {
        let (at, rest) = key.split_first_chunk::<8>()?;
        let (incarnation, what) = rest.split_first_chunk::<16>()?;
        let &[what] = what else { return None };
        let arn = std::str::from_utf8(value).ok()?.parse().ok()?;
        let at = Timestamp::from_millis(u64::from_be_bytes(*at));
        Some(DueEntry { at, incarnation: Incarnation::from_bytes(*incarnation), what, arn })
    }
}

impl Default for Due {
    fn default() -> Self {
        Due {
            slots: Mutex::new(SlotId::all().map(|_| Near::default()).collect()),
            changed: Notify::new(),
            asked: AtomicU64::new(0),
            done: watch::Sender::new(0),
        }
    }
}

impl Due {
    /// Takes note of due rows that have just been submitted, under their lane's lock. They are noted
    /// before they are durable (should the commit fail, the handler finds nothing to do) and not before
    /// they are submitted: one that is left to the disk comes before the next barrier.
    pub(crate) fn note(&self, slot: SlotId, rows: Vec<Row>) {
        for row in rows {
            if self.slots.lock()[slot.index()].note(row) {
                self.changed.notify_one();
            }
        }
    }

    /// Waits until everything is done that is due by now.
    pub(crate) async fn settled(&self) {
        let mine = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        let mut done = self.done.subscribe();
        self.changed.notify_one();
        // An error means that the sender is gone, and with it the node.
        _ = done.wait_for(|&done| done >= mine).await;
    }

    /// How often somebody has asked to be told when everything is done.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Acquire)
    }

    /// Nothing that was due when the asking had come so far is left to do.
    pub(crate) fn settle(&self, asked: u64) {
        self.done.send_replace(asked);
    }

    /// The next moment at which there is something to do or to read.
    pub(crate) fn next(&self) -> Timestamp {
        self.slots.lock().iter().map(Near::next).min().unwrap_or(Timestamp::MAX)
    }

    /// Waits for an entry that is nearer than all before it.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// The near future of a slot.
    pub(crate) fn near(&self, slot: SlotId) -> MappedMutexGuard<'_, Near> {
        MutexGuard::map(self.slots.lock(), |slots| &mut slots[slot.index()])
    }

    /// Takes out what is due.
    pub(crate) fn take(&self, now: Timestamp) -> Vec<(SlotId, Row)> {
        let mut slots = self.slots.lock();
        let near = SlotId::all().zip(slots.iter_mut());
        near.flat_map(|(slot, near)| near.take(now).into_iter().map(move |row| (slot, row)))
            .collect()
    }
}

/// The due rows that a batch puts.
pub(crate) fn rows(batch: &Batch) -> Vec<Row> {
    let put = |op: &Op| match op {
        Op::Put(Table::Due, key, value) => Some((key.clone(), value.clone())),
        _ => None,
    };
    batch.ops().iter().filter_map(put).collect()
}
