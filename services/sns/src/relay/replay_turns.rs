//! The decisions about replays in the topic's lane.

use std::sync::Arc;

use base::{Incarnation, Span, Timestamp};
use runtime::jobs::Timer;
use runtime::{Decision, Moment};
use store::Position;

use super::recipients::{Origin, RecipientBatch, matches_filter, origin};
use super::retry::SCHEDULE;
use super::settle::wake;
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::model::change::Replayed;
use crate::model::lagging::Lag;
use crate::model::outgoing::Outgoing;
use crate::model::replay::{self, Replay, Stage};
use crate::model::{Change, LogEntry, Topic, TopicLane};

/// The pause of a replay that waits for what was to be delivered before it.
const PAUSE: Span = Span::from_seconds(1);

/// A replay whose turn it is.
#[derive(Debug)]
pub(super) struct Turn {
    /// The topic's incarnation.
    pub(super) incarnation: Incarnation,
    pub(super) id: SubscriptionId,
    pub(super) replay: Replay,
    /// Whether nothing is on its way any more of what the subscription gets without the replay. Only then
    /// may the replay begin, so that order is kept, and hand over, so that nothing is passed by.
    pub(super) is_clear: bool,
    /// The topic has an archive.
    pub(super) is_kept: bool,
}

/// One step of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: it is not clear yet, or the subscription has ended.
    Wait,
    /// The first message is found: the replay begins there.
    Located(Position),
    /// The subscription has got all before this position.
    Reached(Position),
    /// The message at this position could not be delivered.
    Failed(Position),
    /// There is no archive any more.
    Lost,
    /// New messages may go through.
    Withdrawn,
}

/// The topic and the replay that an entry is about, if that still waits for it.
fn due<'l>(lane: &'l TopicLane, entry: &Timer) -> Option<(&'l Topic, SubscriptionId, Replay)> {
    let topic = lane.topic.as_ref()?;
    let id = replay::of_line(&topic.incarnation, &entry.incarnation);
    let replay = topic.replays.get(id).filter(|replay| replay.at() == Some(entry.at))?;
    Some((topic, id, *replay))
}

/// The topic, if the replay is what it was.
fn same<'l>(lane: &'l TopicLane, entry: &Timer, turn: &Turn) -> Option<&'l Topic> {
    due(lane, entry).filter(|(_, _, replay)| *replay == turn.replay).map(|(topic, ..)| topic)
}

/// The replay whose turn an entry brings.
pub(super) fn find(lane: &TopicLane, entry: &Timer) -> Decision<TopicLane, Option<Turn>, Error> {
    let Some((_, id, replay)) = due(lane, entry) else { return Decision::answer(None) };
    lane.with_subscribers(|topic, _| {
        // A lagging subscription comes no further than to where the replay holds it; slow receivers stay there.
        let lag = topic.relay.lagging.get(id);
        let has_come = lag.is_none_or(|lag| lag.cursor >= replay.resumes);
        let is_clear = has_come && topic.relay.delivered >= replay.resumes;
        let is_kept = topic.archive.is_some_and(|archive| !archive.has_ended);
        Decision::answer(Some(Turn {
            incarnation: topic.incarnation,
            id,
            replay,
            is_clear,
            is_kept,
        }))
    })
}

/// Of messages that were read for a replay, those that the subscription gets, and their topic as messages name
/// it. It may have ended or changed.
pub(super) fn address(
    lane: &TopicLane,
    entry: &Timer,
    turn: &Turn,
    messages: &[Arc<Outgoing>],
) -> Decision<TopicLane, Option<(Origin, RecipientBatch)>, Error> {
    if same(lane, entry, turn).is_none() {
        return Decision::answer(None);
    }
    let (id, replay) = (turn.id, &turn.replay);
    lane.with_subscribers(|topic, index| {
        let found = index.subscriber(id);
        Decision::answer(found.map(|subscriber| {
            let is_wanted = |message: &&Arc<Outgoing>| match &*message.entry {
                LogEntry::Message(published) => {
                    replay.wants(published.published)
                        && matches_filter(subscriber.attributes(), message)
                }
                LogEntry::Confirmation(_) => false,
            };
            let messages = messages.iter().filter(is_wanted).cloned().collect();
            let recipient = RecipientBatch::new(id, subscriber, messages);
            (origin(topic), RecipientBatch { replay_base: Some(replay.base), ..recipient })
        }))
    })
}

/// Settles a step. A replay that was replaced or withdrawn meanwhile stays as it was set.
pub(super) fn settle(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &Timer,
    turn: &Turn,
    step: Step,
) -> Decision<TopicLane, (), Error> {
    match same(lane, entry, turn) {
        Some(_) => lane.with_subscribers(|topic, _| settled(topic, moment, turn, step)),
        None => Decision::answer(()),
    }
}

fn settled(
    topic: &Topic,
    moment: Moment<'_>,
    turn: &Turn,
    step: Step,
) -> Decision<TopicLane, (), Error> {
    let stage = after(&turn.replay, step, moment.now);
    let replay = Replay { stage, ..turn.replay };
    let mut changes = Vec::with_capacity(2);
    if !replay.is_active() {
        // What has waited for the end is delivered as to a lagging subscription: so no batch passes it by.
        let health = topic.relay.lagging.get(turn.id).map(|lag| lag.health).unwrap_or_default();
        let (cursor, at) = (replay.resumes, moment.now);
        let resumes = Some(Lag { cursor, attempts: 0, at, health });
        let has_waited = replay.resumes < topic.end;
        let lag = has_waited.then_some((turn.id, resumes)).into_iter().collect();
        changes.push(wake(topic, lag, moment.now));
    }
    let changed = vec![(turn.id, replay)];
    changes.push(Change::Replayed(Replayed { changed }));
    match replay.is_active() {
        true => Decision::mark(changes, ()),
        // Who was told that it is over is told so after a crash of the machine too.
        false => Decision::keep(changes, ()),
    }
}

/// The stage of a replay after a step.
fn after(replay: &Replay, step: Step, now: Timestamp) -> Stage {
    let at_position = |cursor: Position| match cursor >= replay.resumes {
        true => Stage::Completed,
        false => Stage::Running { cursor, attempts: 0, at: now },
    };
    match (step, replay.stage) {
        (Step::Lost, _) => Stage::Failed,
        (Step::Withdrawn, _) => Stage::Over,
        (Step::Located(position) | Step::Reached(position), _) => at_position(position),
        (Step::Failed(position), stage) => {
            let attempts = match stage {
                Stage::Running { cursor, attempts, .. } if cursor == position => attempts,
                _ => 0,
            };
            let attempts = attempts.saturating_add(1);
            let pause = SCHEDULE.pause_or_longest(attempts);
            Stage::Running { cursor: position, attempts, at: now + pause }
        }
        (Step::Wait, Stage::Pending { from, .. }) => Stage::Pending { from, at: now + PAUSE },
        (Step::Wait, Stage::Withdrawn { .. }) => Stage::Withdrawn { at: now + PAUSE },
        (Step::Wait, Stage::Running { cursor, attempts, .. }) => {
            Stage::Running { cursor, attempts, at: now + PAUSE }
        }
        (Step::Wait, ended) => ended,
    }
}

#[cfg(test)]
#[path = "replay_turns_tests.rs"]
mod tests;
