//! Subscriptions: many readers of one lane, all told of each commit once it is durable.

use std::sync::Arc;

use base::Arn;
use store::CommitNumber;
use tokio::sync::watch;

use crate::cell::Cell;
use crate::fetching::unreadable;
use crate::lane::{Lane, LogEnd};
use crate::lanes::Lanes;
use crate::plan::Trouble;

/// How far a lane is durable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Durable {
    /// The newest durable commit of the lane; the first one is 0 if it has changed nothing since it was loaded.
    pub commit: CommitNumber,
    /// The end of the lane's log with that commit, if it has one.
    pub log_end: Option<LogEnd>,
}

/// A reader's side of a lane: the newest durable position, and news of it. A reader that is slow costs nothing: it
/// is told the newest state, not each one. The lane stays in memory meanwhile, and is loaded again when its slot
/// begins a new term.
pub struct Subscription<L: Lane> {
    lanes: Arc<Lanes<L>>,
    arn: Arn,
    attached: Attached<L>,
}

/// A subscription to a lane as it was loaded in one term of its slot.
struct Attached<L: Lane> {
    cell: Arc<Cell<L>>,
    news: watch::Receiver<Durable>,
}

impl<L: Lane> Lanes<L> {
    /// Subscribes to a lane, as it is durable now.
    ///
    /// # Errors
    /// The lane cannot be loaded.
    pub async fn subscribe(self: &Arc<Self>, arn: &Arn) -> Result<Subscription<L>, Trouble> {
        let attached = self.attach(arn).await?;
        Ok(Subscription { lanes: Arc::clone(self), arn: arn.clone(), attached })
    }

    async fn attach(&self, arn: &Arn) -> Result<Attached<L>, Trouble> {
        loop {
            let cell = self.cell(arn);
            let held = cell.loaded().await.map_err(|error| unreadable(arn, &error))?;
            // Under the lane's lock: what is committed from now on is told.
            let subscribed = {
                let held = held.lock();
                (!cell.term.is_over()).then(|| (cell.subscribe(), held.durable()))
            };
            let Some((mut news, newest)) = subscribed else {
                self.renew(&cell).await?;
                continue;
            };
            self.node().slots().durable(&cell.term, newest.commit).await?;
            cell.tell(newest);
            news.borrow_and_update();
            return Ok(Attached { cell, news });
        }
    }
}

impl<L: Lane> Subscription<L> {
    /// How far the lane is durable.
    pub fn durable(&self) -> Durable {
        *self.attached.news.borrow()
    }

    /// Waits until the lane has changed, durably, since the last call or the subscription, and answers how far it is
    /// durable. After a new term of the slot it answers also if nothing has changed.
    ///
    /// It may be dropped while it waits, and called again: nothing is missed.
    ///
    /// # Errors
    /// The lane cannot be loaded again; call it again later.
    pub async fn changed(&mut self) -> Result<Durable, Trouble> {
        let Attached { cell, news } = &mut self.attached;
        tokio::select! {
            biased;
            changed = news.changed() => {
                // An error means that the sender has gone; it is in the cell, which is kept here.
                _ = changed;
                return Ok(*news.borrow_and_update());
            }
            () = cell.term.ended() => {}
        }
        self.attached = self.lanes.attach(&self.arn).await?;
        Ok(self.durable())
    }
}
