//! What is refused, and what an end is.

use store::{
    Batch, CommitError, Durability, Growth, LaneId, NodeId, Position, Pressure, Refused,
    StoreError, Table,
};

use crate::world::{World, commit, pairs, put, table};

pub(crate) async fn what_is_too_large_is_refused_before_it_is_submitted(world: World) {
    let slot = world.slot(1).await;
    let most = world.store().limits().batch;
    assert_eq!(slot.reserve(most, Growth::Grows), Ok(()));
    assert_eq!(slot.reserve(most + 1, Growth::Grows), Err(Refused::TooLarge));
    assert_eq!(slot.reserve(most + 1, Growth::Frees), Err(Refused::TooLarge));
    assert_eq!(world.store().pressure(), Pressure::Free);
}

pub(crate) async fn what_was_submitted_before_the_end_is_durable_and_what_comes_after_it_fails(
    world: World,
) {
    let slot = world.slot(1).await;
    let numbers: Vec<_> =
        (0..50).map(|_| slot.submit(put("key", "value"), Durability::Disk)).collect();
    assert_eq!(world.store().close().await, Ok(()));
    for number in numbers {
        assert_eq!(slot.durable(number).await, Ok(()));
    }
    let late = slot.submit(put("key", "late"), Durability::Disk);
    assert!(matches!(slot.durable(late).await, Err(CommitError::Broken(_))));
    let refused = world.store().acquire(slot.id(), NodeId(1)).await;
    assert!(matches!(refused.err(), Some(StoreError::Broken(_))));
    assert_eq!(world.store().close().await, Ok(()), "a second time");
    let world = world.crash();
    let slot = world.slot(1).await;
    assert_eq!(table(&slot, Table::Lane).await, pairs(&[("key", "value")]));
}

pub(crate) async fn an_engine_counts_what_it_commits(world: World) {
    let slot = world.slot(1).await;
    let mut batch = Batch::new();
    batch.append(LaneId::from_bytes([1; 16]), Position(1), vec![0; 1000].into());
    let bytes = batch.bytes() as u64;
    commit(&slot, batch.clone()).await;
    commit(&slot, batch).await;
    let stats = world.store().stats();
    assert_eq!((stats.commits, stats.batches, stats.bytes), (2, 2, 2 * bytes));
}
