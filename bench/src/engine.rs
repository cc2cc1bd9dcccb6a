//! What the store's engine takes by itself: the same bytes, as many waiting for their commit as the row has
//! connections, and nothing of Millpond above the store.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use base::SlotId;
use bytes::Bytes;
use store::{Batch, Durability, FjallStore, LaneId, NodeId, Position, Slot, Store};
use tokio::task::JoinSet;

/// A message as a queue stores it: the body and what stands beside it.
const RECORD: usize = 1024 + 90;

/// Durable appends a second, `waiting` of them on the way at any time.
pub(crate) fn appends(directory: &Path, waiting: usize, window: Duration) -> anyhow::Result<f64> {
    let home = tempfile::Builder::new().prefix("engine-").tempdir_in(directory)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = FjallStore::open(&home.path().join("data"), Default::default())?;
        let slot = store.acquire(SlotId::from_number(0), NodeId(1)).await?;
        let begin = Instant::now();
        let mut tasks = JoinSet::new();
        for task in 0..waiting {
            tasks.spawn(append(slot.clone(), task, begin + window));
        }
        let mut appended = 0;
        while let Some(done) = tasks.join_next().await {
            appended += done.context("a task of the engine's round")??;
        }
        let took = begin.elapsed().as_secs_f64();
        store.close().await?;
        Ok(appended as f64 / took)
    })
}

async fn append(slot: std::sync::Arc<dyn Slot>, task: usize, end: Instant) -> anyhow::Result<u64> {
    let lane = LaneId::from_bytes((task as u128).to_be_bytes());
    let mut appended = 0;
    while Instant::now() < end {
        let mut batch = Batch::new();
        batch.append(lane, Position(appended), Bytes::from(vec![0xa5; RECORD]));
        slot.durable(slot.submit(batch, Durability::Disk)).await?;
        appended += 1;
    }
    Ok(appended)
}
