//! Workers: started again when they fail, parked while they wait, ended with the node.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Span, Timestamp};
use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use runtime::Trouble;
use runtime::workers::{Worker, WorkerContext, WorkerState};

use crate::support::{Office, START, quiet};

const SECOND: Span = Span::from_seconds(1);

/// Ticks once a second, and fails at some of its first ticks.
#[derive(Default)]
struct Ticker {
    ticks: Mutex<Vec<Timestamp>>,
    failing: AtomicUsize,
}

impl Worker for Ticker {
    fn name(&self) -> &str {
        "post-ticker"
    }

    fn run(&self, context: WorkerContext) -> BoxFuture<'_, Result<(), Trouble>> {
        async move {
            let mut next = context.node().timers().now();
            while context.sleep_until(next).await {
                self.ticks.lock().push(next);
                let take_one = |failing: usize| failing.checked_sub(1);
                let failing = &self.failing;
                if failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take_one).is_ok() {
                    return Err(Trouble::Unavailable("told to fail".into()));
                }
                // Work takes its time: the clock waits for it, not only for the first step.
                quiet().await;
                next = next + SECOND;
            }
            Ok(())
        }
        .boxed()
    }
}

#[tokio::test]
async fn the_manual_clock_returns_when_a_worker_has_done_all_that_time_brought_and_is_parked() {
    let office = Office::open().await;
    let ticker = Arc::new(Ticker::default());
    let handle = office.node.workers().start(&office.node, ticker.clone()).expect("one");
    office.advance(Span::ZERO).await;
    assert_eq!(*ticker.ticks.lock(), [START]);
    assert_eq!(handle.status().state, WorkerState::Parked);
    office.advance(Span::from_seconds(3)).await;
    let seconds = [0, 1, 2, 3].map(|seconds| START + Span::from_seconds(seconds));
    assert_eq!(*ticker.ticks.lock(), seconds);
}

#[tokio::test]
async fn a_worker_that_fails_is_started_again_later_and_the_pauses_grow() {
    let office = Office::open().await;
    let ticker = Arc::new(Ticker::default());
    ticker.failing.store(3, Ordering::SeqCst);
    let handle = office.node.workers().start(&office.node, ticker.clone()).expect("one");
    office.advance(Span::ZERO).await;
    let status = handle.status();
    assert_eq!((status.state, status.restarts), (WorkerState::Failed, 1));
    assert_eq!(status.last_error.as_deref(), Some("not available: told to fail"));
    for (pause, ticks) in [(1000, 2), (2000, 3), (4000, 4)] {
        office.advance(Span::from_millis(pause / 2 - 1)).await;
        assert_eq!(ticker.ticks.lock().len(), ticks - 1, "not sooner than half of the pause");
        office.advance(Span::from_millis(pause / 2 + 1)).await;
        assert!(ticker.ticks.lock().len() >= ticks, "not later than the whole pause");
    }
    assert_eq!(handle.status().state, WorkerState::Parked);
}

#[tokio::test]
async fn a_name_is_given_to_one_worker_at_a_time() {
    let office = Office::open().await;
    let start = || office.node.workers().start(&office.node, Arc::new(Ticker::default()));
    let first = start().expect("one");
    assert!(start().is_err(), "two of a name");
    first.stop().await;
    assert_eq!(office.node.workers().status(), []);
    start().expect("the name is free");
    office.advance(SECOND).await;
    assert_eq!(office.node.workers().status().len(), 1);
}

#[tokio::test]
async fn workers_come_to_their_end_before_the_store_is_closed() {
    let office = Office::open().await;
    let handle = office.node.workers().start(&office.node, Arc::new(Ticker::default()));
    let handle = handle.expect("one");
    quiet().await;
    office.node.stop().await.expect("closed");
    assert_eq!(handle.status().state, WorkerState::Ended);
    let late = office.node.workers().start(&office.node, Arc::new(Ticker::default()));
    assert!(late.is_err(), "nobody starts when the node stops");
}
