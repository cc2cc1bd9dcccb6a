//! Queues for tests of decisions.

use base::{AccountId, Arn, Incarnation, Random, Region, Span, Timestamp};
use runtime::{Lane, Moment};

use crate::model::Attributes;
use crate::model::backlog::{Receive, Stored};
use crate::model::change::{Change, Created};
use crate::model::receipt::Receipt;
use crate::model::{Queue, QueueLane};

/// A moment that many milliseconds after 1970.
pub(crate) fn moment(millis: u64) -> Moment<'static> {
    static RANDOM: std::sync::LazyLock<Random> = std::sync::LazyLock::new(|| Random::seeded(1));
    Moment { now: Timestamp::from_millis(millis), random: &RANDOM, stopping: false }
}

/// An empty queue with default attributes.
pub(crate) fn lane() -> QueueLane {
    let arn = Arn::new("sqs", &Region::default(), &AccountId::DEFAULT, "orders");
    let mut lane = QueueLane { arn, queue: None, deleted_at: None, fact: None };
    let created = Created {
        incarnation: Incarnation::from_bytes([1; 16]),
        secret: [2; 32],
        at: Timestamp::ZERO,
        attributes: Attributes::default(),
        tags: Default::default(),
    };
    lane.apply(Change::Created(Box::new(created)));
    lane
}

/// A record that was sent then.
pub(crate) fn stored(millis: u64) -> Stored {
    Stored {
        sent: Timestamp::from_millis(millis),
        bytes: bytes::Bytes::from_static(b"record"),
        group: Default::default(),
    }
}

/// Applies changes.
pub(crate) fn apply(lane: &mut QueueLane, changes: Vec<Change>) {
    for change in changes {
        lane.apply(change);
    }
}

/// A queue without what its memory holds only to be faster.
pub(crate) fn without_caches(mut queue: Queue) -> Queue {
    queue.backlog.forget();
    if let Some(purge) = &mut queue.purge {
        purge.found = None;
    }
    queue
}

/// Lets time pass.
pub(crate) fn observe(lane: &mut QueueLane, millis: u64) {
    lane.observe(Timestamp::from_millis(millis));
}

/// A queue whose only message, at position 0, was received so many times, and the newest handle.
pub(crate) fn received(times: u32) -> (QueueLane, String) {
    received_at(0, times)
}

/// The same, the last time at that moment.
pub(crate) fn received_at(millis: u64, times: u32) -> (QueueLane, String) {
    let mut lane = lane();
    lane.apply(Change::Sent {
        position: store::Position(0),
        stored: stored(0),
        delayed_until: None,
        sweep_at: None,
    });
    for time in 1..=times {
        let visibility = Span::from_seconds(if time == times { 30 } else { 0 });
        let receive = Receive {
            most: 1,
            now: Timestamp::from_millis(millis),
            visibility,
            retention: Span::from_seconds(345_600),
            redrive: None,
        };
        observe(&mut lane, millis);
        let taken = take(&mut lane, receive);
        lane.apply(Change::Received(taken));
    }
    let handle = handle(&lane, times);
    (lane, handle)
}

fn take(lane: &mut QueueLane, receive: Receive<'_>) -> crate::model::backlog::Taken {
    use crate::model::backlog::{Need, Supply};
    let backlog = &mut lane.queue.as_mut().unwrap().backlog;
    if let Err(Need::Returned(asked)) = backlog.take(receive) {
        let records = asked.iter().map(|position| (*position, stored(0))).collect();
        backlog.supply(Supply::Returned { asked, records });
    }
    backlog.take(receive).unwrap()
}

/// The handle of a receive of the message at position 0.
pub(crate) fn handle(lane: &QueueLane, receive: u32) -> String {
    let queue = lane.queue.as_ref().unwrap();
    let receipt = Receipt { position: store::Position(0), receive };
    receipt.seal(&queue.incarnation, &queue.secret)
}
