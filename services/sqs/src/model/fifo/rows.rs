//! The rows of what was sent to a FIFO queue in the last five minutes.

use base::{Arn, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::Rows;
use runtime::due::DueEntry;
use store::{Batch, KeyRange, Position, StoreError, Table};
use uuid::Uuid;

use crate::keys::{self, DueKind, Key, SeenRow};
use crate::model::Queue;
use crate::model::change::Remembered;
use crate::model::fifo::Seen;
use crate::model::fifo::seen::{Original, SeenKey};
use crate::model::rows::due;

/// As long as anything is remembered, a due row stands at or before the time at which the first of it is
/// over.
pub(crate) fn write_remembered(
    arn: &Arn,
    queue: &Queue,
    remembered: &Remembered,
    batch: &mut Batch,
) {
    let Some(fifo) = queue.backlog.fifo() else { return };
    let Remembered { key, original } = remembered;
    if let Some(until) = fifo.seen.until(key) {
        batch.delete(Table::Lane, Key::Seen(until, *key).of(&queue.incarnation));
    }
    let id = Bytes::copy_from_slice(original.id.as_bytes());
    let row = keys::encode(&SeenRow { id, position: original.position.0 });
    batch.put(Table::Lane, Key::Seen(original.until, *key).of(&queue.incarnation), row);
    if fifo.seen.first_over().is_none_or(|first| original.until < first) {
        due(arn, queue, DueKind::Forget, original.until).put(batch);
    }
}

/// What is over is gone, and the next look is due when the next is over.
pub(crate) fn write_forgotten(
    arn: &Arn,
    queue: &Queue,
    (done, over, next): (&DueEntry, &[(Timestamp, SeenKey)], Option<Timestamp>),
    batch: &mut Batch,
) {
    done.delete(batch);
    for (until, key) in over {
        batch.delete(Table::Lane, Key::Seen(*until, *key).of(&queue.incarnation));
    }
    if let Some(next) = next {
        due(arn, queue, DueKind::Forget, next).put(batch);
    }
}

/// The queue ends.
pub(crate) fn write_deleted(arn: &Arn, queue: &Queue, batch: &mut Batch) {
    let first = queue.backlog.fifo().and_then(|fifo| fifo.seen.first_over());
    if let Some(first) = first {
        due(arn, queue, DueKind::Forget, first).delete(batch);
    }
}

/// Reads what was sent in the last five minutes.
pub(crate) async fn read_seen(incarnation: Incarnation, rows: &Rows) -> Result<Seen, StoreError> {
    let mut seen = Seen::default();
    let range = KeyRange::prefix(Key::all_seen(&incarnation));
    rows.each(Table::Lane, range, |key, value| {
        let (until, key) = Key::seen_of(&key)?;
        let row: SeenRow = keys::decode(value)?;
        let id = Uuid::from_slice(&row.id);
        let id = id.map_err(|_| StoreError::Damaged("the id of a sent message".into()))?;
        seen.remember(key, Original { id, position: Position(row.position), until });
        Ok(())
    })
    .await?;
    Ok(seen)
}
