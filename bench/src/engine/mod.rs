//! The engine ceiling: what the store's engine takes by itself when it gets the same bytes in commits of
//! the same size, with nothing of Millpond above the store.

mod sizer;
mod writes;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use base::SlotId;
use store::{Durability, FjallStore, NodeId, Slot, Store};

use sizer::Sizer;
use writes::Turns;
pub(crate) use writes::Write;

/// What is written, as a row does it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// The batches of one turn: each decision that writes is one.
    pub turn: &'static [Write],
    /// Messages of each of them.
    pub messages: usize,
    /// Bytes of each, the mean.
    pub batch_bytes: f64,
    /// Batches a commit, the mean.
    pub batches_per_commit: f64,
    /// Whether the next commit is handed over while one is being synced; one caller alone cannot.
    pub is_ahead: bool,
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Engine {
    /// Messages a second.
    pub messages: f64,
    /// Batches a commit, as the engine counted them: about as many as were asked for.
    pub batches_per_commit: f64,
    /// Bytes a commit, as the engine counted them.
    pub bytes_per_commit: f64,
}

/// Measures it, in a new directory below this one.
pub(crate) async fn measure(
    directory: &Path,
    work: Work,
    window: Duration,
) -> anyhow::Result<Engine> {
    let directory = directory.to_owned();
    let run = move || {
        let home = tempfile::Builder::new().prefix("engine-").tempdir_in(directory)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(in_directory(&home.path().join("data"), work, window))
    };
    tokio::task::spawn_blocking(run).await.context("the engine's round")?
}

async fn in_directory(data: &Path, work: Work, window: Duration) -> anyhow::Result<Engine> {
    let store = FjallStore::open(data, Default::default())?;
    let slot = store.acquire(SlotId::from_number(0), NodeId(1)).await?;
    let before = store.stats();
    let begin = Instant::now();
    let batches = write(store.as_ref(), &slot, work, begin + window).await?;
    let took = begin.elapsed().as_secs_f64();
    let after = store.stats();
    store.close().await?;
    let commits = (after.commits - before.commits) as f64;
    ensure!(commits > 0.0, "the engine committed nothing");
    let turns = batches as f64 / work.turn.len() as f64;
    Ok(Engine {
        messages: turns * work.messages as f64 / took,
        batches_per_commit: (after.batches - before.batches) as f64 / commits,
        bytes_per_commit: (after.bytes - before.bytes) as f64 / commits,
    })
}

/// Hands commit after commit over: the next one while the last is being synced, so that the engine never
/// waits for work. Says how many batches became durable.
async fn write(
    store: &FjallStore,
    slot: &Arc<dyn Slot>,
    work: Work,
    end: Instant,
) -> anyhow::Result<u64> {
    let mut turns = Turns::new(work.turn, work.messages, work.batch_bytes);
    let mut sizer = Sizer::new(work.batches_per_commit, store.stats());
    let (mut batches, mut on_its_way) = (0, None);
    while Instant::now() < end {
        let size = sizer.next(store.stats());
        batches += size;
        let mut newest = None;
        for _ in 0..size {
            newest = Some(slot.submit(turns.next(), Durability::Disk));
        }
        let waited_for = if work.is_ahead { on_its_way.take() } else { newest.take() };
        if let Some(commit) = waited_for {
            slot.durable(commit).await?;
        }
        on_its_way = newest;
    }
    if let Some(commit) = on_its_way {
        slot.durable(commit).await?;
    }
    Ok(batches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn commits_have_the_size_that_was_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let turn = &[Write::Append];
        let work = Work {
            turn,
            messages: 1,
            batch_bytes: 1154.0,
            batches_per_commit: 8.0,
            is_ahead: true,
        };
        let engine = measure(directory.path(), work, Duration::from_millis(200)).await.unwrap();
        assert!(engine.messages > 0.0);
        let bytes_per_batch = engine.bytes_per_commit / engine.batches_per_commit;
        assert!((bytes_per_batch - 1154.0).abs() < 1.0, "{bytes_per_batch}");
    }

    #[tokio::test]
    async fn one_caller_alone_makes_one_commit_a_batch() {
        let directory = tempfile::tempdir().unwrap();
        let turn = &[Write::Append, Write::Track, Write::Forget];
        let work = Work {
            turn,
            messages: 1,
            batch_bytes: 500.0,
            batches_per_commit: 1.0,
            is_ahead: false,
        };
        let engine = measure(directory.path(), work, Duration::from_millis(50)).await.unwrap();
        assert_eq!(engine.batches_per_commit, 1.0);
    }
}
