//! How many durable messages a second the engine takes: tasks that each append a record of 1 KiB and a
//! small row, and wait until it is durable before they go on.
//!
//! ```text
//! cargo run --release -p store --example commits [tasks] [seconds] [directory]
//! ```

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base::SlotId;
use base::clock::Stopwatch;
use bytes::Bytes;
use futures::future::join_all;
use store::fjall::Options;
use store::{
    Batch, Durability, FjallStore, LaneId, NodeId, Observer, Position, Slot, Store, Table,
};

/// The work is spread over that many slots.
const SLOTS: usize = 16;

#[derive(Default)]
struct Longest(AtomicU64);

impl Observer for Longest {
    fn committed(&self, _: usize, _: usize, seconds: f64) {
        self.0.fetch_max((seconds * 1e6) as u64, Ordering::Relaxed);
    }
}

fn argument(place: usize) -> Option<String> {
    std::env::args().nth(place)
}

fn main() {
    let tasks = argument(1).and_then(|text| text.parse().ok()).unwrap_or(64);
    let seconds = argument(2).and_then(|text| text.parse().ok()).unwrap_or(5.0);
    let home = tempfile::tempdir().expect("a directory");
    let directory = argument(3).map_or_else(|| home.path().join("data"), PathBuf::from);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(directory, tasks, seconds));
}

async fn measure(directory: PathBuf, tasks: usize, seconds: f64) {
    let longest = Arc::new(Longest::default());
    let options = Options { observer: longest.clone(), ..Options::default() };
    let store = FjallStore::open(&directory, options).expect("it opens");
    let acquire = |number| store.acquire(SlotId::from_number(number), NodeId(1));
    let slots = join_all((0..SLOTS as u8).map(acquire)).await;
    let slots: Vec<_> = slots.into_iter().map(|slot| slot.expect("the slot")).collect();
    let watch = Stopwatch::start();
    let work =
        (0..tasks).map(|task| start(append(slots[task % SLOTS].clone(), task, watch, seconds)));
    let sent: u64 = join_all(work).await.into_iter().sum();
    let took = watch.seconds();
    store.close().await.expect("it is closed");
    let stats = store.stats();
    println!(
        "{tasks} tasks: {:.0} messages/s, {:.1} a commit, {:.0} commits/s, longest {} ms",
        sent as f64 / took,
        stats.batches as f64 / stats.commits as f64,
        stats.commits as f64 / took,
        longest.0.load(Ordering::Relaxed) / 1000,
    );
}

async fn append(slot: Arc<dyn Slot>, task: usize, watch: Stopwatch, seconds: f64) -> u64 {
    let lane = LaneId::from_bytes((task as u128).to_be_bytes());
    let mut sent = 0;
    while watch.seconds() < seconds {
        sent += 1;
        let mut batch = Batch::new();
        batch.append(lane, Position(sent), Bytes::from(vec![b'm'; 1024]));
        batch.put(Table::Lane, [&lane.as_bytes()[..], &sent.to_be_bytes()].concat(), vec![1; 16]);
        let number = slot.submit(batch, Durability::Disk);
        slot.durable(number).await.expect("it is durable");
    }
    sent
}

#[expect(clippy::disallowed_methods, reason = "it is awaited by whoever starts it")]
async fn start(work: impl Future<Output = u64> + Send + 'static) -> u64 {
    tokio::spawn(work).await.expect("it does not panic")
}
