//! The rows of what was sent to a FIFO queue in the last five minutes.

use base::{Arn, Incarnation, Timestamp};
use runtime::Rows;
use runtime::jobs::Timer;
use store::{Batch, KeyRange, Position, StoreError, Table};
use uuid::Uuid;

use crate::keys::{self, DueKind, Key, SeenMessage, SeenRow};
use crate::model::Queue;
use crate::model::fifo::Seen;
use crate::model::fifo::seen::{Original, SeenKey, Together, TogetherKey};
use crate::model::rows::due;

/// One row for messages that came together. As long as anything is remembered, a due row stands at or before
/// the time at which the first of it is over.
pub(crate) fn write_remembered(arn: &Arn, queue: &Queue, together: &Together, batch: &mut Batch) {
    let (Some(fifo), Some(key)) = (queue.backlog.fifo(), together.key()) else { return };
    let messages = together.messages.iter().map(to_row).collect();
    let row = keys::encode(&SeenRow { messages });
    batch.put(Table::Lane, Key::Seen(key).of(&queue.incarnation), row);
    if fifo.seen.first_over().is_none_or(|first| together.until < first) {
        due(arn, queue, DueKind::Forget, together.until).put(batch);
    }
}

fn to_row((key, original): &(SeenKey, Original)) -> SeenMessage {
    let (id_high, id_low) = original.id.as_u64_pair();
    let (key_high, key_low) = ((key >> 64) as u64, *key as u64);
    SeenMessage { key_high, key_low, id_high, id_low, position: original.position.0 }
}

fn from_row(row: &SeenMessage) -> (SeenKey, Original) {
    let key = u128::from(row.key_high) << 64 | u128::from(row.key_low);
    let id = Uuid::from_u64_pair(row.id_high, row.id_low);
    (key, Original { id, position: Position(row.position) })
}

/// What is over is gone, and the next look is due when the next is over.
pub(crate) fn write_forgotten(
    arn: &Arn,
    queue: &Queue,
    (done, over, next): (&Timer, &[TogetherKey], Option<Timestamp>),
    batch: &mut Batch,
) {
    done.delete(batch);
    for together in over {
        batch.delete(Table::Lane, Key::Seen(*together).of(&queue.incarnation));
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
        let (until, _) = Key::seen_of(&key)?;
        let row: SeenRow = keys::decode(value)?;
        seen.remember(Together { until, messages: row.messages.iter().map(from_row).collect() });
        Ok(())
    })
    .await?;
    Ok(seen)
}
