//! What only an engine that does as it is told can show.

use std::sync::Arc;

use base::SlotId;
use futures::FutureExt;
use store::memory::{Controls, Crash, Options, Outcome, Room};
use store::{
    Batch, CommitError, CommitNumber, Durability, Growth, MemoryStore, NodeId, Position, Pressure,
    Refused, Slot, Store, StoreError, Table,
};

use crate::world::{commit, lane, pairs, put, table, take};

fn controlled() -> (Arc<dyn Store>, Controls) {
    let (store, controls) = MemoryStore::controlled(Options::default());
    (store, controls)
}

fn is_durable(slot: &Arc<dyn Slot>, number: CommitNumber) -> Option<Result<(), CommitError>> {
    slot.durable(number).now_or_never()
}

fn submit(slot: &Arc<dyn Slot>, value: &'static str) -> CommitNumber {
    slot.submit(put("key", value), Durability::Disk)
}

#[tokio::test]
async fn held_commits_become_durable_and_visible_in_order() {
    let (store, controls) = controlled();
    let (slot, other) = (take(&store, 1).await, take(&store, 2).await);
    controls.hold();
    let (first, second) = (submit(&slot, "1"), submit(&slot, "2"));
    let third = submit(&other, "3");
    assert_eq!((is_durable(&slot, first), controls.held()), (None, 3));
    assert_eq!(table(&slot, Table::Lane).await, []);
    assert!(controls.release_one());
    assert_eq!((is_durable(&slot, first), is_durable(&slot, second)), (Some(Ok(())), None));
    assert_eq!(table(&slot, Table::Lane).await, pairs(&[("key", "1")]));
    controls.release_all();
    assert_eq!(is_durable(&slot, second), Some(Ok(())));
    assert_eq!(is_durable(&other, third), Some(Ok(())));
    let fourth = submit(&slot, "4");
    assert_eq!(is_durable(&slot, fourth), Some(Ok(())));
    assert!(!controls.release_one());
}

#[tokio::test]
async fn whoever_waits_for_a_held_commit_is_answered_when_it_is_released() {
    let (store, controls) = controlled();
    let slot = take(&store, 1).await;
    controls.hold();
    let (first, second) = (submit(&slot, "1"), submit(&slot, "2"));
    let mut waits = (slot.durable(first), slot.durable(second));
    assert!((&mut waits.0).now_or_never().is_none() && (&mut waits.1).now_or_never().is_none());
    controls.release_one();
    assert_eq!((&mut waits.0).now_or_never(), Some(Ok(())));
    assert_eq!((&mut waits.1).now_or_never(), None);
}

#[tokio::test]
async fn an_unknown_outcome_shows_in_the_number_that_the_next_owner_finds() {
    for (outcome, value, last) in [(Outcome::Written, "new", 2), (Outcome::NotWritten, "old", 1)] {
        let (store, controls) = controlled();
        let slot = take(&store, 1).await;
        commit(&slot, put("key", "old")).await;
        controls.answer_unknown(outcome);
        let number = submit(&slot, "new");
        assert_eq!(is_durable(&slot, number), Some(Err(CommitError::Unknown)));
        let later = submit(&slot, "later");
        assert_eq!(is_durable(&slot, later), Some(Err(CommitError::Unknown)));
        let owner = take(&store, 1).await;
        assert_eq!(owner.last(), CommitNumber(last));
        assert_eq!(table(&owner, Table::Lane).await, pairs(&[("key", value)]));
        assert_eq!(commit(&owner, put("key", "after")).await, CommitNumber(last + 1));
    }
}

#[tokio::test]
async fn a_failed_sync_fails_what_waits_for_it_and_everything_after_it() {
    let (store, controls) = controlled();
    let slot = take(&store, 1).await;
    let before = commit(&slot, put("key", "before")).await;
    controls.hold();
    let held = submit(&slot, "held");
    let wait = slot.durable(held);
    controls.fail_sync();
    assert!(matches!(wait.await, Err(CommitError::Broken(_))));
    let later = submit(&slot, "later");
    assert!(matches!(is_durable(&slot, later), Some(Err(CommitError::Broken(_)))));
    assert_eq!(is_durable(&slot, before), Some(Ok(())));
    assert_eq!(table(&slot, Table::Lane).await, pairs(&[("key", "before")]));
    let refused = store.acquire(SlotId::from_number(2), NodeId(1)).await;
    assert!(matches!(refused.err(), Some(StoreError::Broken(_))));
    assert!(matches!(store.close().await, Err(StoreError::Broken(_))));
}

#[tokio::test]
async fn a_crash_of_the_machine_takes_back_what_was_not_synced() {
    let (store, controls) = controlled();
    let slot = take(&store, 1).await;
    let submit_for_process = |key, value| {
        let number = slot.submit(put(key, value), Durability::Process);
        assert_eq!(is_durable(&slot, number), Some(Ok(())));
    };
    submit_for_process("early", "1");
    commit(&slot, put("key", "synced")).await;
    submit_for_process("key", "lost");
    submit_for_process("key", "lost too");
    submit_for_process("late", "1");
    let (store, _controls) = controls.crash(Crash::Machine);
    let store: Arc<dyn Store> = store;
    let slot = take(&store, 1).await;
    // What a later, stronger commit has taken along stays.
    assert_eq!(table(&slot, Table::Lane).await, pairs(&[("early", "1"), ("key", "synced")]));
    assert_eq!(slot.last(), CommitNumber(2));
}

#[tokio::test]
async fn a_crash_forgets_what_was_held_and_ends_the_old_store() {
    let (store, controls) = controlled();
    let slot = take(&store, 1).await;
    controls.hold();
    let held = submit(&slot, "held");
    let (survivor, _controls) = controls.crash(Crash::Process);
    let survivor: Arc<dyn Store> = survivor;
    assert!(matches!(slot.durable(held).await, Err(CommitError::Broken(_))));
    assert!(matches!(slot.get(Table::Lane, "key".into()).await, Err(StoreError::Broken(_))));
    assert_eq!(take(&survivor, 1).await.last(), CommitNumber(0));
}

#[tokio::test]
async fn a_fenced_owner_loses_what_was_held() {
    let (store, controls) = controlled();
    let slot = take(&store, 1).await;
    controls.hold();
    let held = submit(&slot, "held");
    controls.fence(slot.id());
    controls.release_all();
    assert_eq!(is_durable(&slot, held), Some(Err(CommitError::Fenced)));
    let owner = take(&store, 1).await;
    assert_eq!((owner.epoch().0, owner.last()), (slot.epoch().0 + 2, CommitNumber(0)));
}

#[tokio::test]
async fn a_full_store_takes_what_frees_for_longer() {
    let (store, controls) = controlled();
    let slot = take(&store, 1).await;
    let reserve = || (slot.reserve(1, Growth::Grows), slot.reserve(1, Growth::Frees));
    assert_eq!((reserve(), store.pressure()), ((Ok(()), Ok(())), Pressure::Free));
    controls.set_room(Room::OnlyToFree);
    assert_eq!((reserve(), store.pressure()), ((Err(Refused::Full), Ok(())), Pressure::Full));
    controls.set_room(Room::None);
    assert_eq!(reserve(), (Err(Refused::Full), Err(Refused::Full)));
    controls.set_room(Room::Plenty);
    controls.set_pressure(Pressure::Slow(0.5));
    assert_eq!((reserve(), store.pressure()), ((Ok(()), Ok(())), Pressure::Slow(0.5)));
}

#[tokio::test]
async fn released_records_and_deleted_rows_give_their_memory_back() {
    let store = MemoryStore::open(Options { capacity: 10_000, ..Options::default() });
    let slot = store.acquire(SlotId::from_number(1), NodeId(1)).await.expect("the slot");
    let mut batch = Batch::new();
    batch.append(lane(1), Position(1), vec![0; 9000].into());
    batch.put(Table::Due, "key", vec![0; 500]);
    commit(&slot, batch).await;
    commit(&slot, put("key", "value")).await;
    commit(&slot, put("key", "other value")).await;
    assert_eq!(store.bytes(), 9000 + 503 + 14);
    assert_eq!(slot.reserve(1000, Growth::Grows), Err(Refused::Full));
    assert_eq!(slot.reserve(1000, Growth::Frees), Ok(()));
    let mut batch = Batch::new();
    batch.release(lane(1), Position(1));
    batch.delete(Table::Due, "key");
    batch.delete(Table::Lane, "key");
    commit(&slot, batch).await;
    assert_eq!(store.bytes(), 0);
    assert_eq!(slot.reserve(1000, Growth::Grows), Ok(()));
}
