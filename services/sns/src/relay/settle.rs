//! What came of deliveries: decided in the topic's lane.

use base::Timestamp;
use runtime::due::DueEntry;
use runtime::{Decision, Moment, Trouble};
use store::Position;

use super::retry;
use super::round::is_due;
use crate::error::Error;
use crate::keys::DueKind;
use crate::model::change::Settled;
use crate::model::relay::Behind;
use crate::model::{Change, SubscriptionId, Topic, TopicLane};

/// Most subscriptions of a topic that are behind. If more fail at once, it is not the receivers' fault.
pub(super) const MOST_BEHIND: usize = 1000;

/// Why a round is done again as a whole.
pub(super) fn too_many() -> Trouble {
    Trouble::Unavailable("too many receivers fail".into())
}

/// How far a subscription that is behind has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It has got all before this position.
    Reached(Position),
    /// It could not be given what stands there.
    Failed(Position),
}

/// What came of a round: those that have failed are behind from now on.
pub(super) fn settle_round(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    (to, failed): (Position, &[(SubscriptionId, Position)]),
) -> Decision<TopicLane, (), Error> {
    lane.with_subscribers(|topic, known| {
        if !is_due(topic, entry) {
            return Decision::answer(());
        }
        if topic.relay.behind.len() + failed.len() > MOST_BEHIND {
            return Decision::Refuse(too_many().into());
        }
        let present = failed.iter().filter(|(id, _)| known.subscriber(*id).is_some());
        let behind = present.map(|(id, cursor)| (*id, Some(behind(*cursor, 1, moment.now))));
        settle(topic, entry, to, behind.collect(), moment.now)
    })
}

fn behind(cursor: Position, attempts: u32, now: Timestamp) -> Behind {
    let pause = retry::pause(attempts).unwrap_or(retry::LONGEST);
    Behind { cursor, attempts, at: now + pause }
}

/// What came of trying those again that are behind.
pub(super) fn settle_laggards(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    progress: &[(SubscriptionId, Progress)],
) -> Decision<TopicLane, (), Error> {
    lane.with_subscribers(|topic, _| {
        if !is_due(topic, entry) {
            return Decision::answer(());
        }
        let (done, now) = (topic.relay.done, moment.now);
        let after = |(id, progress): &(SubscriptionId, Progress)| {
            let before = topic.relay.behind.get(id)?;
            Some((*id, caught_up(*before, *progress, done, now)))
        };
        settle(topic, entry, done, progress.iter().filter_map(after).collect(), now)
    })
}

/// How a subscription that was behind stands now; none if it is not behind any more.
fn caught_up(before: Behind, progress: Progress, done: Position, now: Timestamp) -> Option<Behind> {
    match progress {
        Progress::Reached(to) if to >= done => None,
        Progress::Reached(cursor) => Some(Behind { cursor, attempts: 0, at: now }),
        Progress::Failed(cursor) if cursor == before.cursor => {
            Some(behind(cursor, before.attempts.saturating_add(1), now))
        }
        Progress::Failed(cursor) => Some(behind(cursor, 1, now)),
    }
}

fn settle(
    topic: &Topic,
    entry: &DueEntry,
    done: Position,
    changed: Vec<(SubscriptionId, Option<Behind>)>,
    now: Timestamp,
) -> Decision<TopicLane, (), Error> {
    let relay = &topic.relay;
    let mut behind = relay.behind.clone();
    for (id, after) in &changed {
        match after {
            Some(after) => _ = behind.insert(*id, *after),
            None => _ = behind.remove(id),
        }
    }
    let needed = behind.values().map(|behind| behind.cursor).chain(topic.kept_from());
    let (head, is_all) = relay.releasable(done, needed);
    let more = (done < topic.tail || !is_all).then_some(now);
    let first = behind.values().map(|behind| behind.at).min();
    let (relay_at, drain_at) = match DueKind::from_number(entry.what) {
        Some(DueKind::Drain) => (relay.relay_at.or(more), first),
        _ => (more, [relay.drain_at, first].into_iter().flatten().min()),
    };
    let entry = entry.clone();
    let settled = Settled { entry, head, done, behind: changed, relay_at, drain_at };
    Decision::mark(vec![Change::Settled(Box::new(settled))], ())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1000);

    #[test]
    fn who_reaches_the_mark_is_not_behind_any_more() {
        let before = Behind { cursor: Position(3), attempts: 7, at: NOW };
        let after = |progress| caught_up(before, progress, Position(9), NOW);
        assert_eq!(after(Progress::Reached(Position(9))), None);
        let goes_on = Behind { cursor: Position(8), attempts: 0, at: NOW };
        assert_eq!(after(Progress::Reached(Position(8))), Some(goes_on));
    }

    #[test]
    fn attempts_are_counted_for_the_message_that_fails() {
        let before = Behind { cursor: Position(3), attempts: 3, at: NOW };
        let after = |at| caught_up(before, Progress::Failed(Position(at)), Position(9), NOW);
        let again = Behind { attempts: 4, at: Timestamp::from_millis(2000), ..before };
        assert_eq!(after(3), Some(again));
        assert_eq!(after(4), Some(Behind { cursor: Position(4), attempts: 1, at: NOW }));
    }
}
