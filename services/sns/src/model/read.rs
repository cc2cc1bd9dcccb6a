//! Reads from the disk: a topic when it is loaded, and later what its memory does not hold.

use base::{Arn, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::{Rows, names};
use store::{KeyRange, PageLimit, Position, StoreError, Table};
use uuid::Uuid;

use crate::ids::SubscriptionId;
use crate::keys::{
    self, ArchiveRow, Definition, Key, NameRow, Offsets, ReplayRow, SeenRow, SubscriptionRow, Tally,
};
use crate::model::archive::Archive;
use crate::model::lagging::{Lag, LaggingPage};
use crate::model::relay::Relay;
use crate::model::replay::{Replay, Replays};
use crate::model::seen::{Original, Seen};
use crate::model::subscribers::{NextPage, Subscribers, SubscriptionPage};
use crate::model::topic::{SubscriptionCounts, Topic};
use crate::model::{Attributes, LogEntry, Subscription};

/// Reads a topic, without its subscriptions and its messages.
pub(super) async fn topic(
    arn: &Arn,
    incarnation: Incarnation,
    rows: &Rows,
) -> Result<Topic, StoreError> {
    let definition = rows.get(Table::Lane, Key::Definition.of(&incarnation)).await?;
    let definition = definition
        .ok_or_else(|| StoreError::Damaged(format!("{arn} has a name and no definition")))?;
    let definition: Definition = keys::decode(definition)?;
    let attributes = Attributes::parse(&definition.attributes).map_err(|(name, why)| {
        StoreError::Damaged(format!("the attribute {name} of {arn}: {why:?}"))
    })?;
    let tally = rows.get(Table::Lane, Key::Tally.of(&incarnation)).await?;
    let tally: Tally = tally.map(keys::decode).transpose()?.unwrap_or_default();
    let (relay, end) = relay(incarnation, rows).await?;
    let (seen, archive, replays) = match attributes.fifo {
        Some(_) => {
            let archive = archive(incarnation, rows).await?;
            (seen(incarnation, rows).await?, archive, replays(incarnation, rows).await?)
        }
        None => (Seen::default(), None, Replays::default()),
    };
    let secret = definition.secret[..].try_into();
    Ok(Topic {
        incarnation,
        secret: secret.map_err(|_| StoreError::Damaged(format!("the secret of {arn}")))?,
        created: Timestamp::from_millis(definition.created_ms),
        attributes,
        tags: definition.tags,
        subscribers: Subscribers::unread(),
        counts: SubscriptionCounts {
            confirmed: tally.confirmed,
            pending: tally.pending,
            deleted: tally.deleted,
            expire_at: tally.expire_ms.map(Timestamp::from_millis),
        },
        end,
        seen,
        relay,
        archive,
        replays,
    })
}

async fn archive(incarnation: Incarnation, rows: &Rows) -> Result<Option<Archive>, StoreError> {
    let row = rows.get(Table::Lane, Key::Archive.of(&incarnation)).await?;
    let row: Option<ArchiveRow> = row.map(keys::decode).transpose()?;
    Ok(row.map(Archive::from_row))
}

async fn replays(incarnation: Incarnation, rows: &Rows) -> Result<Replays, StoreError> {
    let mut replays = Vec::new();
    rows.each(Table::Lane, KeyRange::prefix(Key::all_replays(&incarnation)), |key, value| {
        let row: ReplayRow = keys::decode(value)?;
        replays.push((Key::subscription_id(&key)?, Replay::from_row(&row)?));
        Ok(())
    })
    .await?;
    Ok(Replays::load(replays))
}

/// Reads how far deliveries have come, and the position of the next message.
async fn relay(incarnation: Incarnation, rows: &Rows) -> Result<(Relay, Position), StoreError> {
    let offsets = rows.get(Table::Lane, Key::Offsets.of(&incarnation)).await?;
    let offsets: Offsets = offsets.map(keys::decode).transpose()?.unwrap_or_default();
    // Where nothing was published since the offsets were written, a log that is all released is not read.
    let end = Position(offsets.end);
    let newer = rows.read(incarnation, end, PageLimit { rows: 1, bytes: 1 }).await?;
    let last = match newer.records.is_empty() {
        true => None,
        false => rows.last_position(incarnation).await?,
    };
    let end = last.map_or(end, |last| end.max(last.next()));
    Ok((Relay::load(offsets), end))
}

/// Reads what was published in the last five minutes.
async fn seen(incarnation: Incarnation, rows: &Rows) -> Result<Seen, StoreError> {
    let mut seen = Seen::default();
    let range = KeyRange::prefix(Key::all_seen(&incarnation));
    rows.each(Table::Lane, range, |key, value| {
        let (until, key) = Key::seen_of(&key)?;
        let row: SeenRow = keys::decode(value)?;
        let id = Uuid::from_slice(&row.id);
        let id = id.map_err(|_| StoreError::Damaged("the id of a published message".into()))?;
        seen.remember(key, Original { id, position: Position(row.position), until });
        Ok(())
    })
    .await?;
    Ok(seen)
}

/// Reads a page of the subscriptions of a topic's incarnation.
pub(crate) async fn subscriptions(
    incarnation: (&Arn, Incarnation),
    asked: NextPage,
    rows: &Rows,
) -> Result<SubscriptionPage, StoreError> {
    page_of_subscriptions(incarnation, asked, PageLimit { rows: 1000, bytes: 1 << 20 }, rows).await
}

/// Reads a page of this size of the subscriptions of a topic's incarnation.
pub(crate) async fn page_of_subscriptions(
    (arn, incarnation): (&Arn, Incarnation),
    asked: NextPage,
    limit: PageLimit,
    rows: &Rows,
) -> Result<SubscriptionPage, StoreError> {
    let last = asked.0.map(Key::Subscription);
    let range = range(incarnation, Key::all_subscriptions(&incarnation), last);
    let page = rows.page(Table::Lane, range, limit).await?;
    let read = |(key, value): (Bytes, Bytes)| {
        let row: SubscriptionRow = keys::decode(value)?;
        Ok((Key::subscription_id(&key)?, Subscription::from_row(arn, row)?))
    };
    let subscriptions = page.rows.into_iter().map(read).collect::<Result<_, StoreError>>()?;
    Ok(SubscriptionPage { asked, subscriptions, more: page.more })
}

/// Reads a page of the lagging subscriptions of a topic's incarnation.
pub(super) async fn lagging(
    incarnation: Incarnation,
    asked: NextPage,
    rows: &Rows,
) -> Result<LaggingPage, StoreError> {
    let last = asked.0.map(Key::Lag);
    let range = range(incarnation, Key::all_lags(&incarnation), last);
    let page = rows.page(Table::Lane, range, PageLimit { rows: 1000, bytes: 1 << 20 }).await?;
    let read = |(key, value): (Bytes, Bytes)| {
        Ok((Key::subscription_id(&key)?, Lag::from_row(keys::decode(value)?)))
    };
    let lagging = page.rows.into_iter().map(read).collect::<Result<_, StoreError>>()?;
    Ok(LaggingPage { asked, lagging, more: page.more })
}

/// The rows with this prefix, behind the last one that was read.
fn range(incarnation: Incarnation, prefix: Bytes, last: Option<Key>) -> KeyRange {
    let range = KeyRange::prefix(prefix);
    match last {
        Some(last) => range.behind(&last.of(&incarnation)),
        None => range,
    }
}

/// Reads one subscription of a topic, as of the newest durable commit.
pub(crate) async fn subscription_of(
    topic: &Arn,
    id: SubscriptionId,
    rows: &Rows,
) -> Result<Option<Subscription>, StoreError> {
    match incarnation(topic, rows).await? {
        Some(incarnation) => subscription((topic, incarnation), id, rows).await,
        None => Ok(None),
    }
}

/// Reads the present incarnation of a topic; none if there is no such topic.
pub(super) async fn incarnation(
    topic: &Arn,
    rows: &Rows,
) -> Result<Option<Incarnation>, StoreError> {
    let Some(name) = rows.get(Table::Names, names::key(topic)).await? else { return Ok(None) };
    let name: NameRow = keys::decode(name)?;
    let incarnation = name.incarnation[..].try_into().map(Incarnation::from_bytes);
    incarnation.map(Some).map_err(|_| StoreError::Damaged(format!("the name of {topic}")))
}

/// Reads one subscription of a topic's incarnation.
pub(crate) async fn subscription(
    (arn, incarnation): (&Arn, Incarnation),
    id: SubscriptionId,
    rows: &Rows,
) -> Result<Option<Subscription>, StoreError> {
    let row = rows.get(Table::Lane, Key::Subscription(id).of(&incarnation)).await?;
    let Some(row) = row else { return Ok(None) };
    Subscription::from_row(arn, keys::decode(row)?).map(Some)
}

/// Reads what there is of a subscription's replay.
pub(crate) async fn replay(
    incarnation: Incarnation,
    id: SubscriptionId,
    rows: &Rows,
) -> Result<Option<Replay>, StoreError> {
    let row = rows.get(Table::Lane, Key::Replay(id).of(&incarnation)).await?;
    let Some(row) = row else { return Ok(None) };
    Replay::from_row(&keys::decode(row)?).map(Some)
}

/// A position in the log, found by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) position: Position,
    /// The time of the record there, if there is one.
    pub(crate) time: Option<Timestamp>,
}

/// The first position from `from` on, below `below`, whose record is not older than `time`; `below` if all are
/// older. A look at one record each halves what is left.
pub(crate) async fn first_since(
    incarnation: Incarnation,
    mut from: Position,
    mut below: Position,
    time: Timestamp,
    rows: &Rows,
) -> Result<Found, StoreError> {
    let mut found = None;
    while from < below {
        let middle = Position(from.0 + (below.0 - from.0) / 2);
        let limit = PageLimit { rows: 1, bytes: 1 };
        let (entries, _) = entries(incarnation, middle, limit, rows).await?;
        // Records that were released are missing: the next one speaks for them.
        let next = entries.into_iter().next().filter(|(position, _)| *position < below);
        match next {
            Some((position, entry)) if entry.at() < time => from = position.next(),
            Some((_, entry)) => (below, found) = (middle, Some(entry.at())),
            None => below = middle,
        }
    }
    Ok(Found { position: below, time: found })
}

/// Reads the log of a topic's incarnation from a position on; true beside it if there is more.
pub(crate) async fn entries(
    incarnation: Incarnation,
    from: Position,
    limit: PageLimit,
    rows: &Rows,
) -> Result<(Vec<(Position, LogEntry)>, bool), StoreError> {
    let page = rows.read(incarnation, from, limit).await?;
    let read = |(position, bytes)| Ok((position, LogEntry::decode(bytes)?));
    Ok((page.records.into_iter().map(read).collect::<Result<_, StoreError>>()?, page.more))
}
