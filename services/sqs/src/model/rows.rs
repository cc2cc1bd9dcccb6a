//! The rows of each change: what the disk learns of it.

use base::Timestamp;
use bytes::Bytes;
use runtime::due::DueEntry;
use runtime::names;
use store::{Batch, Position, Table};

use crate::keys::{self, Definition, DueKind, Key, Marks, NameRow, TrackedRow};
use crate::model::backlog::{Pick, Taken, Tracked};
use crate::model::queue::{Change, Created, Queue, QueueLane};

/// Writes the rows of a change, from the state before it.
pub(crate) fn write(lane: &QueueLane, change: &Change, batch: &mut Batch) {
    match (change, &lane.queue) {
        (Change::Created(created), _) => write_created(lane, created, batch),
        (Change::Reclaimed(entry), queue) => {
            entry.delete(batch);
            if queue.is_none() {
                names::delete(batch, &lane.arn);
            }
        }
        (Change::Deleted { at, reclaim_at, remembered }, Some(queue)) => {
            write_deleted(lane, queue, (*at, *reclaim_at), *remembered, batch);
        }
        (change, Some(queue)) => write_message(lane, queue, change, batch),
        (_, None) => {}
    }
}

fn write_created(lane: &QueueLane, created: &Created, batch: &mut Batch) {
    let incarnation = &created.incarnation;
    let definition = Definition {
        created_ms: created.at.millis(),
        modified_ms: created.at.millis(),
        secret: Bytes::copy_from_slice(&created.secret),
        attributes: created.given.clone(),
    };
    let name =
        NameRow { incarnation: Bytes::copy_from_slice(incarnation.as_bytes()), deleted_ms: None };
    names::put(batch, &lane.arn, keys::encode(&name));
    batch.put(Table::Lane, Key::Definition.of(incarnation), keys::encode(&definition));
}

fn write_deleted(
    lane: &QueueLane,
    queue: &Queue,
    (at, reclaim_at): (Timestamp, Timestamp),
    remembered: bool,
    batch: &mut Batch,
) {
    if remembered {
        let incarnation = Bytes::copy_from_slice(queue.incarnation.as_bytes());
        let name = NameRow { incarnation, deleted_ms: Some(at.millis()) };
        names::put(batch, &lane.arn, keys::encode(&name));
    } else {
        names::delete(batch, &lane.arn);
    }
    if let Some(sweep_at) = queue.sweep_at {
        due(lane, queue, DueKind::Sweep, sweep_at).delete(batch);
    }
    due(lane, queue, DueKind::Reclaim, reclaim_at).put(batch);
}

fn write_message(lane: &QueueLane, queue: &Queue, change: &Change, batch: &mut Batch) {
    match change {
        Change::Sent { position, stored, delayed_until, sweep_at } => {
            batch.append(queue.incarnation, *position, stored.bytes.clone());
            if let Some(visible_at) = delayed_until {
                let tracked = Tracked::delayed(stored.sent, *visible_at);
                put_tracked(queue, *position, &tracked, batch);
            }
            if let Some(sweep_at) = sweep_at {
                due(lane, queue, DueKind::Sweep, *sweep_at).put(batch);
                put_marks(queue, (queue.backlog.cursor(), 0), Some(*sweep_at), batch);
            }
        }
        Change::Received(taken) => write_received(queue, taken, batch),
        Change::VisibilityChanged { position, visible_at } => {
            if let Some(tracked) = queue.backlog.tracked(*position) {
                let changed = Tracked { visible_at: *visible_at, ..tracked.clone() };
                put_tracked(queue, *position, &changed, batch);
            }
        }
        Change::Removed(position) => forget(queue, *position, batch),
        Change::Swept { done, dead, cursor, next } => {
            done.delete(batch);
            for position in dead {
                forget(queue, *position, batch);
            }
            if let Some(next) = next {
                due(lane, queue, DueKind::Sweep, *next).put(batch);
            }
            let gone = queue.backlog.count_fresh(dead.iter().copied());
            put_marks(queue, (*cursor, gone), *next, batch);
        }
        Change::Created(_) | Change::Deleted { .. } | Change::Reclaimed(_) => {}
    }
}

fn write_received(queue: &Queue, taken: &Taken, batch: &mut Batch) {
    for position in &taken.dead {
        forget(queue, *position, batch);
    }
    for pick in &taken.picks {
        put_tracked(queue, pick.position, &pick.tracked, batch);
    }
    let picked = taken.picks.iter().map(|pick| pick.position);
    let gone = queue.backlog.count_fresh(picked.chain(taken.dead.iter().copied()));
    // Also when a message ahead of the cursor was received, one that had been delayed: once it is deleted,
    // only the marks know that its position was used.
    let is_ahead = |pick: &Pick| pick.position >= queue.backlog.cursor();
    if taken.cursor != queue.backlog.cursor() || taken.picks.iter().any(is_ahead) {
        put_marks(queue, (taken.cursor, gone), queue.sweep_at, batch);
    }
}

/// A message and its state are gone.
fn forget(queue: &Queue, position: Position, batch: &mut Batch) {
    batch.release(queue.incarnation, position);
    if queue.backlog.tracked(position).is_some() {
        batch.delete(Table::Lane, Key::Tracked(position).of(&queue.incarnation));
    }
}

fn put_tracked(queue: &Queue, position: Position, tracked: &Tracked, batch: &mut Batch) {
    let key = Key::Tracked(position).of(&queue.incarnation);
    batch.put(Table::Lane, key, keys::encode(&tracked.to_row()));
}

/// Where the messages begin and end after a change that moves the cursor and takes some fresh messages. The
/// tail is among it, so that a position whose record is gone is not used again: what is released was
/// received or swept before, and then this row named a tail above it.
fn put_marks(
    queue: &Queue,
    (cursor, gone): (Position, u64),
    sweep_at: Option<Timestamp>,
    batch: &mut Batch,
) {
    let marks = Marks {
        head: queue.backlog.head().0,
        cursor: cursor.0,
        tail: queue.backlog.tail().0,
        sweep_ms: sweep_at.map(Timestamp::millis),
        fresh: queue.backlog.fresh() - gone,
    };
    batch.put(Table::Lane, Key::Marks.of(&queue.incarnation), keys::encode(&marks));
}

fn due(lane: &QueueLane, queue: &Queue, kind: DueKind, at: Timestamp) -> DueEntry {
    DueEntry { at, incarnation: queue.incarnation, what: kind as u8, arn: lane.arn.clone() }
}

impl Tracked {
    fn to_row(&self) -> TrackedRow {
        TrackedRow {
            sent_ms: self.sent.millis(),
            visible_ms: self.visible_at.millis(),
            receives: self.receives,
            first_received_ms: self.first_received.millis(),
            received_ms: self.received.millis(),
        }
    }

    pub(crate) fn from_row(row: &TrackedRow) -> Self {
        Tracked {
            sent: Timestamp::from_millis(row.sent_ms),
            visible_at: Timestamp::from_millis(row.visible_ms),
            receives: row.receives,
            first_received: Timestamp::from_millis(row.first_received_ms),
            received: Timestamp::from_millis(row.received_ms),
        }
    }
}
