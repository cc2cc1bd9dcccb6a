//! What is read from the disk: a topic when it is loaded, and later what its memory does not hold.

use base::{Arn, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::{Rows, names};
use store::{KeyRange, PageLimit, Position, StoreError, Table};
use uuid::Uuid;

use crate::keys::{self, Definition, Key, Marks, NameRow, SeenRow, SubscriptionRow, Tally};
use crate::model::laggards::{Behind, Laggards};
use crate::model::relay::Relay;
use crate::model::seen::{Original, Seen};
use crate::model::subscribers::{NextPage, Subscribers, SubscriptionPage};
use crate::model::topic::{Standing, Topic};
use crate::model::{Attributes, Entry, Subscription, SubscriptionId};

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
    let (relay, tail) = relay(incarnation, rows).await?;
    let seen = match attributes.fifo {
        Some(_) => seen(incarnation, rows).await?,
        None => Seen::default(),
    };
    let secret = definition.secret[..].try_into();
    Ok(Topic {
        incarnation,
        secret: secret.map_err(|_| StoreError::Damaged(format!("the secret of {arn}")))?,
        created: Timestamp::from_millis(definition.created_ms),
        attributes,
        tags: definition.tags,
        subscribers: Subscribers::unread(),
        standing: Standing {
            confirmed: tally.confirmed,
            pending: tally.pending,
            deleted: tally.deleted,
            expire_at: tally.expire_ms.map(Timestamp::from_millis),
        },
        tail,
        seen,
        relay,
    })
}

/// Reads how far deliveries have come, and the position of the next message.
async fn relay(incarnation: Incarnation, rows: &Rows) -> Result<(Relay, Position), StoreError> {
    let marks = rows.get(Table::Lane, Key::Marks.of(&incarnation)).await?;
    let marks: Marks = marks.map(keys::decode).transpose()?.unwrap_or_default();
    let mut behind = Laggards::default();
    rows.each(Table::Lane, KeyRange::prefix(Key::all_behind(&incarnation)), |key, value| {
        behind.put(Key::subscription_id(&key)?, Behind::from_row(keys::decode(value)?));
        Ok(())
    })
    .await?;
    // Where nothing was published since the marks were written, a drained log is not looked through.
    let tail = Position(marks.tail);
    let newer = rows.read(incarnation, tail, PageLimit { rows: 1, bytes: 1 }).await?;
    let last = match newer.records.is_empty() {
        true => None,
        false => rows.last_position(incarnation).await?,
    };
    let tail = last.map_or(tail, |last| tail.max(last.next()));
    Ok((Relay::load(marks, behind), tail))
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

/// Reads a page of subscriptions of a topic's life.
pub(crate) async fn subscriptions(
    life: (&Arn, Incarnation),
    asked: NextPage,
    rows: &Rows,
) -> Result<SubscriptionPage, StoreError> {
    page_of_subscriptions(life, asked, PageLimit { rows: 1000, bytes: 1 << 20 }, rows).await
}

/// The same with another size.
pub(crate) async fn page_of_subscriptions(
    (arn, incarnation): (&Arn, Incarnation),
    asked: NextPage,
    limit: PageLimit,
    rows: &Rows,
) -> Result<SubscriptionPage, StoreError> {
    let mut range = KeyRange::prefix(Key::all_subscriptions(&incarnation));
    if let NextPage(Some(last)) = asked {
        // The key right behind that of the last one.
        let behind = [&Key::Subscription(last).of(&incarnation)[..], &[0]].concat();
        range = range.starting_at(behind);
    }
    let page = rows.page(Table::Lane, range, limit).await?;
    let read = |(key, value): (Bytes, Bytes)| {
        let row: SubscriptionRow = keys::decode(value)?;
        Ok((Key::subscription_id(&key)?, Subscription::from_row(arn, row)?))
    };
    let subscriptions = page.rows.into_iter().map(read).collect::<Result<_, StoreError>>()?;
    Ok(SubscriptionPage { asked, subscriptions, more: page.more })
}

/// Reads one subscription of a topic, as of the newest durable commit.
pub(crate) async fn subscription_of(
    topic: &Arn,
    id: SubscriptionId,
    rows: &Rows,
) -> Result<Option<Subscription>, StoreError> {
    match incarnation(topic, rows).await? {
        Some(life) => subscription((topic, life), id, rows).await,
        None => Ok(None),
    }
}

/// Reads which life of a topic is the present one; none if there is no such topic.
pub(super) async fn incarnation(
    topic: &Arn,
    rows: &Rows,
) -> Result<Option<Incarnation>, StoreError> {
    let Some(name) = rows.get(Table::Names, names::key(topic)).await? else { return Ok(None) };
    let name: NameRow = keys::decode(name)?;
    let incarnation = name.incarnation[..].try_into().map(Incarnation::from_bytes);
    incarnation.map(Some).map_err(|_| StoreError::Damaged(format!("the name of {topic}")))
}

/// Reads one subscription of a topic's life.
pub(crate) async fn subscription(
    (arn, incarnation): (&Arn, Incarnation),
    id: SubscriptionId,
    rows: &Rows,
) -> Result<Option<Subscription>, StoreError> {
    let row = rows.get(Table::Lane, Key::Subscription(id).of(&incarnation)).await?;
    let Some(row) = row else { return Ok(None) };
    Subscription::from_row(arn, keys::decode(row)?).map(Some)
}

/// Reads the log of a topic's life from a position on; whether there is more stands beside.
pub(crate) async fn entries(
    incarnation: Incarnation,
    from: Position,
    limit: PageLimit,
    rows: &Rows,
) -> Result<(Vec<(Position, Entry)>, bool), StoreError> {
    let page = rows.read(incarnation, from, limit).await?;
    let read = |(position, bytes)| Ok((position, Entry::decode(bytes)?));
    Ok((page.records.into_iter().map(read).collect::<Result<_, StoreError>>()?, page.more))
}
