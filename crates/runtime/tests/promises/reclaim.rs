//! The rows of what has been deleted go.

use base::Incarnation;
use runtime::reclaim;
use store::memory::{Outcome, Room};
use store::{Batch, Durability, KeyRange, PageLimit, Position, Table};

use crate::support::{Office, slot};

const ALL: PageLimit = PageLimit { rows: 100_000, bytes: 1 << 30 };

fn life(last: u8) -> Incarnation {
    let mut bytes = [7; 16];
    bytes[15] = last;
    Incarnation::from_bytes(bytes)
}

/// Gives a life rows and records, a few of them released already.
async fn live(office: &Office, life: Incarnation, count: u64) {
    let mut batch = Batch::new();
    for number in 0..count {
        let key = [&life.as_bytes()[..], &number.to_be_bytes()].concat();
        batch.put(Table::Lane, key, "state");
        batch.append(life, Position(number), "record".into());
    }
    for number in (0..count).step_by(10) {
        batch.release(life, Position(number));
    }
    let commit = office.slot("a").submit(batch, Durability::Disk);
    office.slot("a").durable(commit).await.expect("durable");
}

/// How many rows and records a life has.
async fn left(office: &Office, life: Incarnation) -> (usize, usize) {
    let slot = office.slot("a");
    let range = KeyRange::prefix(life.as_bytes().to_vec());
    let rows = slot.page(Table::Lane, range, ALL).await.expect("rows").rows;
    let records = slot.read(life, Position(0), ALL).await.expect("records").records;
    (rows.len(), records.len())
}

#[tokio::test]
async fn all_rows_and_records_of_a_life_go_and_nothing_else() {
    let office = Office::open().await;
    office.put("a", "a letter").await.expect("put");
    for (last, count) in [(1, 30), (2, 4000), (3, 30)] {
        live(&office, life(last), count).await;
    }
    reclaim::reclaim(office.node.slots(), slot("a"), life(2)).await.expect("reclaimed");
    assert_eq!(left(&office, life(2)).await, (0, 0));
    assert_eq!(left(&office, life(1)).await, (30, 27));
    assert_eq!(left(&office, life(3)).await, (30, 27));
    assert_eq!(office.take("a").await, Ok(Some("a letter".to_owned())));
}

#[tokio::test]
async fn a_life_that_left_nothing_costs_no_commit() {
    let office = Office::open().await;
    reclaim::reclaim(office.node.slots(), slot("a"), life(2)).await.expect("reclaimed");
    assert_eq!(office.store().stats().commits, 0);
}

#[tokio::test]
async fn no_commit_of_it_is_large() {
    let office = Office::open().await;
    live(&office, life(2), 4000).await;
    let before = office.store().stats().commits;
    reclaim::reclaim(office.node.slots(), slot("a"), life(2)).await.expect("reclaimed");
    assert!(office.store().stats().commits - before >= 4);
}

#[tokio::test]
async fn interrupted_it_is_begun_again_and_ends() {
    let office = Office::open().await;
    live(&office, life(2), 2500).await;
    office.controls.answer_unknown(Outcome::Written);
    reclaim::reclaim(office.node.slots(), slot("a"), life(2)).await.expect_err("a new term");
    assert_ne!(left(&office, life(2)).await, (0, 0));
    reclaim::reclaim(office.node.slots(), slot("a"), life(2)).await.expect("reclaimed");
    assert_eq!(left(&office, life(2)).await, (0, 0));
}

#[tokio::test]
async fn it_makes_room_in_a_full_store() {
    let office = Office::open().await;
    live(&office, life(2), 100).await;
    office.controls.set_room(Room::OnlyToFree);
    reclaim::reclaim(office.node.slots(), slot("a"), life(2)).await.expect("reclaimed");
    assert_eq!(left(&office, life(2)).await, (0, 0));
}
