//! Who holds up whom when several things are due.

use std::sync::Arc;

use base::{Arn, Clock, Incarnation, Random, SlotId};
use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use runtime::due::{DueEntry, DueHandler};
use runtime::{Node, Parts, Quotas, Trouble, errands};
use store::memory::{MemoryStore, Options};
use store::{Batch, Durability};
use tokio::sync::Notify;

use crate::support::{START, arn, quiet};

const LONG: Incarnation = Incarnation::from_bytes([1; 16]);
const SHORT: Incarnation = Incarnation::from_bytes([2; 16]);

/// Writes down what begins and what ends; the first errand of `LONG` waits until it may end.
#[derive(Default)]
struct Diary {
    lines: Mutex<Vec<String>>,
    may_end: Notify,
}

impl Diary {
    fn write(&self, what: &str, entry: &DueEntry) {
        let whose = if entry.incarnation == LONG { "long" } else { "short" };
        self.lines.lock().push(format!("{whose} {} {what}", entry.what));
    }
}

impl DueHandler for Diary {
    fn due(&self, entry: DueEntry) -> BoxFuture<'_, Result<(), Trouble>> {
        async move {
            self.write("begins", &entry);
            if (entry.incarnation, entry.what) == (LONG, 1) {
                self.may_end.notified().await;
            }
            self.write("ends", &entry);
            Ok(())
        }
        .boxed()
    }
}

async fn put(node: &Node, arn: &Arn, entries: &[(Incarnation, u8)]) {
    let term = node.slots().owned(SlotId::of(arn.as_str()));
    let mut batch = Batch::new();
    for &(incarnation, what) in entries {
        DueEntry { at: START, incarnation, what, arn: arn.clone() }.put(&mut batch);
    }
    let commit = term.slot().submit(batch, Durability::Disk);
    term.slot().durable(commit).await.expect("durable");
}

#[tokio::test]
async fn one_errand_of_a_thing_at_a_time_and_a_long_one_holds_up_nobody_else() {
    let store = MemoryStore::open(Options::default());
    let (clock, random) = (Clock::manual(START), Random::seeded(7));
    let parts = Parts { store, clock, random, quotas: Quotas::None };
    let node = Node::start(parts).await.expect("the store is sound");
    put(&node, &arn("a"), &[(LONG, 1), (LONG, 2), (SHORT, 1)]).await;
    let diary = Arc::new(Diary::default());
    let handler: Arc<dyn DueHandler> = diary.clone();
    node.tasks().spawn(errands::run(Arc::clone(&node), move |_| Some(Arc::clone(&handler))));
    quiet().await;
    let so_far = ["long 1 begins", "short 1 begins", "short 1 ends"];
    assert_eq!(*diary.lines.lock(), so_far, "the second errand of the long one waits");
    diary.may_end.notify_one();
    quiet().await;
    let then = ["long 1 ends", "long 2 begins", "long 2 ends"];
    assert_eq!(*diary.lines.lock(), [&so_far[..], &then[..]].concat());
}
