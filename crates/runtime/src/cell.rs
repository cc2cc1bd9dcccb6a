//! A loaded lane: its state, its lock, and those who wait at it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use base::{Arn, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use store::{CommitNumber, StoreError};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, OnceCell, watch};

use crate::alarm::Alarm;
use crate::facts::Versions;
use crate::lane::{Lane, Rows};
use crate::slots::Owned;
use crate::subscription::Durable;

/// One lane in memory.
pub(crate) struct Cell<L> {
    pub(crate) arn: Arn,
    pub(crate) term: Arc<Owned>,
    held: OnceCell<Mutex<Held<L>>>,
    arrivals: Notify,
    waiting: AtomicUsize,
    pub(crate) alarm: Alarm,
    /// Tells subscribers how far it is durable; there once anybody has subscribed.
    subscribers: OnceLock<watch::Sender<Durable>>,
    /// One fetch at a time: whoever needs the same thing waits for it instead of reading it again.
    pub(crate) fetching: Arc<tokio::sync::Mutex<()>>,
    /// When it was last entered, to drop the idle ones.
    touched: AtomicU64,
}

/// A lane's state, and the newest commit that it has seen.
pub(crate) struct Held<L> {
    pub(crate) lane: L,
    pub(crate) seen: CommitNumber,
    /// What requests are authorized from.
    pub(crate) facts: Versions,
    /// Whether a task follows its commits to wake those who wait.
    followed: bool,
    /// How often it was changed, counted while the program is tested.
    pub(crate) changes: u64,
}

impl<L: Lane> Held<L> {
    /// What is durable once the newest commit is.
    pub(crate) fn durable(&self) -> Durable {
        Durable { commit: self.seen, log_end: self.lane.log_end() }
    }
}

impl<L: Lane> Cell<L> {
    pub(crate) fn new(arn: Arn, term: Arc<Owned>) -> Arc<Self> {
        Arc::new(Cell {
            arn,
            term,
            held: OnceCell::new(),
            arrivals: Notify::new(),
            waiting: AtomicUsize::new(0),
            alarm: Alarm::default(),
            subscribers: OnceLock::new(),
            fetching: Arc::default(),
            touched: AtomicU64::new(0),
        })
    }

    /// The state under its lock, loaded at the first call.
    pub(crate) async fn loaded(&self) -> Result<&Mutex<Held<L>>, StoreError> {
        let load = async || {
            let lane = L::load(&self.arn, &self.rows()).await?;
            // Rows that contradict each other are damage, and nothing is decided from them.
            let checked = lane.check();
            checked.map_err(|what| StoreError::Damaged(format!("{}: {what}", self.arn)))?;
            // What was read is durable: it was visible.
            let facts = Versions::loaded(lane.fact());
            Ok(Mutex::new(Held {
                lane,
                seen: CommitNumber::default(),
                facts,
                followed: false,
                changes: 0,
            }))
        };
        self.held.get_or_try_init(load).await
    }

    /// The state and its lock, if it is loaded.
    pub(crate) fn held(&self) -> Option<&Mutex<Held<L>>> {
        self.held.get()
    }

    /// The state under its lock, if it is loaded.
    pub(crate) fn lock(&self) -> Option<MutexGuard<'_, Held<L>>> {
        self.held().map(Mutex::lock)
    }

    pub(crate) fn rows(&self) -> Rows {
        Rows::new(Arc::clone(self.term.slot()))
    }

    /// Whether anybody waits here. Asked under the lane's lock, under which waiters register.
    pub(crate) fn has_waiters(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    /// Registers a waiter. Called under the lane's lock: what changes later will wake it.
    pub(crate) fn wait(&self) -> Waiter<'_, L> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        Waiter { cell: self, arrival: Box::pin(self.arrivals.notified()) }.enabled()
    }

    /// Subscribes to the lane's commits. Called under the lane's lock: what is committed later is told.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Durable> {
        self.subscribers.get_or_init(|| watch::Sender::new(Durable::default())).subscribe()
    }

    fn has_subscribers(&self) -> bool {
        self.subscribers.get().is_some_and(|sender| sender.receiver_count() > 0)
    }

    /// Tells subscribers what is durable now.
    pub(crate) fn tell(&self, durable: Durable) {
        if let Some(subscribers) = self.subscribers.get() {
            subscribers.send_if_modified(|told| {
                let is_newer = durable.commit >= told.commit && durable != *told;
                if is_newer {
                    *told = durable;
                }
                is_newer
            });
        }
    }

    /// Whether anybody is to be told of the lane's commits.
    fn has_audience(&self) -> bool {
        self.has_waiters() || self.has_subscribers()
    }

    /// Whether a task must follow the lane's commits from now on. Asked under the lane's lock.
    pub(crate) fn follow(&self, held: &mut Held<L>) -> bool {
        self.has_audience() && !std::mem::replace(&mut held.followed, true)
    }

    /// The newest commit that the task which follows them has not attended to; without one it ends.
    pub(crate) fn unattended(&self, attended: CommitNumber) -> Option<Durable> {
        let mut held = self.lock()?;
        held.followed = held.seen > attended && self.has_audience();
        held.followed.then(|| held.durable())
    }

    /// Wakes as many waiters as the lane has something for, and answers when to look again.
    pub(crate) fn attend(&self, now: Timestamp) -> Option<Timestamp> {
        let ready = {
            let mut held = self.lock()?;
            held.lane.observe(now);
            held.lane.ready()
        };
        for _ in 0..ready.now.min(self.waiting.load(Ordering::Acquire)) {
            self.arrivals.notify_one();
        }
        ready.next.filter(|_| self.has_waiters())
    }

    pub(crate) fn touch(&self, tick: u64) {
        self.touched.store(tick, Ordering::Relaxed);
    }

    /// Whether it can be dropped: nobody has entered it since that tick, nobody waits, and the disk
    /// has all that its memory has, or never will. (That nobody holds it is the caller's to know.)
    pub(crate) fn is_idle(&self, since: u64) -> bool {
        self.touched.load(Ordering::Relaxed) < since
            && !self.has_audience()
            && (self.term.is_over() || self.is_durable())
    }

    fn is_durable(&self) -> bool {
        self.lock().is_none_or(|held| held.seen <= self.term.slot().last())
    }
}

/// One who waits at a lane. Dropping it passes an arrival that it has not used to the next.
pub(crate) struct Waiter<'c, L: Lane> {
    cell: &'c Cell<L>,
    arrival: std::pin::Pin<Box<Notified<'c>>>,
}

impl<L: Lane> Waiter<'_, L> {
    fn enabled(mut self) -> Self {
        self.arrival.as_mut().enable();
        self
    }

    /// Waits for something to arrive.
    pub(crate) async fn arrival(&mut self) {
        self.arrival.as_mut().await;
    }
}

/// An arrival for which somebody was woken who has not decided yet. Dropped before it is used, because its
/// client has gone or it could not be carried out, it wakes the next one.
pub(crate) struct Arrival<L: Lane> {
    cell: Option<Arc<Cell<L>>>,
}

impl<L: Lane> Arrival<L> {
    pub(crate) fn new(cell: &Arc<Cell<L>>) -> Self {
        Arrival { cell: Some(Arc::clone(cell)) }
    }

    /// Whoever was woken, if anybody was, has decided.
    pub(crate) fn used(arrival: Option<Self>) {
        if let Some(mut arrival) = arrival {
            arrival.cell = None;
        }
    }
}

impl<L: Lane> Drop for Arrival<L> {
    fn drop(&mut self) {
        if let Some(cell) = self.cell.take().filter(|cell| cell.has_waiters()) {
            cell.arrivals.notify_one();
        }
    }
}

impl<L: Lane> Drop for Waiter<'_, L> {
    fn drop(&mut self) {
        self.cell.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}
