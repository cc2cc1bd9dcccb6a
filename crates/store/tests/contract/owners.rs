//! Owners, their commits, and what they leave to the next.

use base::SlotId;
use futures::future::{join_all, try_join_all};
use store::{CommitError, CommitNumber, Durability, Epoch, NodeId, StoreError, Table};

use crate::world::{World, commit, pairs, put, table};

pub(crate) async fn commits_are_numbered_densely_and_across_owners(world: World) {
    let first = world.slot(5).await;
    assert_eq!(first.last(), CommitNumber(0));
    for number in 1..=3 {
        assert_eq!(first.submit(put("a", "1"), Durability::Disk), CommitNumber(number));
    }
    first.durable(CommitNumber(3)).await.expect("it is durable");
    assert_eq!(first.last(), CommitNumber(3));
    let second = world.slot(5).await;
    assert_eq!(second.last(), CommitNumber(3));
    assert_eq!(commit(&second, put("a", "2")).await, CommitNumber(4));
    assert_eq!(world.slot(6).await.last(), CommitNumber(0));
}

pub(crate) async fn a_new_owner_fences_the_former_one(world: World) {
    let former = world.slot(5).await;
    commit(&former, put("key", "former")).await;
    let owner = world.slot(5).await;
    assert_eq!(owner.id(), SlotId::from_number(5));
    assert_eq!(owner.epoch(), Epoch(former.epoch().0 + 1));
    let number = former.submit(put("key", "too late"), Durability::Disk);
    assert_eq!(former.durable(number).await, Err(CommitError::Fenced));
    // What had been durable before stays so.
    assert_eq!(former.durable(CommitNumber(1)).await, Ok(()));
    assert_eq!(former.get(Table::Lane, "key".into()).await, Err(StoreError::Fenced));
    assert_eq!(table(&owner, Table::Lane).await, pairs(&[("key", "former")]));
}

pub(crate) async fn what_was_queued_before_a_take_over_is_written_or_fenced_never_both(
    world: World,
) {
    for _ in 0..20 {
        let former = world.slot(5).await;
        let before = former.last();
        let number = former.submit(put("key", "value"), Durability::Disk);
        let (answer, owner) = futures::join!(former.durable(number), world.slot(5));
        let written = owner.last() > before;
        assert_eq!(answer.is_ok(), written, "{answer:?}, from {before} to {}", owner.last());
    }
}

pub(crate) async fn all_slots_can_be_taken_at_once(world: World) {
    let take = |slot| world.store().acquire(slot, NodeId(1));
    let slots = try_join_all(SlotId::all().map(take)).await.expect("all slots");
    let wait = async |slot: &std::sync::Arc<dyn store::Slot>| {
        let number = slot.submit(put("key", "value"), Durability::Disk);
        slot.durable(number).await
    };
    assert!(join_all(slots.iter().map(wait)).await.iter().all(Result::is_ok));
}

pub(crate) async fn what_is_durable_survives_a_crash_and_so_does_the_epoch(world: World) {
    let slot = world.slot(200).await;
    commit(&slot, put("disk", "1")).await;
    // It survives the end of the process, which this is.
    let number = slot.submit(put("process", "1"), Durability::Process);
    slot.durable(number).await.expect("it is durable");
    let epoch = slot.epoch();
    let world = world.crash();
    let slot = world.slot(200).await;
    assert_eq!(slot.last(), CommitNumber(2));
    assert!(slot.epoch() > epoch);
    assert_eq!(table(&slot, Table::Lane).await, pairs(&[("disk", "1"), ("process", "1")]));
    commit(&slot, put("disk", "2")).await;
    let world = world.crash();
    let slot = world.slot(200).await;
    assert_eq!(slot.last(), CommitNumber(3));
    assert_eq!(table(&slot, Table::Lane).await, pairs(&[("disk", "2"), ("process", "1")]));
}

pub(crate) async fn concurrent_commits_of_many_slots_all_become_durable(world: World) {
    let slots = join_all((0..8).map(|number| world.slot(number))).await;
    let work = |task: usize| {
        let slot = slots[task % slots.len()].clone();
        async move {
            for _ in 0..25 {
                let number = slot.submit(put("key", "value"), Durability::Disk);
                slot.durable(number).await.expect("it is durable");
                assert!(slot.last() >= number);
            }
        }
    };
    join_all((0..32).map(work)).await;
    assert!(slots.iter().all(|slot| slot.last() == CommitNumber(100)));
}

pub(crate) async fn commits_of_many_threads_get_a_number_each(world: World) {
    let slot = world.slot(7).await;
    let submit = || (0..200).map(|_| slot.submit(put("key", "value"), Durability::Disk)).collect();
    let mut numbers: Vec<CommitNumber> = std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(submit));
        threads
            .into_iter()
            .flat_map(|thread| -> Vec<_> { thread.join().expect("it ends") })
            .collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=800).map(CommitNumber).collect::<Vec<_>>());
    slot.durable(CommitNumber(800)).await.expect("all are durable");
    assert_eq!(slot.last(), CommitNumber(800));
}
