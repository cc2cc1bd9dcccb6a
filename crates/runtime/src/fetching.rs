//! Reading what a lane's memory lacks.

use std::sync::Arc;

use base::Arn;
use parking_lot::Mutex;
use store::StoreError;

use crate::cell::{Cell, Held};
use crate::lane::Lane;
use crate::node::Node;
use crate::plan::Trouble;

/// Fetches what memory lacks, from a disk that has all that memory has.
pub(crate) async fn fetch<L: Lane>(
    node: &Node,
    cell: &Cell<L>,
    held: &Mutex<Held<L>>,
    need: L::Need,
) -> Result<(), Trouble> {
    let (need, seen) = {
        let held = held.lock();
        (held.lane.widen(need), held.seen)
    };
    node.slots().durable(&cell.term, seen).await?;
    let supply =
        L::fetch(need, &cell.rows()).await.map_err(|error| unreadable(&cell.arn, &error))?;
    held.lock().lane.supply(supply);
    Ok(())
}

/// Fetches in the background what the next decisions will lack, unless somebody fetches just now. Those who
/// lack it before it is there wait for the turn to fetch, and then find it. Called under the lane's lock.
pub(crate) fn ahead<L: Lane>(node: &Arc<Node>, cell: &Arc<Cell<L>>, held: &Held<L>) {
    let Some(need) = held.lane.ahead() else { return };
    let Ok(turn) = Arc::clone(&cell.fetching).try_lock_owned() else { return };
    let (kept, cell) = (Arc::clone(node), Arc::clone(cell));
    node.tasks().spawn(async move {
        if let Some(held) = cell.held() {
            // Whoever needs it in vain says what went wrong.
            _ = fetch(&kept, &cell, held, need).await;
        }
        drop(turn);
    });
}

/// What is answered when the store cannot be read; the log has the reason.
pub(crate) fn unreadable(arn: &Arn, error: &StoreError) -> Trouble {
    tracing::error!(%arn, %error, "cannot read");
    Trouble::Unavailable("the store cannot be read".into())
}
