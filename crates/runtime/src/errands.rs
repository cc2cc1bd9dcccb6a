//! Doing what is due, and reading what is due next.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use base::{Arn, SlotId, Timestamp};
use bytes::Bytes;
use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use store::{Batch, Durability, KeyRange, PageLimit, Table};
use tracing::{error, warn};

use crate::due::{DueEntry, DueHandler, MOST, RETRY, Row};
use crate::lane::{Rows, after};
use crate::node::Node;
use crate::plan::Trouble;

/// How many entries are done at once.
const AT_ONCE: usize = 16;

/// Does what is due, for as long as the node runs: one errand of a thing at a time, and a long one holds
/// up nobody else's. `handler` finds the service of an ARN.
pub async fn run(node: Arc<Node>, handler: impl Fn(&Arn) -> Option<Arc<dyn DueHandler>> + Send) {
    let due = node.due();
    let mut waiting = VecDeque::new();
    let mut running = FuturesUnordered::new();
    let mut busy = BTreeSet::new();
    loop {
        let asked = due.asked();
        if waiting.is_empty() {
            let now = node.timers().now();
            read_on(&node, now).await;
            waiting.extend(due.take(now));
        }
        while running.len() < AT_ONCE
            && let Some((slot, row)) = next(&mut waiting, &busy)
        {
            let life = life(&row);
            busy.insert(life.clone());
            let entry = DueEntry::read(&row);
            let handler = entry.as_ref().and_then(|entry| handler(&entry.arn));
            let errand = attempt(&node, handler.zip(entry), slot, row);
            running.push(errand.map(move |()| life));
        }
        if running.is_empty() {
            due.settle(asked);
        }
        tokio::select! {
            biased;
            Some(life) = running.next(), if !running.is_empty() => {
                busy.remove(&life);
            }
            () = node.timers().sleep_until(due.next()), if waiting.is_empty() => {}
            () = due.changed() => {}
        }
    }
}

/// The next errand of a thing that has none on the way.
fn next(waiting: &mut VecDeque<(SlotId, Row)>, busy: &BTreeSet<Bytes>) -> Option<(SlotId, Row)> {
    let free = waiting.iter().position(|(_, row)| !busy.contains(&life(row)))?;
    waiting.remove(free)
}

/// Whose row it is: the part of the key behind the time.
fn life((key, _): &Row) -> Bytes {
    key.slice(key.len().min(8)..key.len().min(24))
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
        let last = page.rows.last().map(|(key, _)| after(key));
        match (node.due().near(slot).add(page.rows), last) {
            (true, Some(next)) if page.more => range = range.starting_at(next),
            _ => return Ok(()),
        }
    }
}
