//! Reads: pages of owned bytes, from one consistent view each.
//!
//! Rows and records of pages are handed out as the engine holds them, without copying: one that is kept keeps
//! the block that it came from.

use ::fjall::{Guard, Readable};
use base::SlotId;
use bytes::Bytes;

use super::engine::Engine;
use super::error;
use super::rows::{self, Keys, PREFIX, Place};
use crate::merge::merge;
use crate::{KeyRange, LaneId, Page, PageLimit, Position, Records, Scan, StoreError, Table};

type Pair = (Bytes, Bytes);

/// One row.
pub(super) fn get(
    engine: &Engine,
    slot: SlotId,
    table: Table,
    key: &[u8],
) -> Result<Option<Bytes>, StoreError> {
    let keyspace = engine.keyspace(Place::Table(table));
    let value = engine.snapshot().get(keyspace, rows::table_key(slot, key));
    Ok(value.map_err(error::at_read)?.map(Bytes::from))
}

/// The first rows of a range.
pub(super) fn page(
    engine: &Engine,
    slot: SlotId,
    table: Table,
    range: &KeyRange,
    limit: PageLimit,
) -> Result<Page, StoreError> {
    let keys = rows::table_range(slot, range);
    let (pairs, more) = first(engine, Place::Table(table), keys, limit)?;
    let rows = pairs.into_iter().map(|(key, value)| (key.slice(PREFIX..), value)).collect();
    Ok(Page { rows, more })
}

/// The first rows of a range over all slots, from one consistent view.
pub(super) fn scan(
    engine: &Engine,
    table: Table,
    range: &KeyRange,
    limit: PageLimit,
) -> Result<Scan, StoreError> {
    let (snapshot, keyspace) = (engine.snapshot(), engine.keyspace(Place::Table(table)));
    let slots = SlotId::all().map(|slot| (slot, rows::table_range(slot, range)));
    let slots = slots.filter(|(_, keys)| !rows::is_void(keys)).map(|(slot, keys)| {
        let rows = snapshot.range(keyspace, keys).map(|guard| {
            let (key, value) = pair(guard)?;
            Ok((key.slice(PREFIX..), value))
        });
        (slot, rows)
    });
    merge(slots, limit)
}

/// The first records of a log from a position on.
pub(super) fn records(
    engine: &Engine,
    slot: SlotId,
    lane: LaneId,
    from: Position,
    limit: PageLimit,
) -> Result<Records, StoreError> {
    from_start(engine, slot, lane, |start| {
        let keys = rows::log_range(slot, lane, from.max(start));
        let (pairs, more) = first(engine, Place::Log, keys, limit)?;
        let record = |(key, value): Pair| Ok((position(&key)?, value));
        Ok(Records { records: pairs.into_iter().map(record).collect::<Result<_, _>>()?, more })
    })
}

/// Those records of a log that are there of these: neighbours in one look, which costs little more than a look
/// for one of them.
pub(super) fn records_at(
    engine: &Engine,
    slot: SlotId,
    lane: LaneId,
    positions: &[Position],
) -> Result<Vec<(Position, Bytes)>, StoreError> {
    from_start(engine, slot, lane, |start| {
        let there = positions.iter().copied().filter(|position| *position >= start);
        records_of(engine, slot, lane, there.collect())
    })
}

fn records_of(
    engine: &Engine,
    slot: SlotId,
    lane: LaneId,
    positions: Vec<Position>,
) -> Result<Vec<(Position, Bytes)>, StoreError> {
    let mut asked = positions.clone();
    asked.sort_unstable();
    asked.dedup();
    let (snapshot, log) = (engine.snapshot(), engine.keyspace(Place::Log));
    let mut found = Vec::with_capacity(asked.len());
    for run in asked.chunk_by(|before, after| before.0.checked_add(1) == Some(after.0)) {
        if let [position] = run {
            let record = snapshot.get(log, rows::log_key(slot, lane, *position));
            let record = record.map_err(error::at_read)?;
            found.extend(record.map(|record| (*position, alone(record.into()))));
            continue;
        }
        for guard in snapshot.range(log, rows::log_run(slot, lane, run)) {
            let (key, record) = pair(guard)?;
            found.push((position(&key)?, alone(record)));
        }
    }
    if positions.is_sorted_by(|before, after| before < after) {
        return Ok(found);
    }
    let at = |position: &Position| found.binary_search_by_key(position, |(at, _)| *at).ok();
    Ok(positions.iter().filter_map(at).filter_map(|at| found.get(at).cloned()).collect())
}

/// A record without its block, which it would keep for itself if it were kept: its neighbours were not asked
/// for. One that is as large as a block is alone in there.
fn alone(record: Bytes) -> Bytes {
    const BLOCK: usize = 4 << 10;
    if record.len() < BLOCK { Bytes::copy_from_slice(&record) } else { record }
}

/// The position of a log's last record.
pub(super) fn last_position(
    engine: &Engine,
    slot: SlotId,
    lane: LaneId,
) -> Result<Option<Position>, StoreError> {
    from_start(engine, slot, lane, |start| {
        let keys = rows::log_range(slot, lane, start);
        let last = engine.snapshot().range(engine.keyspace(Place::Log), keys).next_back();
        last.map(|guard| position(&guard.key().map_err(error::at_read)?)).transpose()
    })
}

/// Reads a log from its start. Does so again if the log was trimmed meanwhile: records below the new start, and not
/// all of them, may have been gone already.
fn from_start<T>(
    engine: &Engine,
    slot: SlotId,
    lane: LaneId,
    read: impl Fn(Position) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut start = log_start(engine, slot, lane)?;
    loop {
        let found = read(start)?;
        let now = log_start(engine, slot, lane)?;
        if now == start {
            return Ok(found);
        }
        start = now;
    }
}

/// The start of a log now. Takes no view while no log was ever trimmed.
fn log_start(engine: &Engine, slot: SlotId, lane: LaneId) -> Result<Position, StoreError> {
    if !engine.has_trimmed() {
        return Ok(Position::default());
    }
    engine.log_start(&engine.snapshot(), slot, lane)
}

fn position(key: &[u8]) -> Result<Position, StoreError> {
    let damaged = || StoreError::Damaged("a record's key cannot be read".to_owned());
    rows::position(key).ok_or_else(damaged)
}

/// The first rows of a range of whole keys, and whether there are more.
fn first(
    engine: &Engine,
    place: Place,
    keys: Keys,
    limit: PageLimit,
) -> Result<(Vec<Pair>, bool), StoreError> {
    let (mut pairs, mut bytes) = (Vec::new(), 0);
    if rows::is_void(&keys) {
        return Ok((pairs, false));
    }
    for guard in engine.snapshot().range(engine.keyspace(place), keys) {
        if !pairs.is_empty() && (pairs.len() >= limit.rows || bytes >= limit.bytes) {
            return Ok((pairs, true));
        }
        let (key, value) = pair(guard)?;
        bytes += key.len() + value.len();
        pairs.push((key, value));
    }
    Ok((pairs, false))
}

pub(super) fn pair(guard: Guard) -> Result<Pair, StoreError> {
    let (key, value) = guard.into_inner().map_err(error::at_read)?;
    Ok((key.into(), value.into()))
}
