//! Logs.

use bytes::Bytes;
use store::{Batch, Durability, Op, PageLimit, Position};

use crate::world::{World, commit, lane, log, text};

fn append(lane_byte: u8, positions: &[u64]) -> Batch {
    let mut batch = Batch::new();
    for &position in positions {
        batch.append(lane(lane_byte), Position(position), Bytes::from(position.to_string()));
    }
    batch
}

fn release(lane_byte: u8, positions: &[u64]) -> Batch {
    let mut batch = Batch::new();
    for &position in positions {
        batch.release(lane(lane_byte), Position(position));
    }
    batch
}

fn positions(log: &[(u64, String)]) -> Vec<u64> {
    assert!(log.iter().all(|(position, record)| *record == position.to_string()));
    log.iter().map(|&(position, _)| position).collect()
}

pub(crate) async fn a_log_is_read_from_a_position_on_in_pages(world: World) {
    let slot = world.slot(9).await;
    assert_eq!(slot.last_position(lane(1)).await, Ok(None));
    commit(&slot, append(1, &[1, 2, 255, 256, u64::MAX])).await;
    assert_eq!(positions(&log(&slot, lane(1), 0).await), [1, 2, 255, 256, u64::MAX]);
    assert_eq!(positions(&log(&slot, lane(1), 3).await), [255, 256, u64::MAX]);
    assert_eq!(slot.last_position(lane(1)).await, Ok(Some(Position(u64::MAX))));
    let limit = PageLimit { rows: 2, bytes: 1000 };
    let page = slot.read(lane(1), Position(2), limit).await.expect("records");
    assert_eq!(page.records.iter().map(|(p, _)| p.0).collect::<Vec<_>>(), [2, 255]);
    assert!(page.more);
}

pub(crate) async fn a_released_record_is_gone_and_the_rest_keeps_its_place(world: World) {
    let slot = world.slot(9).await;
    commit(&slot, append(1, &[1, 2, 3, 4])).await;
    commit(&slot, release(1, &[1, 3, 7])).await;
    assert_eq!(positions(&log(&slot, lane(1), 0).await), [2, 4]);
    commit(&slot, release(1, &[4])).await;
    assert_eq!(slot.last_position(lane(1)).await, Ok(Some(Position(2))));
    let mut both = append(1, &[5]);
    both.release(lane(1), Position(5));
    both.release(lane(1), Position(2));
    commit(&slot, both).await;
    assert_eq!(slot.last_position(lane(1)).await, Ok(None));
}

pub(crate) async fn records_are_read_where_they_stand_however_far_apart(world: World) {
    let slot = world.slot(9).await;
    commit(&slot, append(1, &[1, 2, 3, 256, u64::MAX])).await;
    commit(&slot, append(2, &[4, 5])).await;
    commit(&slot, release(1, &[2])).await;
    let asked = [u64::MAX, 1, 2, 4, 256, 0].map(Position).to_vec();
    let found = slot.read_many(lane(1), asked).await.expect("records");
    let found: Vec<_> = found.iter().map(|(at, record)| (at.0, text(record))).collect();
    assert_eq!(positions(&found), [u64::MAX, 1, 256]);
    assert_eq!(slot.read_many(lane(1), Vec::new()).await, Ok(Vec::new()));
}

pub(crate) async fn lanes_do_not_see_each_other(world: World) {
    let slot = world.slot(9).await;
    let other_slot = world.slot(10).await;
    for byte in [0, 7, 255] {
        commit(&slot, append(byte, &[u64::from(byte), u64::MAX])).await;
    }
    assert_eq!(positions(&log(&slot, lane(7), 0).await), [7, u64::MAX]);
    assert_eq!(positions(&log(&slot, lane(255), 0).await), [255, u64::MAX]);
    assert_eq!(positions(&log(&slot, lane(6), 0).await), [0; 0]);
    assert_eq!(positions(&log(&other_slot, lane(7), 0).await), [0; 0]);
    assert_eq!(other_slot.last_position(lane(7)).await, Ok(None));
}

pub(crate) async fn a_trimmed_log_starts_where_it_was_trimmed(world: World) {
    let slot = world.slot(9).await;
    commit(&slot, append(1, &[1, 2, 3, 256, u64::MAX])).await;
    commit(&slot, append(2, &[1, 2])).await;
    // The rest of the batch too; and a lower position takes nothing back.
    let mut batch = append(1, &[400, 500]);
    batch.trim(lane(1), Position(450));
    batch.trim(lane(1), Position(2));
    commit(&slot, batch).await;
    commit(&slot, trim(1, 3)).await;
    let check = async |world: &World| {
        let slot = world.slot(9).await;
        assert_eq!(positions(&log(&slot, lane(1), 0).await), [500, u64::MAX]);
        assert_eq!(positions(&log(&slot, lane(1), 460).await), [500, u64::MAX]);
        let found = slot.read_many(lane(1), [3, 400, 500].map(Position).to_vec()).await;
        assert_eq!(found, Ok(vec![(Position(500), Bytes::from("500"))]));
        assert_eq!(positions(&log(&slot, lane(2), 0).await), [1, 2], "another lane");
    };
    check(&world).await;
    world.compact().await;
    check(&world).await;
    check(&world.crash()).await;
}

pub(crate) async fn a_log_that_was_trimmed_whole_is_empty_and_goes_on(world: World) {
    let slot = world.slot(9).await;
    commit(&slot, append(1, &[1, 2, 3])).await;
    commit(&slot, trim(1, 4)).await;
    assert_eq!(slot.last_position(lane(1)).await, Ok(None));
    assert_eq!(log(&slot, lane(1), 0).await, []);
    commit(&slot, append(1, &[4])).await;
    assert_eq!(slot.last_position(lane(1)).await, Ok(Some(Position(4))));
}

pub(crate) async fn a_trim_is_one_small_change_however_much_it_releases(world: World) {
    let slot = world.slot(9).await;
    let all: Vec<u64> = (0..100_000).collect();
    for piece in all.chunks(10_000) {
        slot.submit(append(1, piece), Durability::Disk);
    }
    let batch = trim(1, 99_999);
    assert!(batch.bytes() < 100);
    commit(&slot, batch).await;
    assert_eq!(positions(&log(&slot, lane(1), 0).await), [99_999]);
}

pub(crate) async fn a_snapshot_keeps_what_is_trimmed_after_it_was_taken(world: World) {
    let slot = world.slot(9).await;
    commit(&slot, append(1, &[1, 2, 3, 4])).await;
    commit(&slot, trim(1, 2)).await;
    let mut snapshot = world.store().snapshot().expect("a snapshot");
    commit(&slot, trim(1, 4)).await;
    world.compact().await;
    let entries = snapshot.next(1 << 20).await.expect("entries");
    let positions = entries.into_iter().map(|(_, op)| match op {
        Op::Append(_, position, _) => position.0,
        other => panic!("{other:?}"),
    });
    assert_eq!(positions.collect::<Vec<_>>(), [2, 3, 4]);
}

fn trim(lane_byte: u8, below: u64) -> Batch {
    let mut batch = Batch::new();
    batch.trim(lane(lane_byte), Position(below));
    batch
}
