//! Logs.

use bytes::Bytes;
use store::{Batch, PageLimit, Position};

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
