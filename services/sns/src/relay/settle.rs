//! The results of deliveries, as changes of the topic. Decided in the topic's lane; costs what has changed,
//! however many subscriptions lag.

use base::{Span, Timestamp};
use runtime::delivery::Health;
use runtime::jobs::Timer;
use runtime::{Decision, Moment};
use store::Position;

use super::recipients::is_due;
use super::retry::SCHEDULE;
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::keys::DueKind;
use crate::model::change::Settled;
use crate::model::lagging::{CursorUpdates, Lag};
use crate::model::relay::BatchInFlight;
use crate::model::subscribers::SubscriptionIndex;
use crate::model::{Change, Topic, TopicLane};

/// How long messages wait for slow receivers to which nothing was left to deliver: their rows are not
/// written for each batch.
const GATHER: Span = Span::from_seconds(1);

/// A subscription that a batch could not be delivered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FailedRecipient {
    pub(super) id: SubscriptionId,
    /// The position of the message that it gets next.
    pub(super) at: Position,
    pub(super) health: Health,
}

/// The end of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchEnd<'e> {
    /// The position behind its last message.
    to: Position,
    /// Recipients of its last page that it could not be delivered to.
    failed: &'e [FailedRecipient],
    /// The job ends with it. Otherwise the next batch is in flight already.
    is_last: bool,
}

/// The progress of a lagging subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) id: SubscriptionId,
    pub(super) reach: Reach,
    /// The health that its receiver has shown; none if there was nothing to deliver.
    pub(super) health: Option<Health>,
}

/// How far a lagging subscription came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It has all messages before this position.
    Upto(Position),
    /// The message at this position could not be delivered.
    FailedAt(Position),
}

/// A result that becomes a change.
struct Settlement {
    /// The job whose work is done.
    entry: Option<Timer>,
    delivered: Position,
    updates: CursorUpdates,
    in_flight: Option<BatchInFlight>,
}

impl<'e> BatchEnd<'e> {
    /// All recipients have the messages before this position, and the next batch is in flight.
    pub(super) fn goes_on(to: Position) -> Self {
        BatchEnd { to, failed: &[], is_last: false }
    }

    /// The last batch of a job.
    pub(super) fn of_job(to: Position, failed: &'e [FailedRecipient]) -> Self {
        BatchEnd { to, failed, is_last: true }
    }
}

/// Begins a page of a batch: it is in flight from now on.
pub(super) fn begin<A>(
    topic: &Topic,
    updates: CursorUpdates,
    in_flight: BatchInFlight,
    answer: A,
    now: Timestamp,
) -> Decision<TopicLane, A, Error> {
    if updates.is_empty() && topic.relay.lagging.is_empty() {
        return Decision::answer(answer);
    }
    let (delivered, in_flight) = (topic.relay.delivered, Some(in_flight));
    let settlement = Settlement { entry: None, delivered, updates, in_flight };
    Decision::mark(vec![settle(topic, settlement, now)], answer)
}

/// Ends a batch.
pub(super) fn settle_batch(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &Timer,
    BatchEnd { to, failed, is_last }: BatchEnd<'_>,
) -> Decision<TopicLane, (), Error> {
    lane.with_subscribers(|topic, index| {
        if !is_due(topic, entry) {
            return Decision::answer(());
        }
        let updates = lagging_from_now(index, failed, moment.now);
        let (entry, in_flight) = match is_last {
            true => (Some(entry.clone()), None),
            false => (None, topic.relay.in_flight),
        };
        let settlement = Settlement { entry, delivered: to, updates, in_flight };
        Decision::mark(vec![settle(topic, settlement, moment.now)], ())
    })
}

/// The subscriptions that lag from now on, because a batch could not be delivered to them.
pub(super) fn lagging_from_now(
    index: &SubscriptionIndex,
    failed: &[FailedRecipient],
    now: Timestamp,
) -> CursorUpdates {
    let present = failed.iter().filter(|failed| index.subscriber(failed.id).is_some());
    let lag = |failed: &FailedRecipient| (failed.id, Some(lag(failed.at, 1, failed.health, now)));
    present.map(lag).collect()
}

fn lag(cursor: Position, attempts: u32, health: Health, now: Timestamp) -> Lag {
    let at = now + SCHEDULE.pause_or_longest(attempts);
    Lag { cursor, attempts, at, health }
}

/// Settles what a catch-up has done for some lagging subscriptions; with `is_end` its job ends.
pub(super) fn settle_catch_up(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &Timer,
    progress: &[Progress],
    is_end: bool,
) -> Decision<TopicLane, (), Error> {
    lane.with_subscribers(|topic, _| {
        if !is_due(topic, entry) {
            return Decision::answer(());
        }
        let (relay, now) = (&topic.relay, moment.now);
        let after = |progress: &Progress| {
            let before = relay.lagging.get(progress.id)?;
            let target = topic.target(progress.id);
            Some((progress.id, after(before, *progress, target, now)))
        };
        let updates = progress.iter().filter_map(after).collect();
        let entry = is_end.then(|| entry.clone());
        let (delivered, in_flight) = (relay.delivered, relay.in_flight);
        let settlement = Settlement { entry, delivered, updates, in_flight };
        Decision::mark(vec![settle(topic, settlement, now)], ())
    })
}

/// The lag of a subscription after some progress; none if it has caught up. One whose receiver is slow stays
/// apart, so that no batch waits for it.
fn after(before: Lag, progress: Progress, target: Position, now: Timestamp) -> Option<Lag> {
    let health = match progress {
        Progress { health: Some(health), .. } => health,
        // It was not asked, because there was nothing for it.
        Progress { reach: Reach::Upto(_), .. } => before.health.min(Health::Slow),
        Progress { reach: Reach::FailedAt(_), .. } => before.health,
    };
    match (progress.reach, health) {
        (Reach::Upto(to), Health::Healthy) if to >= target => None,
        (Reach::Upto(cursor), _) => {
            let at = if cursor >= target { Lag::IDLE } else { now };
            Some(Lag { cursor, attempts: 0, at, health })
        }
        (Reach::FailedAt(cursor), _) => {
            let attempts = if cursor == before.cursor { before.attempts } else { 0 };
            Some(lag(cursor, attempts.saturating_add(1), health, now))
        }
    }
}

fn settle(topic: &Topic, settlement: Settlement, now: Timestamp) -> Change {
    let Settlement { entry, delivered, updates, in_flight } = settlement;
    let relay = &topic.relay;
    let ended = entry.as_ref().and_then(|entry| DueKind::from_number(entry.kind));
    let releasable = relay.releasable(delivered, &updates, topic.kept_from());
    let more = (delivered < topic.end || !releasable.is_all).then_some(now);
    let deliver_at = match ended {
        Some(DueKind::Deliver) => more,
        _ => relay.deliver_at.or(more),
    };
    let catch_up_at = Health::ALL.map(|health| {
        let left = if ended == Some(DueKind::catch_up(health)) {
            relay.lagging.first_after(health, &updates)
        } else {
            relay.catch_up_with(health, &updates)
        };
        let wakes = health == Health::Slow && wakes(topic, ended, delivered, &updates);
        left.into_iter().chain(wakes.then(|| now + GATHER)).min()
    });
    let released = releasable.below;
    let settled =
        Settled { entry, released, delivered, updates, in_flight, deliver_at, catch_up_at };
    Change::Settled(Box::new(settled))
}

/// The change that brings a batch, which releases what nobody needs any more, and by which subscriptions lag from
/// now on. The offsets stay as they are.
pub(super) fn wake(topic: &Topic, updates: CursorUpdates, now: Timestamp) -> Change {
    let relay = &topic.relay;
    let catch_up_at = Health::ALL.map(|health| relay.catch_up_with(health, &updates));
    // A batch may be in flight that memory does not know, because nobody lagged. What it delivers, and whom it
    // passes by, is not known here. So who lags from now on has to come up to the last message; what the batch
    // then delivers again is known by its receiver.
    let passed = BatchInFlight { to: topic.end, last: None, passed: topic.end };
    let in_flight = if updates.is_empty() { relay.in_flight } else { Some(passed) };
    Change::Settled(Box::new(Settled {
        entry: None,
        released: relay.released,
        delivered: relay.delivered,
        updates,
        in_flight,
        deliver_at: relay.deliver_at.or(Some(now)),
        catch_up_at,
    }))
}

/// True if there is something for slow receivers to which nothing was left: when a batch has gone on, or when a
/// job ends that has not come to all of them.
fn wakes(
    topic: &Topic,
    ended: Option<DueKind>,
    delivered: Position,
    updates: &CursorUpdates,
) -> bool {
    let relay = &topic.relay;
    let mut idle = relay.lagging.idle(Health::Slow).filter(|(id, _)| !updates.contains_key(id));
    match ended {
        Some(DueKind::CatchUpSlow) => {
            idle.any(|(id, lag)| lag.cursor < topic.replays.held(id, delivered))
        }
        _ => delivered > relay.delivered && idle.next().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1000);

    fn settled(before: Lag, reach: Reach, health: Option<Health>) -> Option<Lag> {
        let progress = Progress { id: SubscriptionId::from_bytes([0; 16]), reach, health };
        after(before, progress, Position(9), NOW)
    }

    #[test]
    fn who_reaches_the_delivered_offset_does_not_lag_any_more() {
        let before = Lag { cursor: Position(3), attempts: 7, at: NOW, health: Health::Healthy };
        assert_eq!(settled(before, Reach::Upto(Position(9)), None), None);
        let goes_on = Lag { cursor: Position(8), attempts: 0, ..before };
        assert_eq!(settled(before, Reach::Upto(Position(8)), None), Some(goes_on));
    }

    #[test]
    fn who_answers_late_stays_apart_until_it_answers_soon() {
        let before = Lag { cursor: Position(3), attempts: 7, at: NOW, health: Health::Slow };
        let idle = Lag { cursor: Position(9), attempts: 0, at: Lag::IDLE, health: Health::Slow };
        let reached = Reach::Upto(Position(9));
        assert_eq!(settled(before, reached, Some(Health::Slow)), Some(idle));
        assert_eq!(settled(before, reached, None), Some(idle), "it was not asked");
        assert_eq!(settled(before, reached, Some(Health::Healthy)), None);
        let late = settled(Lag { health: Health::Healthy, ..before }, reached, Some(Health::Slow));
        assert_eq!(late, Some(idle));
    }

    #[test]
    fn attempts_are_counted_for_the_message_that_fails() {
        let before = Lag { cursor: Position(3), attempts: 3, at: NOW, health: Health::Healthy };
        let again = Lag { attempts: 4, at: Timestamp::from_millis(2000), ..before };
        assert_eq!(settled(before, Reach::FailedAt(Position(3)), None), Some(again));
        let next = Lag { cursor: Position(4), attempts: 1, ..before };
        assert_eq!(settled(before, Reach::FailedAt(Position(4)), None), Some(next));
    }
}
