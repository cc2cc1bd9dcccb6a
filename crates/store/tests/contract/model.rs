//! Random operations, beside a model made of maps.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use store::{Batch, Durability, KeyRange, Op, PageLimit, Position, Slot, Table};

use crate::world::{World, lane};

#[derive(Clone, Debug)]
enum Step {
    /// A batch; the answer is waited for or not.
    Commit(Vec<Op>, Durability, bool),
    /// Files are merged.
    Compact,
    /// Another owner takes the slot.
    TakeOver,
    /// The process ends, and another one starts.
    Crash,
}

/// What a slot must hold.
#[derive(Clone, Default)]
struct Model {
    rows: BTreeMap<(Table, Bytes), Bytes>,
    records: BTreeMap<(u8, Position), Bytes>,
    /// Below which the logs were trimmed.
    starts: [Position; 3],
    commits: u64,
}

impl Model {
    fn apply(&mut self, ops: &[Op]) {
        self.commits += 1;
        for op in ops.iter().cloned() {
            match op {
                Op::Append(lane, at, record) => {
                    self.records.insert((lane.as_bytes()[0], at), record);
                }
                Op::Release(lane, at) => {
                    self.records.remove(&(lane.as_bytes()[0], at));
                }
                Op::Trim(lane, below) => {
                    let id = lane.as_bytes()[0];
                    self.records.retain(|&(of, at), _| of != id || at >= below);
                    let start = &mut self.starts[usize::from(id)];
                    *start = below.max(*start);
                }
                Op::Put(table, key, value) => {
                    self.rows.insert((table, key), value);
                }
                Op::Delete(table, key) => {
                    self.rows.remove(&(table, key));
                }
            }
        }
    }

    /// The changes without the records that would be appended below the start of their log.
    fn legal(&self, ops: Vec<Op>) -> Vec<Op> {
        let mut starts = self.starts;
        let is_legal = |op: &Op| match op {
            Op::Append(lane, at, _) => *at >= starts[usize::from(lane.as_bytes()[0])],
            Op::Trim(lane, below) => {
                let start = &mut starts[usize::from(lane.as_bytes()[0])];
                *start = (*below).max(*start);
                true
            }
            _ => true,
        };
        ops.into_iter().filter(is_legal).collect()
    }

    fn rows(&self, table: Table) -> Vec<(Bytes, Bytes)> {
        let rows = self.rows.iter().filter(|((of, _), _)| *of == table);
        rows.map(|((_, key), value)| (key.clone(), value.clone())).collect()
    }

    fn records(&self, lane: u8) -> Vec<(Position, Bytes)> {
        let records = self.records.iter().filter(|((of, _), _)| *of == lane);
        records.map(|((_, at), record)| (*at, record.clone())).collect()
    }
}

fn bytes() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..40).prop_map(Bytes::from)
}

/// Few keys, so that they meet.
fn key() -> impl Strategy<Value = Bytes> {
    vec(prop_oneof![Just(0), Just(1), Just(255)], 0..3).prop_map(Bytes::from)
}

fn op() -> impl Strategy<Value = Op> {
    let table = || prop::sample::select(Table::ALL.to_vec());
    let place = || (0..3u8, (0..20u64).prop_map(Position));
    prop_oneof![
        3 => (place(), bytes()).prop_map(|((id, at), record)| Op::Append(lane(id), at, record)),
        2 => place().prop_map(|(id, at)| Op::Release(lane(id), at)),
        1 => place().prop_map(|(id, at)| Op::Trim(lane(id), at)),
        3 => (table(), key(), bytes()).prop_map(|(table, key, value)| Op::Put(table, key, value)),
        2 => (table(), key()).prop_map(|(table, key)| Op::Delete(table, key)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let level = prop_oneof![Just(Durability::Disk), Just(Durability::Process)];
    prop_oneof![
        20 => (vec(op(), 0..8), level, any::<bool>())
            .prop_map(|(ops, level, waits)| Step::Commit(ops, level, waits)),
        1 => Just(Step::Compact),
        1 => Just(Step::TakeOver),
        1 => Just(Step::Crash),
    ]
}

fn batch(ops: &[Op]) -> Batch {
    let mut batch = Batch::new();
    for op in ops.iter().cloned() {
        match op {
            Op::Append(lane, at, record) => batch.append(lane, at, record),
            Op::Release(lane, at) => batch.release(lane, at),
            Op::Trim(lane, below) => batch.trim(lane, below),
            Op::Put(table, key, value) => batch.put(table, key, value),
            Op::Delete(table, key) => batch.delete(table, key),
        }
    }
    batch
}

/// All rows of a table, two at a time.
async fn rows(slot: &Arc<dyn Slot>, table: Table) -> Vec<(Bytes, Bytes)> {
    let limit = PageLimit { rows: 2, bytes: 1000 };
    let (mut rows, mut range) = (Vec::new(), KeyRange::ALL);
    loop {
        let page = slot.page(table, range.clone(), limit).await.expect("a page");
        rows.extend(page.rows);
        let Some((last, _)) = rows.last().filter(|_| page.more) else { return rows };
        range = range.starting_at([last, &[0][..]].concat());
    }
}

/// All rows of a table of all slots, two at a time.
async fn scanned(world: &World, table: Table) -> Vec<(Bytes, Bytes)> {
    let limit = PageLimit { rows: 2, bytes: 1000 };
    let (mut rows, mut range) = (Vec::new(), Some(KeyRange::ALL));
    while let Some(next) = range {
        let page = world.store().scan(table, next.clone(), limit).await.expect("a page");
        range = page.rest(next);
        rows.extend(page.rows.into_iter().map(|row| (row.key, row.value)));
    }
    rows
}

/// All records of a log, two at a time.
async fn records(slot: &Arc<dyn Slot>, id: u8) -> Vec<(Position, Bytes)> {
    let limit = PageLimit { rows: 2, bytes: 1000 };
    let (mut records, mut from) = (Vec::new(), Position(0));
    loop {
        let page = slot.read(lane(id), from, limit).await.expect("records");
        records.extend(page.records);
        let Some((last, _)) = records.last().filter(|_| page.more) else { return records };
        from = last.next();
    }
}

/// All records of a log, as an export reads them, a few at a time.
async fn exported(world: &World, id: u8) -> Vec<(Position, Bytes)> {
    let mut snapshot = world.store().snapshot().expect("a snapshot");
    let mut records = Vec::new();
    loop {
        let entries = snapshot.next(50).await.expect("entries");
        if entries.is_empty() {
            return records;
        }
        records.extend(entries.into_iter().filter_map(|(_, op)| match op {
            Op::Append(of, at, record) if of == lane(id) => Some((at, record)),
            _ => None,
        }));
    }
}

async fn check(world: &World, slot: &Arc<dyn Slot>, model: &Model) {
    slot.durable(slot.last()).await.expect("it is durable");
    assert_eq!(slot.last().0, model.commits);
    for table in Table::ALL {
        assert_eq!(rows(slot, table).await, model.rows(table), "{table:?}");
        assert_eq!(scanned(world, table).await, model.rows(table), "{table:?}");
    }
    for id in 0..3 {
        let expected = model.records(id);
        assert_eq!(slot.last_position(lane(id)).await, Ok(expected.last().map(|(at, _)| *at)));
        let asked = (0..20).rev().map(Position).collect();
        let mut found = slot.read_many(lane(id), asked).await.expect("records");
        found.reverse();
        assert_eq!(found, expected);
        assert_eq!(records(slot, id).await, expected);
        assert_eq!(exported(world, id).await, expected);
    }
}

async fn run(mut world: World, steps: Vec<Step>) {
    let mut slot = world.slot(17).await;
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Commit(ops, level, waits) => {
                let ops = model.legal(ops);
                let number = slot.submit(batch(&ops), level);
                model.apply(&ops);
                assert_eq!(number.0, model.commits);
                if waits {
                    slot.durable(number).await.expect("it is durable");
                }
                continue;
            }
            Step::Compact => {
                slot.durable(store::CommitNumber(model.commits)).await.expect("it is durable");
                world.compact().await;
            }
            Step::TakeOver => {
                slot.durable(store::CommitNumber(model.commits)).await.expect("it is durable");
                slot = world.slot(17).await;
            }
            Step::Crash => {
                slot.durable(store::CommitNumber(model.commits)).await.expect("it is durable");
                world = world.crash();
                slot = world.slot(17).await;
            }
        }
        check(&world, &slot, &model).await;
    }
    slot.durable(store::CommitNumber(model.commits)).await.expect("it is durable");
    check(&world, &slot, &model).await;
}

fn block_on(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]
    #[test]
    fn memory_holds_what_the_model_holds(steps in vec(step(), 1..60)) {
        block_on(run(World::memory(), steps));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20) })]
    #[test]
    fn fjall_holds_what_the_model_holds(steps in vec(step(), 1..60)) {
        block_on(run(World::fjall(), steps));
    }
}
