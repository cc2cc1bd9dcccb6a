//! The rows of each change: what the disk learns of it.

use std::num::NonZeroU32;

use base::{Arn, Timestamp};
use bytes::Bytes;
use runtime::jobs::Timer;
use runtime::names;
use store::{Batch, Position, Table};

use crate::keys::{self, Definition, DueKind, Key, Marks, NameRow, TrackedRow};
use crate::model::Attributes;
use crate::model::backlog::{Taken, Tracked};
use crate::model::change::{Change, Created, Defined};
use crate::model::fifo::{self, Attempt, Group};
use crate::model::leaving::Departure;
use crate::model::purge::{Piece, Purge};
use crate::model::queue::Queue;
use crate::model::receipt::Secret;
use crate::model::rows_crossing as crossing;
use crate::model::tags::Tags;

/// Writes the rows of a change, from the state before it.
pub(crate) fn write(arn: &Arn, queue: Option<&Queue>, change: &Change, batch: &mut Batch) {
    match (change, queue) {
        (Change::Created(created), _) => write_created(arn, created, batch),
        (Change::Reclaimed(entry), queue) => {
            entry.delete(batch);
            if queue.is_none() {
                names::delete(batch, arn);
            }
        }
        (Change::Deleted { at, reclaim_at, remembered }, Some(queue)) => {
            write_deleted(arn, queue, (*at, *reclaim_at), *remembered, batch);
        }
        (Change::Left(left), Some(queue)) => crossing::write_left(arn, queue, left, batch),
        (Change::Arrived { stream, highest }, Some(queue)) => {
            crossing::write_arrived(queue, *stream, *highest, batch);
        }
        (Change::Moving(task), Some(queue)) => crossing::write_moving(arn, queue, task, batch),
        (Change::Defined(defined), Some(queue)) => write_defined(arn, queue, defined, batch),
        (Change::Purged(purge), Some(queue)) => write_purged(arn, queue, purge, batch),
        (Change::Trimmed { done, piece, left }, Some(queue)) => {
            done.delete(batch);
            write_trimmed(arn, queue, piece, left, batch);
        }
        (change, Some(queue)) => write_message(arn, queue, change, batch),
        (change, None) => unreachable!("a change of a queue that is not there: {change:?}"),
    }
}

fn write_created(arn: &Arn, created: &Created, batch: &mut Batch) {
    let incarnation = &created.incarnation;
    let definition =
        definition((created.at, created.at), &created.secret, &created.attributes, &created.tags);
    let name =
        NameRow { incarnation: Bytes::copy_from_slice(incarnation.as_bytes()), deleted_ms: None };
    names::put(batch, arn, keys::encode(&name));
    batch.put(Table::Lane, Key::Definition.of(incarnation), definition);
    crossing::write_target(arn, None, created.attributes.redrive.as_ref(), batch);
}

fn write_defined(arn: &Arn, queue: &Queue, defined: &Defined, batch: &mut Batch) {
    let times = (queue.created, defined.modified);
    let definition = definition(times, &queue.secret, &defined.attributes, &defined.tags);
    batch.put(Table::Lane, Key::Definition.of(&queue.incarnation), definition);
    let (before, after) = (queue.attributes.redrive.as_ref(), defined.attributes.redrive.as_ref());
    crossing::write_target(arn, before, after, batch);
    if let Some(sweep_at) = defined.sweep_at {
        delete_sweep(arn, queue, batch);
        due(arn, queue, DueKind::Sweep, sweep_at).put(batch);
        put_marks(queue, (queue.backlog.cursor(), 0), Some(sweep_at), batch);
    }
}

fn definition(
    (created, modified): (Timestamp, Timestamp),
    secret: &Secret,
    attributes: &Attributes,
    tags: &Tags,
) -> Bytes {
    let attributes = attributes.list().into_iter();
    keys::encode(&Definition {
        created_ms: created.millis(),
        modified_ms: modified.millis(),
        secret: Bytes::copy_from_slice(secret),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value)).collect(),
        tags: tags.clone(),
    })
}

fn write_deleted(
    arn: &Arn,
    queue: &Queue,
    (at, reclaim_at): (Timestamp, Timestamp),
    remembered: bool,
    batch: &mut Batch,
) {
    if remembered {
        let incarnation = Bytes::copy_from_slice(queue.incarnation.as_bytes());
        let name = NameRow { incarnation, deleted_ms: Some(at.millis()) };
        names::put(batch, arn, keys::encode(&name));
    } else {
        names::delete(batch, arn);
    }
    delete_sweep(arn, queue, batch);
    fifo::rows::write_deleted(arn, queue, batch);
    if let Some(trim_at) = queue.purge.as_ref().and_then(|purge| purge.trim_at) {
        due(arn, queue, DueKind::Trim, trim_at).delete(batch);
    }
    crossing::write_deleted(arn, queue, batch);
    due(arn, queue, DueKind::Reclaim, reclaim_at).put(batch);
}

/// All messages are gone for whoever reads the marks; what is left of them goes later.
fn write_purged(arn: &Arn, queue: &Queue, purge: &Purge, batch: &mut Batch) {
    delete_sweep(arn, queue, batch);
    let tail = queue.backlog.tail().0;
    let marks = Marks { head: tail, cursor: tail, tail, sweep_ms: None, fresh: 0 };
    batch.put(Table::Lane, Key::Marks.of(&queue.incarnation), keys::encode(&marks));
    put_purge(arn, queue, purge, batch);
}

fn put_purge(arn: &Arn, queue: &Queue, purge: &Purge, batch: &mut Batch) {
    batch.put(Table::Lane, Key::Purge.of(&queue.incarnation), keys::encode(&purge.to_row()));
    if let Some(trim_at) = purge.trim_at {
        due(arn, queue, DueKind::Trim, trim_at).put(batch);
    }
}

fn write_trimmed(arn: &Arn, queue: &Queue, piece: &Piece, left: &Purge, batch: &mut Batch) {
    for position in &piece.records {
        batch.release(queue.incarnation, *position);
    }
    for position in &piece.tracked {
        batch.delete(Table::Lane, Key::Tracked(*position).of(&queue.incarnation));
    }
    put_purge(arn, queue, left, batch);
}

fn write_message(arn: &Arn, queue: &Queue, change: &Change, batch: &mut Batch) {
    match change {
        Change::Sent { position, stored, delayed_until, sweep_at } => {
            batch.append(queue.incarnation, *position, stored.bytes.clone());
            if let Some(visible_at) = delayed_until {
                let tracked = Tracked::delayed(stored.sent, *visible_at).in_group(stored.group);
                put_tracked(queue, *position, &tracked, batch);
            }
            if let Some(sweep_at) = sweep_at {
                delete_sweep(arn, queue, batch);
                due(arn, queue, DueKind::Sweep, *sweep_at).put(batch);
                put_marks(queue, (queue.backlog.cursor(), 0), Some(*sweep_at), batch);
            }
        }
        Change::Received(taken) => write_received(arn, queue, taken, batch),
        Change::VisibilityChanged { position, visible_at } => {
            if let Some(tracked) = queue.backlog.tracked(*position) {
                let changed = tracked.hidden_until(*visible_at);
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
                due(arn, queue, DueKind::Sweep, *next).put(batch);
            }
            let gone = queue.backlog.count_fresh(dead.iter().copied());
            put_marks(queue, (*cursor, gone), *next, batch);
        }
        Change::Remembered(remembered) => {
            fifo::rows::write_remembered(arn, queue, remembered, batch);
        }
        Change::Forgotten { done, over, next } => {
            fifo::rows::write_forgotten(arn, queue, (done, over, *next), batch);
        }
        Change::Created(_)
        | Change::Defined(_)
        | Change::Deleted { .. }
        | Change::Reclaimed(_)
        | Change::Purged(_)
        | Change::Trimmed { .. }
        | Change::Left(_)
        | Change::Arrived { .. }
        | Change::Moving(_) => {}
    }
}

fn write_received(arn: &Arn, queue: &Queue, taken: &Taken, batch: &mut Batch) {
    for position in &taken.dead {
        forget(queue, *position, batch);
    }
    for pick in &taken.picks {
        put_tracked(queue, pick.position, &pick.tracked, batch);
    }
    crossing::write_leaving(arn, queue, taken, batch);
    let picked = taken.picks.iter().map(|pick| pick.position);
    let leaving = taken.leaving.iter().map(|leave| leave.position);
    let all: Vec<Position> = picked.chain(leaving).chain(taken.dead.iter().copied()).collect();
    let gone = queue.backlog.count_fresh(all.iter().copied());
    // Also when a message ahead of the cursor was taken, one that had been delayed: once it is deleted,
    // only the marks know that its position was used.
    let is_ahead = |position: &Position| *position >= queue.backlog.cursor();
    let is_moved = taken.cursor != queue.backlog.cursor() || !taken.dead.is_empty();
    if is_moved || all.iter().any(is_ahead) {
        put_marks(queue, (taken.cursor, gone), queue.sweep_at, batch);
    }
}

/// A message and its state are gone.
pub(super) fn forget(queue: &Queue, position: Position, batch: &mut Batch) {
    batch.release(queue.incarnation, position);
    if queue.backlog.tracked(position).is_some() {
        batch.delete(Table::Lane, Key::Tracked(position).of(&queue.incarnation));
    }
}

pub(super) fn put_tracked(queue: &Queue, position: Position, tracked: &Tracked, batch: &mut Batch) {
    let key = Key::Tracked(position).of(&queue.incarnation);
    batch.put(Table::Lane, key, keys::encode(&tracked.to_row()));
}

/// Where the messages begin and end after a change that moves the cursor and takes some fresh messages. The
/// tail is among it, so that a position whose record is gone is not used again: what is released was
/// received or swept before, and then this row named a tail above it.
pub(super) fn put_marks(
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

pub(super) fn delete_sweep(arn: &Arn, queue: &Queue, batch: &mut Batch) {
    if let Some(sweep_at) = queue.sweep_at {
        due(arn, queue, DueKind::Sweep, sweep_at).delete(batch);
    }
}

pub(super) fn due(arn: &Arn, queue: &Queue, kind: DueKind, at: Timestamp) -> Timer {
    Timer { at, incarnation: queue.incarnation, kind: kind as u8, arn: arn.clone() }
}

impl Tracked {
    fn to_row(&self) -> TrackedRow {
        TrackedRow {
            sent_ms: self.sent.millis(),
            visible_ms: self.visible_at.millis(),
            receives: self.receives,
            first_received_ms: self.first_received.millis(),
            received_ms: self.received.millis(),
            leave_number: self.leaving.as_ref().map(|departure| departure.number),
            leave_to: self
                .leaving
                .as_ref()
                .and_then(|departure| Some(departure.to.as_ref()?.to_string())),
            leave_by_task: self.leaving.as_ref().is_some_and(|departure| departure.by_task),
            stays_ms: self.stays_until.millis(),
            group: self.group.0,
            attempt: self.attempt.map_or(0, |attempt| attempt.id),
            attempt_of: self.attempt.map_or(0, |attempt| attempt.of.get()),
            attempt_first: self.attempt.map_or(0, |attempt| attempt.first.0),
        }
    }

    pub(crate) fn from_row(row: &TrackedRow) -> Self {
        Tracked {
            sent: Timestamp::from_millis(row.sent_ms),
            visible_at: Timestamp::from_millis(row.visible_ms),
            receives: row.receives,
            first_received: Timestamp::from_millis(row.first_received_ms),
            received: Timestamp::from_millis(row.received_ms),
            leaving: row.leave_number.map(|number| Departure {
                number,
                to: row.leave_to.as_ref().and_then(|to| to.parse().ok()),
                by_task: row.leave_by_task,
            }),
            stays_until: Timestamp::from_millis(row.stays_ms),
            group: Group(row.group),
            attempt: NonZeroU32::new(row.attempt_of).map(|of| Attempt {
                id: row.attempt,
                of,
                first: Position(row.attempt_first),
            }),
        }
    }
}
