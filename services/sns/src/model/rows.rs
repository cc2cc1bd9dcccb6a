//! The rows of each change: what the disk learns of it.

mod deliveries;
mod replays;

use base::{Arn, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::jobs::Timer;
use runtime::{names, refs};
use store::{Batch, Table};

use crate::ids::SubscriptionId;
use crate::keys::{self, Definition, DueKind, Key, NameRow, SeenRow, Tally};
use crate::model::arn::SubscriptionArn;
use crate::model::change::{Change, Created, Remembered, Subscribed};
use crate::model::tags::Tags;
use crate::model::token::Secret;
use crate::model::topic::{SubscriptionCounts, Topic};
use crate::model::{Attributes, Subscription};

/// Writes the rows of a change, from the state before it.
pub(crate) fn write(arn: &Arn, topic: Option<&Topic>, change: &Change, batch: &mut Batch) {
    match (change, topic) {
        (Change::Created(created), _) => write_created(arn, created, batch),
        (Change::Cleared { dead, subscriptions }, _) => {
            for (id, subscription) in subscriptions {
                delete_subscription(arn, dead, *id, subscription, batch);
            }
        }
        (Change::Reclaimed(entry), _) => entry.delete(batch),
        (Change::Deleted { at }, Some(topic)) => write_deleted(arn, topic, *at, batch),
        (Change::Defined(defined), Some(topic)) => {
            let definition =
                definition(topic.created, &topic.secret, &defined.attributes, &defined.tags);
            batch.put(Table::Lane, Key::Definition.of(&topic.incarnation), definition);
        }
        (Change::Published(published), Some(topic)) => {
            deliveries::published(arn, topic, published, batch)
        }
        (Change::Settled(settled), Some(topic)) => deliveries::settled(arn, topic, settled, batch),
        (Change::Archived(archived), Some(topic)) => replays::archived(arn, topic, archived, batch),
        (Change::Replayed(replayed), Some(topic)) => replays::replayed(arn, topic, replayed, batch),
        (change, Some(topic)) => write_standing(arn, topic, change, batch),
        (_, None) => {}
    }
}

/// Changes of subscriptions, and of what is remembered.
fn write_standing(arn: &Arn, topic: &Topic, change: &Change, batch: &mut Batch) {
    match change {
        Change::Subscribed(subscribed) => write_subscribed(arn, topic, subscribed, batch),
        Change::Unsubscribed { id, before, counts } => {
            delete_subscription(arn, &topic.incarnation, *id, before, batch);
            deliveries::forgotten(topic, *id, batch);
            replays::forgotten(arn, topic, *id, batch);
            put_tally(topic, counts, batch);
        }
        Change::Expired { done, gone, counts } => {
            done.delete(batch);
            for (id, subscription) in gone {
                delete_subscription(arn, &topic.incarnation, *id, subscription, batch);
                deliveries::forgotten(topic, *id, batch);
            }
            if let Some(next) = counts.expire_at {
                due(arn, topic, DueKind::Expire, next).put(batch);
            }
            put_tally(topic, counts, batch);
        }
        Change::Remembered(remembered) => write_remembered(arn, topic, remembered, batch),
        Change::Forgotten { done, over, next } => {
            done.delete(batch);
            for (until, key) in over {
                batch.delete(Table::Lane, Key::Seen(*until, *key).of(&topic.incarnation));
            }
            if let Some(next) = next {
                due(arn, topic, DueKind::Forget, *next).put(batch);
            }
        }
        Change::Created(_)
        | Change::Defined(_)
        | Change::Deleted { .. }
        | Change::Cleared { .. }
        | Change::Reclaimed(_)
        | Change::Published(_)
        | Change::Settled(_)
        | Change::Archived(_)
        | Change::Replayed(_) => {}
    }
}

fn write_created(arn: &Arn, created: &Created, batch: &mut Batch) {
    let incarnation = Bytes::copy_from_slice(created.incarnation.as_bytes());
    names::put(batch, arn, keys::encode(&NameRow { incarnation }));
    let definition = definition(created.at, &created.secret, &created.attributes, &created.tags);
    batch.put(Table::Lane, Key::Definition.of(&created.incarnation), definition);
    if let Some(archive) = created.archive() {
        replays::put_archive((arn, &created.incarnation), &archive, batch);
    }
}

fn definition(at: Timestamp, secret: &Secret, attributes: &Attributes, tags: &Tags) -> Bytes {
    let attributes = attributes.list().into_iter();
    keys::encode(&Definition {
        created_ms: at.millis(),
        secret: Bytes::copy_from_slice(secret),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value)).collect(),
        tags: tags.clone(),
    })
}

fn write_deleted(arn: &Arn, topic: &Topic, at: Timestamp, batch: &mut Batch) {
    names::delete(batch, arn);
    if let Some(expire_at) = topic.counts.expire_at {
        due(arn, topic, DueKind::Expire, expire_at).delete(batch);
    }
    if let Some(first) = topic.seen.first_over() {
        due(arn, topic, DueKind::Forget, first).delete(batch);
    }
    deliveries::ended(arn, topic, batch);
    replays::ended(arn, topic, batch);
    due(arn, topic, DueKind::Reclaim, at).put(batch);
}

/// The row, and in the slot's indexes whose it is and at which queue it points.
fn write_subscribed(arn: &Arn, topic: &Topic, subscribed: &Subscribed, batch: &mut Batch) {
    let Subscribed { id, subscription, owner_before, counts } = subscribed;
    let name = SubscriptionArn { topic: arn.clone(), id: *id };
    if let Some(before) = owner_before.filter(|before| *before != subscription.owner) {
        names::delete(batch, &name.listed(&before));
    }
    let listed = keys::encode(&subscription.to_listed());
    names::put(batch, &name.listed(&subscription.owner), listed);
    if let Some(queue) = subscription.queue() {
        refs::put(batch, &queue, &name.arn());
    }
    let key = Key::Subscription(*id).of(&topic.incarnation);
    batch.put(Table::Lane, key, keys::encode(&subscription.to_row()));
    if let (None, Some(expire_at)) = (topic.counts.expire_at, counts.expire_at) {
        due(arn, topic, DueKind::Expire, expire_at).put(batch);
    }
    put_tally(topic, counts, batch);
}

fn delete_subscription(
    arn: &Arn,
    incarnation: &Incarnation,
    id: SubscriptionId,
    subscription: &Subscription,
    batch: &mut Batch,
) {
    let name = SubscriptionArn { topic: arn.clone(), id };
    names::delete(batch, &name.listed(&subscription.owner));
    if let Some(queue) = subscription.queue() {
        refs::delete(batch, &queue, &name.arn());
    }
    batch.delete(Table::Lane, Key::Subscription(id).of(incarnation));
}

fn put_tally(topic: &Topic, counts: &SubscriptionCounts, batch: &mut Batch) {
    let tally = Tally {
        confirmed: counts.confirmed,
        pending: counts.pending,
        deleted: counts.deleted,
        expire_ms: counts.expire_at.map(Timestamp::millis),
    };
    batch.put(Table::Lane, Key::Tally.of(&topic.incarnation), keys::encode(&tally));
}

/// As long as anything is remembered, a due row stands at or before the time at which the first of it is
/// over.
fn write_remembered(arn: &Arn, topic: &Topic, remembered: &Remembered, batch: &mut Batch) {
    let Remembered { key, original } = remembered;
    if let Some(until) = topic.seen.until(key) {
        batch.delete(Table::Lane, Key::Seen(until, *key).of(&topic.incarnation));
    }
    let id = Bytes::copy_from_slice(original.id.as_bytes());
    let row = keys::encode(&SeenRow { id, position: original.position.0 });
    batch.put(Table::Lane, Key::Seen(original.until, *key).of(&topic.incarnation), row);
    if topic.seen.first_over().is_none_or(|first| original.until < first) {
        due(arn, topic, DueKind::Forget, original.until).put(batch);
    }
}

fn due(arn: &Arn, topic: &Topic, kind: DueKind, at: Timestamp) -> Timer {
    Timer { at, incarnation: topic.incarnation, kind: kind as u8, arn: arn.clone() }
}
