//! Reading timers from disk, beside the jobs that run and slot by slot beside each other.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{SlotId, Span};
use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use store::{Batch, Durability, KeyRange, PageLimit, Table};
use tracing::warn;

use super::cache::{MOST, ToRead};
use crate::activity::Active;
use crate::lane::Rows;
use crate::node::Node;
use crate::plan::Trouble;

/// How many slots are read at once.
const AT_ONCE: usize = 16;
/// The pause before a slot is read again that could not be read.
const PAUSE: Span = Span::from_seconds(5);

/// Reads the next part of each slot's timers when its time has come, for as long as the node runs. A slot that
/// cannot be read, or that takes its time, holds no other up.
pub(super) async fn run(node: Arc<Node>, active: Active) {
    let index = node.jobs().index();
    let (mut reading, mut busy) = (FuturesUnordered::new(), BTreeSet::new());
    loop {
        let now = node.timers().now();
        for slot in SlotId::all() {
            if busy.len() < AT_ONCE
                && !busy.contains(&slot)
                && let Some(to_read) = index.begin(slot, now)
            {
                busy.insert(slot);
                reading.push(read(&node, slot, to_read).map(move |()| slot));
            }
        }
        if reading.is_empty() {
            let next = index.next_read(|_| true);
            let wait = async {
                tokio::select! {
                    () = node.timers().sleep_until(next) => {}
                    () = index.reads_changed() => {}
                }
            };
            active.park(wait).await;
            continue;
        }
        let has_room = busy.len() < AT_ONCE;
        let next = index.next_read(|slot| !busy.contains(&slot));
        tokio::select! {
            Some(slot) = reading.next() => {
                busy.remove(&slot);
            }
            () = node.timers().sleep_until(next), if has_room => {}
            () = index.reads_changed(), if has_room => {}
        }
    }
}

async fn read(node: &Node, slot: SlotId, to_read: ToRead) {
    let from = to_read.from.clone();
    match read_slot(node, slot, to_read).await {
        Ok(()) => node.jobs().index().changed(),
        Err(error) => {
            warn!(%slot, %error, "timers cannot be read; it is tried again");
            node.jobs().index().leave(slot, from, node.timers().now() + PAUSE);
        }
    }
}

/// Reads up to the end of the cache, or as much as memory may hold.
async fn read_slot(node: &Node, slot: SlotId, to_read: ToRead) -> Result<(), Trouble> {
    const PAGE: PageLimit = PageLimit { rows: MOST / 4, bytes: 1 << 20 };
    let owned = node.slots().owned(slot);
    if to_read.left {
        // A barrier: what was left to the disk is durable, and so readable, when this commit is.
        let barrier = owned.slot().submit(Batch::new(), Durability::Disk);
        node.slots().durable(&owned, barrier).await?;
    }
    let rows = Rows::new(Arc::clone(owned.slot()));
    let index = node.jobs().index();
    let mut range = KeyRange { start: to_read.from, end: Some(index.cache(slot).end.clone()) };
    loop {
        let page = rows.page(Table::Due, range.clone(), PAGE).await;
        let page = page.map_err(|error| Trouble::Unavailable(error.to_string()))?;
        let last = page.rows.last().map(|(key, _)| key.clone());
        match (index.cache(slot).add(page.rows), last) {
            (true, Some(last)) if page.more => range = range.behind(&last),
            _ => return Ok(()),
        }
    }
}
