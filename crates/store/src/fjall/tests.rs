//! What happens when a sync fails, which no disk can be asked for.

use std::sync::Arc;

use base::SlotId;
use parking_lot::Mutex;
use tempfile::TempDir;

use super::{FjallStore, Options};
use crate::{
    Batch, CommitError, CommitNumber, Durability, NodeId, Observer, Slot, Store, StoreError, Table,
};

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Observer for Log {
    fn broken(&self, reason: &str) {
        self.0.lock().push(reason.to_owned());
    }
}

struct World {
    _directory: TempDir,
    log: Arc<Log>,
    store: Arc<FjallStore>,
    slot: Arc<dyn Slot>,
}

impl World {
    async fn new() -> Self {
        let directory = TempDir::new().expect("a directory");
        let log = Arc::new(Log::default());
        let options = Options { observer: log.clone(), floor_bytes: 0, ..Options::default() };
        let store = FjallStore::open(directory.path(), options).expect("it opens");
        let slot = store.acquire(SlotId::from_number(1), NodeId(1)).await.expect("the slot");
        World { _directory: directory, log, store, slot }
    }

    fn submit(&self, value: &'static str) -> CommitNumber {
        let mut batch = Batch::new();
        batch.put(Table::Lane, "key", value);
        self.slot.submit(batch, Durability::Disk)
    }
}

#[tokio::test]
async fn after_a_failed_sync_nothing_succeeds_and_the_node_is_told_once() {
    let world = World::new().await;
    let before = world.submit("before");
    world.slot.durable(before).await.expect("it is durable");
    let other = world.store.acquire(SlotId::from_number(2), NodeId(1)).await.expect("the slot");

    world.store.shared.engine().expect("it is open").fail();
    let broken = CommitError::Broken("the sync failed".to_owned());
    let failing = world.submit("failing");
    assert_eq!(world.slot.durable(failing).await, Err(broken.clone()));
    let later = world.submit("later");
    assert_eq!(world.slot.durable(later).await, Err(broken.clone()));
    // Other slots and new owners too, but not what was durable.
    let number = other.submit(Batch::new(), Durability::Disk);
    assert_eq!(other.durable(number).await, Err(broken));
    let refused = world.store.acquire(SlotId::from_number(3), NodeId(1)).await;
    assert_eq!(refused.err(), Some(StoreError::Broken("the sync failed".to_owned())));
    assert_eq!(world.slot.durable(before).await, Ok(()));
    let value = world.slot.get(Table::Lane, "key".into()).await;
    assert_eq!(value, Ok(Some("before".into())));
    assert_eq!(world.store.close().await, Err(StoreError::Broken("the sync failed".to_owned())));
    assert_eq!(*world.log.0.lock(), ["the sync failed"]);
}

#[tokio::test]
async fn a_batch_beyond_the_limits_ends_its_owner_and_not_the_node() {
    let world = World::new().await;
    let before = world.submit("before");
    let mut batch = Batch::new();
    batch.put(Table::Lane, vec![1; super::LIMITS.key + 1], "");
    let beyond = world.slot.submit(batch, Durability::Disk);
    assert_eq!(world.slot.durable(before).await, Ok(()));
    assert!(matches!(world.slot.durable(beyond).await, Err(CommitError::Broken(_))));
    let after = world.submit("after");
    assert!(matches!(world.slot.durable(after).await, Err(CommitError::Broken(_))));
    let owner = world.store.acquire(SlotId::from_number(1), NodeId(1)).await.expect("the slot");
    assert_eq!(owner.last(), before);
}

#[tokio::test]
async fn more_than_one_machine_can_give_is_refused_and_not_given_in_part() {
    let world = World::new().await;
    let number = world.slot.submit(Batch::new(), Durability::QuorumDisk);
    assert!(matches!(world.slot.durable(number).await, Err(CommitError::Broken(_))));
}
