//! The rows of deliveries.

use base::{Arn, Timestamp};
use runtime::delivery::{ByHealth, Health};
use store::{Batch, Position, Table};

use super::due;
use crate::ids::SubscriptionId;
use crate::keys::{self, DueKind, Key, Offsets};
use crate::model::Topic;
use crate::model::change::{Published, Settled};
use crate::model::relay::Relay;

/// The record, and the timer of the batch that delivers it, where none is due yet.
pub(super) fn published(arn: &Arn, topic: &Topic, published: &Published, batch: &mut Batch) {
    batch.append(topic.incarnation, published.position, published.record.clone());
    if let Some(deliver_at) = published.deliver_at {
        due(arn, topic, DueKind::Deliver, deliver_at).put(batch);
        let Relay { released, delivered, catch_up_at, .. } = topic.relay;
        let times = Times { deliver_at: Some(deliver_at), catch_up_at };
        put_offsets(topic, released, delivered, times, batch);
    }
}

/// Results of deliveries. Records that nobody needs are released in the commit that says so.
pub(super) fn settled(arn: &Arn, topic: &Topic, settled: &Settled, batch: &mut Batch) {
    for position in topic.relay.released.0..settled.released.0 {
        batch.release(topic.incarnation, Position(position));
    }
    for (id, lag) in &settled.updates {
        let key = Key::Lag(*id).of(&topic.incarnation);
        match lag {
            Some(lag) => batch.put(Table::Lane, key, keys::encode(&lag.to_row())),
            None => batch.delete(Table::Lane, key),
        }
    }
    let relay = &topic.relay;
    if let Some(entry) = &settled.entry {
        entry.delete(batch);
    } else if (relay.released, relay.delivered, relay.deliver_at, relay.catch_up_at)
        == (settled.released, settled.delivered, settled.deliver_at, settled.catch_up_at)
    {
        return;
    }
    replace(arn, topic, DueKind::Deliver, (relay.deliver_at, settled.deliver_at), settled, batch);
    for health in Health::ALL {
        let times = (relay.catch_up_at[health as usize], settled.catch_up_at[health as usize]);
        replace(arn, topic, DueKind::catch_up(health), times, settled, batch);
    }
    let times = Times { deliver_at: settled.deliver_at, catch_up_at: settled.catch_up_at };
    put_offsets(topic, settled.released, settled.delivered, times, batch);
}

/// Moves a timer, or removes one that has fired.
fn replace(
    arn: &Arn,
    topic: &Topic,
    kind: DueKind,
    (before, after): (Option<Timestamp>, Option<Timestamp>),
    settled: &Settled,
    batch: &mut Batch,
) {
    if before == after && settled.entry.as_ref().is_none_or(|entry| entry.kind != kind as u8) {
        return;
    }
    if let Some(before) = before {
        due(arn, topic, kind, before).delete(batch);
    }
    if let Some(after) = after {
        due(arn, topic, kind, after).put(batch);
    }
}

/// The subscription has ended and does not lag any more.
pub(super) fn forgotten(topic: &Topic, id: SubscriptionId, batch: &mut Batch) {
    if topic.relay.lagging.contains(id) {
        batch.delete(Table::Lane, Key::Lag(id).of(&topic.incarnation));
    }
}

/// The topic is deleted: nothing is delivered any more.
pub(super) fn ended(arn: &Arn, topic: &Topic, batch: &mut Batch) {
    let relay = &topic.relay;
    let catch_ups =
        Health::ALL.map(|health| (DueKind::catch_up(health), relay.catch_up_at[health as usize]));
    for (kind, at) in catch_ups.into_iter().chain([(DueKind::Deliver, relay.deliver_at)]) {
        if let Some(at) = at {
            due(arn, topic, kind, at).delete(batch);
        }
    }
}

/// The times of a topic's next deliveries.
struct Times {
    deliver_at: Option<Timestamp>,
    catch_up_at: ByHealth<Option<Timestamp>>,
}

fn put_offsets(
    topic: &Topic,
    released: Position,
    delivered: Position,
    times: Times,
    batch: &mut Batch,
) {
    let times_ms = times.catch_up_at.map(|at| at.map(Timestamp::millis));
    let [catch_up_ms, slow_ms, unresponsive_ms] = times_ms;
    let offsets = Offsets {
        released: released.0,
        delivered: delivered.0,
        end: topic.end.0,
        deliver_ms: times.deliver_at.map(Timestamp::millis),
        catch_up_ms,
        slow_ms,
        unresponsive_ms,
    };
    batch.put(Table::Lane, Key::Offsets.of(&topic.incarnation), keys::encode(&offsets));
}
