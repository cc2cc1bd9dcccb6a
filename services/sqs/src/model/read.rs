//! What is read from the disk: a queue when it is loaded, and later what its memory does not hold.

use base::{Arn, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::Rows;
use store::{KeyRange, PageLimit, Position, StoreError, Table};

use crate::keys::{self, CrossingRow, Definition, Key, Marks, PurgeRow, StreamRow, TasksRow};
use crate::model::backlog::{Need, Stored, Supply, Tracked, WINDOW};
use crate::model::crossing::Crossing;
use crate::model::fifo;
use crate::model::need::{Found, Wanted};
use crate::model::purge::{Piece, Purge};
use crate::model::queue::Queue;
use crate::model::tasks::Tasks;
use crate::model::{Attributes, Messages};

/// Reads a queue; of its messages those that are tracked.
pub(super) async fn queue(
    arn: &Arn,
    incarnation: Incarnation,
    rows: &Rows,
) -> Result<Queue, StoreError> {
    let definition = rows.get(Table::Lane, Key::Definition.of(&incarnation)).await?;
    let definition = definition
        .ok_or_else(|| StoreError::Damaged(format!("{arn} has a name and no definition")))?;
    let definition: Definition = keys::decode(definition)?;
    let marks = rows.get(Table::Lane, Key::Marks.of(&incarnation)).await?;
    let marks: Marks = marks.map(keys::decode).transpose()?.unwrap_or_default();
    let purge = rows.get(Table::Lane, Key::Purge.of(&incarnation)).await?;
    let purge: Option<PurgeRow> = purge.map(keys::decode).transpose()?;
    let last = rows.last_position(incarnation).await?;
    let tail = Position(last.map_or(0, |last| last.0 + 1).max(marks.tail));
    let tracked = tracked(incarnation, Position(marks.head), rows).await?;
    let attributes = Attributes::parse(&definition.attributes)
        .map_err(|error| StoreError::Damaged(format!("attributes of {arn}: {error}")))?;
    let seen = match attributes.fifo {
        Some(_) => fifo::rows::read_seen(incarnation, rows).await?,
        None => fifo::Seen::default(),
    };
    let (crossing, last_number) = crossing(incarnation, rows).await?;
    let mut backlog = Messages::load(&attributes, (&marks, tail), (tracked, last_number), seen);
    if let Messages::Standard(backlog) = &mut backlog
        && let Some(last) = last.filter(|last| backlog.is_fresh(*last))
    {
        let newest = rows.read(incarnation, last, PageLimit { rows: 1, bytes: 1 }).await?;
        backlog.know_newest(read_records(newest.records)?.first().map(|(_, stored)| stored.sent));
    }
    let secret = definition.secret[..].try_into();
    Ok(Queue {
        incarnation,
        secret: secret.map_err(|_| StoreError::Damaged(format!("the secret of {arn}")))?,
        created: Timestamp::from_millis(definition.created_ms),
        modified: Timestamp::from_millis(definition.modified_ms),
        attributes,
        tags: definition.tags,
        backlog,
        sweep_at: marks.sweep_ms.map(Timestamp::from_millis),
        purge: purge.map(|row| Purge::from_row(&row)),
        crossing,
    })
}

/// Reads what crosses, and the last number that a leaving message was given.
async fn crossing(incarnation: Incarnation, rows: &Rows) -> Result<(Crossing, u64), StoreError> {
    let row = rows.get(Table::Lane, Key::Crossing.of(&incarnation)).await?;
    let row: CrossingRow = row.map(keys::decode).transpose()?.unwrap_or_default();
    let tasks = rows.get(Table::Lane, Key::Tasks.of(&incarnation)).await?;
    let tasks: TasksRow = tasks.map(keys::decode).transpose()?.unwrap_or_default();
    let mut crossing = Crossing {
        relay_at: row.relay_ms.map(Timestamp::from_millis),
        tasks: Tasks::from_row(tasks)?,
        ..Crossing::default()
    };
    let streams = KeyRange::prefix(Key::all_streams(&incarnation));
    rows.each(Table::Lane, streams, |key, value| {
        let stream: StreamRow = keys::decode(value)?;
        crossing.streams.insert(Key::stream_source(&key)?, stream.highest);
        Ok(())
    })
    .await?;
    Ok((crossing, row.last_number))
}

/// Reads the tracked messages, from the lowest position that may still be there.
async fn tracked(
    incarnation: Incarnation,
    head: Position,
    rows: &Rows,
) -> Result<Vec<(Position, Tracked)>, StoreError> {
    let mut tracked = Vec::new();
    let range = KeyRange::prefix(Key::all_tracked(&incarnation))
        .starting_at(Key::Tracked(head).of(&incarnation));
    rows.each(Table::Lane, range, |key, value| {
        tracked.push((Key::tracked_position(&key)?, Tracked::from_row(&keys::decode(value)?)));
        Ok(())
    })
    .await?;
    Ok(tracked)
}

/// Reads what a decision lacks.
pub(super) async fn fetch(
    incarnation: Incarnation,
    wanted: Wanted,
    rows: &Rows,
) -> Result<Found, StoreError> {
    Ok(match wanted {
        Wanted::Backlog(Need::Fresh { from, upto }) => {
            let (upto, records) = fresh(incarnation, (from, upto), rows).await?;
            Found::Backlog(Supply::Fresh { from, upto, records })
        }
        Wanted::Backlog(Need::Ahead { from, upto }) => {
            let (upto, records) = fresh(incarnation, (from, upto), rows).await?;
            Found::Backlog(Supply::Ahead { from, upto, records })
        }
        Wanted::Backlog(Need::Returned(asked)) => {
            Found::Backlog(returned(incarnation, asked, rows).await?)
        }
        Wanted::Dead { from, below } => {
            let piece = dead(incarnation, (from, below), rows).await?;
            Found::Dead { from, piece }
        }
    })
}

/// Records of one page, and where it ends.
async fn fresh(
    incarnation: Incarnation,
    (from, upto): (Position, Position),
    rows: &Rows,
) -> Result<(Position, Vec<(Position, Stored)>), StoreError> {
    const PAGE: PageLimit = PageLimit { rows: 1000, bytes: WINDOW };
    let page = rows.read(incarnation, from, PAGE).await?;
    let records = page.records.into_iter().filter(|(position, _)| *position < upto);
    let records = read_records(records)?;
    let covered = records.last().map_or(upto, |(last, _)| last.next());
    let upto = if page.more { covered } else { upto };
    Ok((upto, records))
}

async fn returned(
    incarnation: Incarnation,
    asked: Vec<Position>,
    rows: &Rows,
) -> Result<Supply, StoreError> {
    let records = rows.read_many(incarnation, asked.clone()).await?;
    Ok(Supply::Returned { asked, records: read_records(records)? })
}

/// The first dead records and rows, as many as one commit may delete.
async fn dead(
    incarnation: Incarnation,
    (from, below): (Position, Position),
    rows: &Rows,
) -> Result<Piece, StoreError> {
    const PIECE: PageLimit = PageLimit { rows: 1000, bytes: 4 << 20 };
    let log = rows.read(incarnation, from, PIECE).await?;
    let mut records: Vec<Position> = log.records.into_iter().map(|(at, _)| at).collect();
    let range = KeyRange {
        start: Key::Tracked(from).of(&incarnation),
        end: Some(Key::Tracked(below).of(&incarnation)),
    };
    let page = rows.page(Table::Lane, range, PIECE).await?;
    let keys = page.rows.iter().map(|(key, _)| Key::tracked_position(key));
    let mut tracked = keys.collect::<Result<Vec<_>, _>>()?;
    // Of the two, the page that ends first says how far this piece reaches.
    let reach = |positions: &[Position], more: bool| match positions.last() {
        Some(last) if more => last.next(),
        _ => below,
    };
    let end = reach(&records, log.more).min(reach(&tracked, page.more)).min(below);
    records.retain(|position| *position < end);
    tracked.retain(|position| *position < end);
    Ok(Piece { records, tracked, end })
}

fn read_records(
    records: impl IntoIterator<Item = (Position, Bytes)>,
) -> Result<Vec<(Position, Stored)>, StoreError> {
    records.into_iter().map(|(position, bytes)| Ok((position, Stored::read(bytes)?))).collect()
}
