//! The rows of what crosses between queues. Each queue writes its own rows only.

use base::{Arn, Incarnation, Timestamp};
use runtime::refs;
use store::{Batch, Table};

use crate::keys::{self, CrossingRow, DueKind, Key, StreamRow};
use crate::model::backlog::Taken;
use crate::model::crossing::Left;
use crate::model::queue::Queue;
use crate::model::redrive::RedrivePolicy;
use crate::model::rows::{delete_sweep, due, forget, put_marks, put_tracked};
use crate::model::tasks::Task;

/// Whom a queue points at as its dead-letter queue.
pub(super) fn write_target(
    arn: &Arn,
    before: Option<&RedrivePolicy>,
    after: Option<&RedrivePolicy>,
    batch: &mut Batch,
) {
    let (before, after) = (before.map(|policy| &policy.target), after.map(|policy| &policy.target));
    if before != after {
        if let Some(target) = before {
            refs::delete(batch, target, arn);
        }
        if let Some(target) = after {
            refs::put(batch, target, arn);
        }
    }
}

/// Messages leave.
pub(super) fn write_leaving(arn: &Arn, queue: &Queue, taken: &Taken, batch: &mut Batch) {
    if taken.leaving.is_empty() {
        return;
    }
    for leave in &taken.leaving {
        put_tracked(queue, leave.position, &leave.tracked, batch);
    }
    if let Some(relay_at) = taken.relay_at {
        due(arn, queue, DueKind::Relay, relay_at).put(batch);
    }
    let last = queue.backlog.leaving().last() + taken.leaving.len() as u64;
    put_crossing(queue, last, taken.relay_at.or(queue.crossing.relay_at), batch);
}

/// Messages have left, or come back.
pub(super) fn write_left(arn: &Arn, queue: &Queue, left: &Left, batch: &mut Batch) {
    left.done.delete(batch);
    for number in &left.settled.delivered {
        if let Some((position, _)) = queue.backlog.departing(*number) {
            forget(queue, position, batch);
        }
    }
    for number in &left.settled.returned {
        if let Some((position, message)) = queue.backlog.departing(*number) {
            put_tracked(queue, position, &message.returned(&left.settled), batch);
        }
    }
    if let Some(relay_at) = left.relay_at {
        due(arn, queue, DueKind::Relay, relay_at).put(batch);
    }
    put_crossing(queue, queue.backlog.leaving().last(), left.relay_at, batch);
    if let Some(sweep_at) = left.sweep_at {
        delete_sweep(arn, queue, batch);
        due(arn, queue, DueKind::Sweep, sweep_at).put(batch);
        put_marks(queue, (queue.backlog.cursor(), 0), Some(sweep_at), batch);
    }
}

/// A stream was taken up to a number.
pub(super) fn write_arrived(queue: &Queue, stream: Incarnation, highest: u64, batch: &mut Batch) {
    let row = keys::encode(&StreamRow { highest });
    batch.put(Table::Lane, Key::Stream(stream).of(&queue.incarnation), row);
}

/// A task begins, goes on or ends.
pub(super) fn write_moving(arn: &Arn, queue: &Queue, task: &Task, batch: &mut Batch) {
    delete_step(arn, queue, batch);
    if let Some(at) = task.due {
        due(arn, queue, DueKind::Move, at).put(batch);
    }
    let mut tasks = queue.crossing.tasks.clone();
    tasks.put(task.clone());
    batch.put(Table::Lane, Key::Tasks.of(&queue.incarnation), keys::encode(&tasks.to_row()));
}

/// The queue ends: nothing of it is due any more, and it points at nobody.
pub(super) fn write_deleted(arn: &Arn, queue: &Queue, batch: &mut Batch) {
    write_target(arn, queue.attributes.redrive.as_ref(), None, batch);
    if let Some(relay_at) = queue.crossing.relay_at {
        due(arn, queue, DueKind::Relay, relay_at).delete(batch);
    }
    delete_step(arn, queue, batch);
}

fn delete_step(arn: &Arn, queue: &Queue, batch: &mut Batch) {
    if let Some(at) = queue.task().and_then(|task| task.due) {
        due(arn, queue, DueKind::Move, at).delete(batch);
    }
}

fn put_crossing(queue: &Queue, last_number: u64, relay_at: Option<Timestamp>, batch: &mut Batch) {
    let row = CrossingRow { last_number, relay_ms: relay_at.map(Timestamp::millis) };
    batch.put(Table::Lane, Key::Crossing.of(&queue.incarnation), keys::encode(&row));
}
