//! Who holds up whom when several things are due.

use std::sync::Arc;

use base::{Arn, Clock, Incarnation, Random, SlotId, Span, Timestamp};
use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use runtime::jobs::{self, JobHandler, JobHandlers, JobQueue, Timer};
use runtime::{Node, Parts, Quotas, Trouble};
use store::memory::{MemoryStore, Options};
use store::{Batch, Durability};
use tokio::sync::Notify;

use crate::support::{START, arn, quiet};

const LONG: Incarnation = Incarnation::from_bytes([1; 16]);
const SHORT: Incarnation = Incarnation::from_bytes([2; 16]);

/// From this kind on jobs wait in a queue of their own, two at once.
const APART: u8 = 10;

/// Writes down what begins and what ends; the first job of `LONG` waits until it may end, and so do those
/// in the queue of their own.
#[derive(Default)]
struct Diary {
    lines: Mutex<Vec<String>>,
    may_end: Notify,
}

impl Diary {
    fn write(&self, what: &str, entry: &Timer) {
        let whose = if entry.incarnation == LONG { "long" } else { "short" };
        self.lines.lock().push(format!("{whose} {} {what}", entry.kind));
    }
}

impl JobHandler for Diary {
    fn queue(&self, kind: u8) -> Option<JobQueue> {
        Some(if kind >= APART { JobQueue { name: "apart", limit: 2 } } else { JobQueue::USUAL })
    }

    fn run(&self, entry: Timer) -> BoxFuture<'_, Result<(), Trouble>> {
        async move {
            self.write("begins", &entry);
            if (entry.incarnation, entry.kind) == (LONG, 1) || entry.kind >= APART {
                self.may_end.notified().await;
            }
            self.write("ends", &entry);
            Ok(())
        }
        .boxed()
    }
}

async fn put(node: &Node, arn: &Arn, entries: &[(Incarnation, u8)]) {
    put_at(node, START, arn, entries).await;
}

async fn put_at(node: &Node, at: Timestamp, arn: &Arn, entries: &[(Incarnation, u8)]) {
    let term = node.slots().owned(SlotId::of(arn.as_str()));
    let mut batch = Batch::new();
    for &(incarnation, kind) in entries {
        Timer { at, incarnation, kind, arn: arn.clone() }.put(&mut batch);
    }
    let commit = term.slot().submit(batch, Durability::Disk);
    term.slot().durable(commit).await.expect("durable");
}

async fn start() -> (Arc<Node>, Arc<Diary>) {
    let store = MemoryStore::open(Options::default());
    let (clock, random) = (Clock::manual(START), Random::seeded(7));
    let parts = Parts { store, clock, random, quotas: Quotas::None };
    let node = Node::start(parts).await.expect("the store is sound");
    (node, Arc::default())
}

fn run(node: &Arc<Node>, diary: &Arc<Diary>) {
    jobs::start(node, JobHandlers::of("post", diary.clone()));
}

#[tokio::test]
async fn one_job_of_a_resource_at_a_time_and_a_long_one_holds_up_nobody_else() {
    let (node, diary) = start().await;
    put(&node, &arn("a"), &[(LONG, 1), (LONG, 2), (SHORT, 1)]).await;
    run(&node, &diary);
    quiet().await;
    let so_far = ["long 1 begins", "short 1 begins", "short 1 ends"];
    assert_eq!(*diary.lines.lock(), so_far, "the second job of the long one waits");
    diary.may_end.notify_one();
    quiet().await;
    let then = ["long 1 ends", "long 2 begins", "long 2 ends"];
    assert_eq!(*diary.lines.lock(), [&so_far[..], &then[..]].concat());
}

#[tokio::test]
async fn what_waits_in_another_queue_is_held_up_by_nothing_in_this_one() {
    let (node, diary) = start().await;
    put(&node, &arn("a"), &[(LONG, APART), (LONG, APART + 1), (LONG, 2)]).await;
    run(&node, &diary);
    quiet().await;
    let mut so_far = diary.lines.lock().clone();
    so_far.sort_unstable();
    assert_eq!(
        so_far,
        ["long 10 begins", "long 2 begins", "long 2 ends"],
        "of one resource one at a time, queue by queue"
    );
}

#[tokio::test]
async fn a_queue_that_is_full_holds_up_no_other_queue_nor_what_is_due_later() {
    let (node, diary) = start().await;
    let lives = [3, 4, 5].map(|life| Incarnation::from_bytes([life; 16]));
    put(&node, &arn("a"), &lives.map(|life| (life, APART))).await;
    run(&node, &diary);
    quiet().await;
    assert_eq!(*diary.lines.lock(), ["short 10 begins"; 2], "two at once");
    let later = Span::from_seconds(600);
    put_at(&node, START + later, &arn("b"), &[(SHORT, 1)]).await;
    put_at(&node, START + later, &arn("c"), &[(SHORT, 2)]).await;
    node.timers().advance(later);
    quiet().await;
    let lines = diary.lines.lock().split_off(2);
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines.contains(&"short 1 ends".into()) && lines.contains(&"short 2 ends".into()));
}
