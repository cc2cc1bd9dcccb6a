//! What came of deliveries: decided in the topic's lane. Costs what has changed, however many are behind.

use base::{Span, Timestamp};
use runtime::delivery::Health;
use runtime::due::DueEntry;
use runtime::{Decision, Moment};
use store::Position;

use super::retry::SCHEDULE;
use super::round::{self, Page, Round, is_due};
use crate::error::Error;
use crate::keys::DueKind;
use crate::model::change::Settled;
use crate::model::laggards::{Behind, Moves};
use crate::model::relay::Underway;
use crate::model::subscribers::Known;
use crate::model::{Change, SubscriptionId, Topic, TopicLane};

/// How long messages wait for slow receivers to which nothing was left to deliver: their rows are not
/// written for each round.
const GATHER: Span = Span::from_seconds(1);

/// A subscription that a round could not deliver to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missed {
    pub(super) id: SubscriptionId,
    /// What it gets next.
    pub(super) at: Position,
    pub(super) health: Health,
}

/// How far a subscription that is behind has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) id: SubscriptionId,
    pub(super) reach: Reach,
    /// How its receiver answered, if it was asked.
    pub(super) health: Option<Health>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It has got all before this position.
    Upto(Position),
    /// It could not be given what stands there.
    FailedAt(Position),
}

/// What is settled.
struct After {
    /// The errand whose work is done.
    entry: Option<DueEntry>,
    done: Position,
    moves: Moves,
    round: Option<Underway>,
}

/// The page of a round behind `last`. Those that the page before has missed are behind from now on. While
/// somebody is behind, memory knows how far the round is: up to where who is passed by has to come.
pub(super) fn settle_page(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    (round, last): (&Round, SubscriptionId),
    missed: &[Missed],
) -> Decision<TopicLane, Page, Error> {
    lane.with_subscribers(|topic, known| {
        if !is_due(topic, entry) {
            return Decision::answer(Page::default());
        }
        let page = round::page_of((topic, known), round, Some(last));
        let moves = begin(known, missed, moment.now);
        let underway = Underway { to: round.to, last: page.next, passed: round.from };
        begun((topic, moves), underway, page, moment.now)
    })
}

/// A page of a round is on its way from now on.
pub(super) fn begun<A>(
    (topic, moves): (&Topic, Moves),
    underway: Underway,
    answer: A,
    now: Timestamp,
) -> Decision<TopicLane, A, Error> {
    if moves.is_empty() && topic.relay.behind.is_empty() {
        return Decision::answer(answer);
    }
    let round = Some(underway);
    let after = After { entry: None, done: topic.relay.done, moves, round };
    Decision::mark(vec![settle(topic, after, now)], answer)
}

/// The end of a round; that of its errand too, if that has done its work. Otherwise the next round is under
/// way already.
pub(super) fn settle_round(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    (to, missed): (Position, &[Missed]),
    is_end: bool,
) -> Decision<TopicLane, (), Error> {
    lane.with_subscribers(|topic, known| {
        if !is_due(topic, entry) {
            return Decision::answer(());
        }
        let moves = begin(known, missed, moment.now);
        let (entry, round) = match is_end {
            true => (Some(entry.clone()), None),
            false => (None, topic.relay.round),
        };
        let after = After { entry, done: to, moves, round };
        Decision::mark(vec![settle(topic, after, moment.now)], ())
    })
}

/// Those that are behind from now on.
fn begin(known: &Known, missed: &[Missed], now: Timestamp) -> Moves {
    let present = missed.iter().filter(|missed| known.subscriber(missed.id).is_some());
    let behind = |missed: &Missed| (missed.id, Some(behind(missed.at, 1, missed.health, now)));
    present.map(behind).collect()
}

fn behind(cursor: Position, attempts: u32, health: Health, now: Timestamp) -> Behind {
    let pause = SCHEDULE.pause_or_longest(attempts);
    Behind { cursor, attempts, at: now + pause, health }
}

/// What came of trying some of those again that are behind; the errand's end, if it has done its work.
pub(super) fn settle_laggards(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    (progress, is_end): (&[Progress], bool),
) -> Decision<TopicLane, (), Error> {
    lane.with_subscribers(|topic, _| {
        if !is_due(topic, entry) {
            return Decision::answer(());
        }
        let (relay, now) = (&topic.relay, moment.now);
        let after = |progress: &Progress| {
            let before = relay.behind.get(progress.id)?;
            let target = topic.target(progress.id);
            Some((progress.id, caught_up(before, *progress, target, now)))
        };
        let moves = progress.iter().filter_map(after).collect();
        let entry = is_end.then(|| entry.clone());
        let after = After { entry, done: relay.done, moves, round: relay.round };
        Decision::mark(vec![settle(topic, after, now)], ())
    })
}

/// How a subscription that was behind stands now; none if it is not behind any more. One whose receiver is
/// slow stays apart, so that no round waits for it.
fn caught_up(
    before: Behind,
    progress: Progress,
    target: Position,
    now: Timestamp,
) -> Option<Behind> {
    let health = match progress {
        Progress { health: Some(health), .. } => health,
        // It was not asked, because there was nothing for it.
        Progress { reach: Reach::Upto(_), .. } => before.health.min(Health::Slow),
        Progress { reach: Reach::FailedAt(_), .. } => before.health,
    };
    match (progress.reach, health) {
        (Reach::Upto(to), Health::Healthy) if to >= target => None,
        (Reach::Upto(cursor), _) => {
            let at = if cursor >= target { Behind::IDLE } else { now };
            Some(Behind { cursor, attempts: 0, at, health })
        }
        (Reach::FailedAt(cursor), _) => {
            let before = if cursor == before.cursor { before.attempts } else { 0 };
            Some(behind(cursor, before.saturating_add(1), health, now))
        }
    }
}

fn settle(topic: &Topic, after: After, now: Timestamp) -> Change {
    let After { entry, done, moves, round } = after;
    let relay = &topic.relay;
    let ended = entry.as_ref().and_then(|entry| DueKind::from_number(entry.what));
    let (head, is_all) = relay.releasable(done, &moves, topic.kept_from());
    let more = (done < topic.tail || !is_all).then_some(now);
    let relay_at = match ended {
        Some(DueKind::Relay) => more,
        _ => relay.relay_at.or(more),
    };
    let drain_at = Health::ALL.map(|health| {
        let left = if ended == Some(DueKind::drain(health)) {
            relay.behind.first_after(health, &moves)
        } else {
            relay.drain_with(health, &moves)
        };
        let wakes = health == Health::Slow && wakes(topic, ended, done, &moves);
        left.into_iter().chain(wakes.then(|| now + GATHER)).min()
    });
    let settled = Settled { entry, head, done, behind: moves, round, relay_at, drain_at };
    Change::Settled(Box::new(settled))
}

/// Whether there is something for slow receivers to which nothing was left: when a round has gone on, or
/// when an errand ends that has not come to all of them.
fn wakes(topic: &Topic, ended: Option<DueKind>, done: Position, moves: &Moves) -> bool {
    let relay = &topic.relay;
    let mut idle = relay.behind.idle(Health::Slow).filter(|(id, _)| !moves.contains_key(id));
    match ended {
        Some(DueKind::DrainSlow) => {
            idle.any(|(id, behind)| behind.cursor < topic.replays.held(id, done))
        }
        _ => done > relay.done && idle.next().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1000);

    fn after(before: Behind, reach: Reach, health: Option<Health>) -> Option<Behind> {
        let progress = Progress { id: SubscriptionId::from_bytes([0; 16]), reach, health };
        caught_up(before, progress, Position(9), NOW)
    }

    #[test]
    fn who_reaches_the_mark_is_not_behind_any_more() {
        let before = Behind { cursor: Position(3), attempts: 7, at: NOW, health: Health::Healthy };
        assert_eq!(after(before, Reach::Upto(Position(9)), None), None);
        let goes_on = Behind { cursor: Position(8), attempts: 0, ..before };
        assert_eq!(after(before, Reach::Upto(Position(8)), None), Some(goes_on));
    }

    #[test]
    fn who_answers_late_stays_apart_until_it_answers_soon() {
        let before = Behind { cursor: Position(3), attempts: 7, at: NOW, health: Health::Slow };
        let idle =
            Behind { cursor: Position(9), attempts: 0, at: Behind::IDLE, health: Health::Slow };
        let reached = Reach::Upto(Position(9));
        assert_eq!(after(before, reached, Some(Health::Slow)), Some(idle));
        assert_eq!(after(before, reached, None), Some(idle), "it was not asked");
        assert_eq!(after(before, reached, Some(Health::Healthy)), None);
        let late = after(Behind { health: Health::Healthy, ..before }, reached, Some(Health::Slow));
        assert_eq!(late, Some(idle));
    }

    #[test]
    fn attempts_are_counted_for_the_message_that_fails() {
        let before = Behind { cursor: Position(3), attempts: 3, at: NOW, health: Health::Healthy };
        let again = Behind { attempts: 4, at: Timestamp::from_millis(2000), ..before };
        assert_eq!(after(before, Reach::FailedAt(Position(3)), None), Some(again));
        let next = Behind { cursor: Position(4), attempts: 1, ..before };
        assert_eq!(after(before, Reach::FailedAt(Position(4)), None), Some(next));
    }
}
