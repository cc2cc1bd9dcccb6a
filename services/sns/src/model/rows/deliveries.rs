//! The rows of deliveries.

use base::{Arn, Timestamp};
use runtime::delivery::{ByHealth, Health};
use store::{Batch, Position, Table};

use super::due;
use crate::keys::{self, DueKind, Key, Marks};
use crate::model::change::{Published, Settled};
use crate::model::{SubscriptionId, Topic};

/// The record; and what brings its delivery, where nothing does yet.
pub(super) fn published(arn: &Arn, topic: &Topic, published: &Published, batch: &mut Batch) {
    batch.append(topic.incarnation, published.position, published.record.clone());
    if let Some(relay_at) = published.relay_at {
        due(arn, topic, DueKind::Relay, relay_at).put(batch);
        let relay = &topic.relay;
        let marks = marks((relay.head, relay.done, topic.tail), Some(relay_at), relay.drain_at);
        batch.put(Table::Lane, Key::Marks.of(&topic.incarnation), keys::encode(&marks));
    }
}

/// What is not needed any more is released in the commit that says so.
pub(super) fn settled(arn: &Arn, topic: &Topic, settled: &Settled, batch: &mut Batch) {
    for position in topic.relay.head.0..settled.head.0 {
        batch.release(topic.incarnation, Position(position));
    }
    for (id, behind) in &settled.behind {
        let key = Key::Behind(*id).of(&topic.incarnation);
        match behind {
            Some(behind) => batch.put(Table::Lane, key, keys::encode(&behind.to_row())),
            None => batch.delete(Table::Lane, key),
        }
    }
    let relay = &topic.relay;
    if let Some(entry) = &settled.entry {
        entry.delete(batch);
    } else if (relay.head, relay.done, relay.relay_at, relay.drain_at)
        == (settled.head, settled.done, settled.relay_at, settled.drain_at)
    {
        return;
    }
    replace(arn, topic, DueKind::Relay, (relay.relay_at, settled.relay_at), settled, batch);
    for health in Health::ALL {
        let times = (relay.drain_at[health as usize], settled.drain_at[health as usize]);
        replace(arn, topic, DueKind::drain(health), times, settled, batch);
    }
    let reached = (settled.head, settled.done, topic.tail);
    let marks = marks(reached, settled.relay_at, settled.drain_at);
    batch.put(Table::Lane, Key::Marks.of(&topic.incarnation), keys::encode(&marks));
}

/// A due row that is moved, or whose turn it was.
fn replace(
    arn: &Arn,
    topic: &Topic,
    kind: DueKind,
    (before, after): (Option<Timestamp>, Option<Timestamp>),
    settled: &Settled,
    batch: &mut Batch,
) {
    if before == after && settled.entry.as_ref().is_none_or(|entry| entry.what != kind as u8) {
        return;
    }
    if let Some(before) = before {
        due(arn, topic, kind, before).delete(batch);
    }
    if let Some(after) = after {
        due(arn, topic, kind, after).put(batch);
    }
}

/// A subscription that has ended is not behind any more.
pub(super) fn forgotten(topic: &Topic, id: SubscriptionId, batch: &mut Batch) {
    if topic.relay.behind.contains(id) {
        batch.delete(Table::Lane, Key::Behind(id).of(&topic.incarnation));
    }
}

/// Nothing is delivered any more.
pub(super) fn ended(arn: &Arn, topic: &Topic, batch: &mut Batch) {
    let relay = &topic.relay;
    let drains =
        Health::ALL.map(|health| (DueKind::drain(health), relay.drain_at[health as usize]));
    for (kind, at) in drains.into_iter().chain([(DueKind::Relay, relay.relay_at)]) {
        if let Some(at) = at {
            due(arn, topic, kind, at).delete(batch);
        }
    }
}

fn marks(
    (head, done, tail): (Position, Position, Position),
    relay_at: Option<Timestamp>,
    drain_at: ByHealth<Option<Timestamp>>,
) -> Marks {
    let [drain_ms, slow_ms, silent_ms] = drain_at.map(|at| at.map(Timestamp::millis));
    Marks {
        head: head.0,
        done: done.0,
        tail: tail.0,
        relay_ms: relay_at.map(Timestamp::millis),
        drain_ms,
        slow_ms,
        silent_ms,
    }
}
