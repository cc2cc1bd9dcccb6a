//! Slots that this node owns, and what happens when a commit fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::SlotId;
use futures::future::try_join_all;
use parking_lot::RwLock;
use store::{CommitError, CommitNumber, NodeId, Slot, Store, StoreError};
use tokio::sync::Notify;
use tracing::{error, warn};

use crate::plan::Trouble;

/// All slots, each owned by this node.
pub struct Slots {
    store: Arc<dyn Store>,
    node: NodeId,
    owned: Vec<RwLock<Arc<Owned>>>,
    recovery: tokio::sync::Mutex<()>,
}

/// One term of ownership of a slot. Lanes keep the term under which they were loaded: once a commit
/// of the term has failed, no later one succeeds, so memory that is ahead of the disk can never be
/// answered from; lanes of the next term are loaded again.
pub struct Owned {
    slot: Arc<dyn Slot>,
    /// The newest durable commit when the term began.
    began_at: CommitNumber,
    over: AtomicBool,
    /// It is over because another node has the slot, or because the engine is broken: it is not taken again.
    lost: AtomicBool,
    ended: Notify,
}

impl Owned {
    fn new(slot: Arc<dyn Slot>) -> Arc<Self> {
        let began_at = slot.last();
        let (over, lost) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Owned { slot, began_at, over, lost, ended: Notify::new() })
    }

    /// The store's side of it.
    pub fn slot(&self) -> &Arc<dyn Slot> {
        &self.slot
    }

    /// Whether the term is over.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Waits for the end of the term.
    pub(crate) async fn ended(&self) {
        let ended = self.ended.notified();
        tokio::pin!(ended);
        ended.as_mut().enable();
        if !self.is_over() {
            ended.await;
        }
    }

    fn lose(&self) {
        self.lost.store(true, Ordering::Release);
        self.end();
    }

    fn end(&self) {
        self.over.store(true, Ordering::Release);
        self.ended.notify_waiters();
    }
}

impl Slots {
    /// Acquires every slot of the store.
    pub async fn acquire(store: Arc<dyn Store>, node: NodeId) -> Result<Self, StoreError> {
        let slots = try_join_all(SlotId::all().map(|slot| store.acquire(slot, node))).await?;
        let owned = slots.into_iter().map(|slot| RwLock::new(Owned::new(slot))).collect();
        Ok(Slots { store, node, owned, recovery: tokio::sync::Mutex::new(()) })
    }

    /// The present term of a slot.
    pub fn owned(&self, slot: SlotId) -> Arc<Owned> {
        Arc::clone(&self.owned[slot.index()].read())
    }

    /// The engine.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Waits until a commit of a term is durable. When its outcome is unknown, the slot is acquired
    /// again and the commit number that the disk has gives the answer.
    pub async fn durable(&self, term: &Arc<Owned>, upto: CommitNumber) -> Result<(), Trouble> {
        match term.slot.durable(upto).await {
            Ok(()) => Ok(()),
            Err(failure) => self.recover(term, upto, failure).await,
        }
    }

    /// Sees to it that a term follows one that is over. What another node has taken stays refused.
    pub(crate) async fn present(&self, over: &Arc<Owned>) -> Result<(), Trouble> {
        if self.owned(over.slot.id()).lost.load(Ordering::Acquire) {
            return Err(Trouble::Unavailable("this slot is not served here".into()));
        }
        self.next_term(over).await.map(drop)
    }

    async fn recover(
        &self,
        term: &Arc<Owned>,
        upto: CommitNumber,
        failure: CommitError,
    ) -> Result<(), Trouble> {
        let id = term.slot.id();
        match failure {
            CommitError::Broken(reason) => {
                error!(slot = %id, reason, "a commit failed; the node stops");
                term.lose();
                Err(Trouble::Unavailable("the store is broken".into()))
            }
            CommitError::Fenced => {
                warn!(slot = %id, "another node owns the slot");
                term.lose();
                Err(Trouble::Unavailable("another node owns this slot".into()))
            }
            CommitError::Unknown => {
                let next = self.next_term(term).await?;
                let follows = next.slot.epoch().0 == term.slot.epoch().0 + 1;
                if follows && next.began_at >= upto {
                    return Ok(());
                }
                Err(Trouble::Unavailable("the outcome of a commit is unknown".into()))
            }
        }
    }

    /// Begins a new term, once, however many requests saw the old one fail.
    async fn next_term(&self, failed: &Arc<Owned>) -> Result<Arc<Owned>, Trouble> {
        let _one_at_a_time = self.recovery.lock().await;
        let id = failed.slot.id();
        failed.end();
        let present = self.owned(id);
        if !present.is_over() {
            return Ok(present);
        }
        warn!(slot = %id, "the outcome of a commit is unknown; the slot is loaded again");
        let slot = self
            .store
            .acquire(id, self.node)
            .await
            .map_err(|error| Trouble::Unavailable(error.to_string()))?;
        let next = Owned::new(slot);
        *self.owned[id.index()].write() = Arc::clone(&next);
        Ok(next)
    }
}
