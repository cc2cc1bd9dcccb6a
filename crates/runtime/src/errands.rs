//! Doing what is due, and reading what is due next.

mod waiting;

use std::sync::Arc;

use base::{Arn, SlotId, Timestamp};
use bytes::Bytes;
use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use store::{Batch, Durability, KeyRange, PageLimit, Table};
use tracing::{error, warn};

use crate::due::{DueEntry, DueHandler, MOST, RETRY};
use crate::lane::Rows;
use crate::node::Node;
use crate::plan::Trouble;
use waiting::{Errand, Waiting};

/// How many errands wait before no more are taken from the due index, passed by what one look brings.
const CROWD: usize = 1 << 16;

/// Does what is due, for as long as the node runs: in each line of a service the oldest first, one errand of
/// a thing at a time, so that a long one holds up nobody else's. `handler` finds the service of an ARN.
pub async fn run(node: Arc<Node>, handler: impl Fn(&Arn) -> Option<Arc<dyn DueHandler>> + Send) {
    let due = node.due();
    let mut waiting = Waiting::default();
    let mut running = FuturesUnordered::new();
    loop {
        let asked = due.asked();
        let has_room = waiting.count() < CROWD;
        let mut next = due.next();
        if has_room && next <= node.timers().now() {
            take(&node, &handler, &mut waiting).await;
            next = due.next();
        }
        while let Some((place, errand)) = waiting.next() {
            running.push(attempt(&node, errand).map(move |()| place));
        }
        if running.is_empty() {
            due.settle(asked);
        }
        tokio::select! {
            biased;
            Some(place) = running.next(), if !running.is_empty() => waiting.ended(&place),
            () = node.timers().sleep_until(next), if has_room => {}
            () = due.changed() => {}
        }
    }
}

/// Takes what is due from the index, which reads on where that is due.
async fn take(
    node: &Node,
    handler: &impl Fn(&Arn) -> Option<Arc<dyn DueHandler>>,
    waiting: &mut Waiting,
) {
    let now = node.timers().now();
    read_on(node, now).await;
    for (slot, row) in node.due().take(now) {
        let entry = DueEntry::read(&row);
        let found = entry.and_then(|entry| Some((handler(&entry.arn)?, entry)));
        match found {
            Some((handler, entry)) => waiting.add(Errand { handler, entry, slot, row }),
            None => error!(%slot, "a due row that nobody understands is left alone"),
        }
    }
}

async fn attempt(node: &Node, errand: Errand) {
    let Errand { handler, entry, slot, row } = errand;
    let arn = entry.arn.clone();
    if let Err(error) = handler.due(entry).await {
        warn!(%arn, %error, "what is due could not be done; it is tried again");
        node.due().near(slot).retry(node.timers().now() + RETRY, row);
    }
}

/// Reads the next part of the future of each slot whose near future is over. A slot that cannot be read
/// is read later and holds no other up.
async fn read_on(node: &Node, now: Timestamp) {
    for slot in SlotId::all() {
        let Some((from, left)) = node.due().near(slot).begin(now) else { continue };
        if let Err(error) = read_slot(node, slot, from.clone(), left).await {
            warn!(%slot, %error, "cannot read what is due; it is tried again");
            node.due().near(slot).leave(from, now + RETRY);
        }
    }
}

/// Reads up to the end of the near future, or as much as memory may hold.
async fn read_slot(node: &Node, slot: SlotId, from: Bytes, left: bool) -> Result<(), Trouble> {
    const PAGE: PageLimit = PageLimit { rows: MOST / 4, bytes: 1 << 20 };
    let owned = node.slots().owned(slot);
    if left {
        // A barrier: what was left to the disk is durable, and so readable, when this commit is.
        let barrier = owned.slot().submit(Batch::new(), Durability::Disk);
        node.slots().durable(&owned, barrier).await?;
    }
    let rows = Rows::new(Arc::clone(owned.slot()));
    let mut range = KeyRange { start: from, end: Some(node.due().near(slot).end.clone()) };
    loop {
        let page = rows.page(Table::Due, range.clone(), PAGE).await;
        let page = page.map_err(|error| Trouble::Unavailable(error.to_string()))?;
        let last = page.rows.last().map(|(key, _)| key.clone());
        match (node.due().near(slot).add(page.rows), last) {
            (true, Some(last)) if page.more => range = range.behind(&last),
            _ => return Ok(()),
        }
    }
}
