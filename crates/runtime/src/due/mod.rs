//! What happens later: rows of each slot's due index, in memory only when their time is near.
//!
//! A change that wants to be looked at again puts a row here, in its own commit; when its time comes, the
//! service that owns the thing decides in its lane what to do, and its plan deletes the row or puts the
//! next one. A handler may be called again for what it has done already (after a crash, or when a commit
//! failed): it decides from the lane's state, never from the row alone.

mod near;

use std::sync::Arc;

use base::{Arn, Incarnation, SlotId, Span, Timestamp};
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};
use parking_lot::Mutex;
use store::{Batch, Op, Table};
use tokio::sync::{Notify, watch};
use tracing::{error, warn};

use crate::node::Node;
use crate::plan::Trouble;
use near::{Near, Row};

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
}

/// The due index of a node.
pub struct Due {
    slots: Mutex<Vec<Near>>,
    changed: Notify,
    /// The time up to which everything has been done.
    done: watch::Sender<Timestamp>,
}

/// How many entries are done at once.
const AT_ONCE: usize = 16;
/// How long an entry waits that could not be done.
const RETRY: Span = Span::from_seconds(5);

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

    fn read((key, value): &Row) -> Option<Self> {
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
            done: watch::Sender::new(Timestamp::ZERO),
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

    /// Waits until everything that was due by `now` is done.
    pub(crate) async fn settled(&self, now: Timestamp) {
        let mut done = self.done.subscribe();
        self.changed.notify_one();
        // An error means that the sender is gone, and with it the node.
        _ = done.wait_for(|&done| done >= now).await;
    }

    /// The next moment at which there is something to do or to read.
    fn next(&self) -> Timestamp {
        self.slots.lock().iter().map(Near::next).min().unwrap_or(Timestamp::MAX)
    }

    /// Takes out what is due.
    fn take(&self, now: Timestamp) -> Vec<(SlotId, Row)> {
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

/// Does what is due, for as long as the node runs. `handler` finds the service of an ARN.
pub async fn run(node: Arc<Node>, handler: impl Fn(&Arn) -> Option<Arc<dyn DueHandler>> + Send) {
    let due = node.due();
    loop {
        let now = node.timers().now();
        near::read_on(&node, now).await;
        let taken = due.take(now);
        if taken.is_empty() {
            due.done.send_replace(now);
            tokio::select! {
                biased;
                () = node.timers().sleep_until(due.next()) => {}
                () = due.changed.notified() => {}
            }
            continue;
        }
        let work = taken.into_iter().map(|(slot, row)| {
            let entry = DueEntry::read(&row);
            let handler = entry.as_ref().and_then(|entry| handler(&entry.arn));
            attempt(&node, handler.zip(entry), slot, row)
        });
        stream::iter(work).buffer_unordered(AT_ONCE).collect::<()>().await;
    }
}

async fn attempt(
    node: &Node,
    work: Option<(Arc<dyn DueHandler>, DueEntry)>,
    slot: SlotId,
    row: Row,
) {
    let Some((handler, entry)) = work else {
        error!(%slot, "a due row that nobody understands is left alone");
        return;
    };
    let arn = entry.arn.clone();
    if let Err(error) = handler.due(entry).await {
        warn!(%arn, %error, "what is due could not be done; it is tried again");
        node.due().slots.lock()[slot.index()].retry(node.timers().now() + RETRY, row);
    }
}
