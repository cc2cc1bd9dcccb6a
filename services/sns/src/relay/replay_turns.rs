//! What is decided about replays in the topic's lane.

use std::sync::Arc;

use base::{Incarnation, Span, Timestamp};
use runtime::due::DueEntry;
use runtime::{Decision, Moment};
use store::Position;

use super::archive::wake;
use super::laggards::is_taken;
use super::retry;
use super::round::{Addressee, Origin, origin};
use crate::error::Error;
use crate::keys::DueKind;
use crate::model::change::Replayed;
use crate::model::outgoing::Outgoing;
use crate::model::relay::Behind;
use crate::model::replay::{self, Replay, Stage};
use crate::model::{Change, Entry, SubscriptionId, Topic, TopicLane};

/// Most replays that are taken further at once.
const AT_ONCE: usize = 16;
/// How long a replay waits for what was to be delivered before it.
const PAUSE: Span = Span::from_seconds(1);

/// Those whose turn it is.
pub(super) struct Turn {
    pub(super) origin: Origin,
    pub(super) here: Here,
    pub(super) errands: Vec<Errand>,
}

/// What they have in common.
#[derive(Clone, Copy)]
pub(super) struct Here {
    /// The topic's life.
    pub(super) life: Incarnation,
    /// Whether it has an archive.
    pub(super) is_kept: bool,
}

/// A replay whose turn it is.
#[derive(Debug)]
pub(super) struct Errand {
    pub(super) id: SubscriptionId,
    pub(super) replay: Replay,
    /// Whether nothing is on its way any more of what the subscription gets without the replay. Only then
    /// may the replay begin, so that order is kept, and hand over, so that nothing is passed by.
    pub(super) is_clear: bool,
}

/// One step of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is not clear yet, or the subscription has ended.
    Wait,
    /// It begins there.
    Located(Position),
    /// The subscription has got all before this position.
    Reached(Position),
    /// It could not be given what stands there.
    Failed(Position),
    /// There is no archive any more.
    Lost,
    /// New messages may go through.
    Withdrawn,
}

fn is_due(topic: &Topic, entry: &DueEntry) -> bool {
    debug_assert_eq!(entry.what, DueKind::Replay as u8, "the entry of a replay");
    replay::line(&topic.incarnation) == entry.incarnation && topic.replays.next() == Some(entry.at)
}

/// Those whose turn it is, the longest due first.
pub(super) fn find(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
) -> Decision<TopicLane, Option<Turn>, Error> {
    let topic = match lane.topic() {
        Ok(topic) if is_due(topic, entry) => topic,
        Ok(_) => return Decision::answer(None),
        Err(error) => return Decision::Refuse(error),
    };
    let errand = |(id, replay): (SubscriptionId, &Replay)| {
        let is_prompt = !topic.relay.behind.contains_key(&id);
        let is_clear = is_prompt && topic.relay.done >= replay.resumes;
        Errand { id, replay: *replay, is_clear }
    };
    let errands = topic.replays.due(moment.now).take(AT_ONCE).map(errand).collect();
    let is_kept = topic.archive.is_some_and(|archive| !archive.has_ended);
    let here = Here { life: topic.incarnation, is_kept };
    Decision::answer(Some(Turn { origin: origin(topic), here, errands }))
}

/// Of messages that were read for a replay, those that the subscription gets. It may have ended or changed.
pub(super) fn address(
    lane: &TopicLane,
    entry: &DueEntry,
    (id, replay): (SubscriptionId, &Replay),
    messages: &[Arc<Outgoing>],
) -> Decision<TopicLane, Option<Addressee>, Error> {
    lane.with_subscribers(|topic, known| {
        let is_it = is_due(topic, entry) && topic.replays.get(id) == Some(replay);
        let found = known.subscriber(id).filter(|_| is_it);
        Decision::answer(found.map(|subscriber| {
            let is_wanted = |message: &&Arc<Outgoing>| match &*message.entry {
                Entry::Message(published) => {
                    replay.wants(published.published) && is_taken(subscriber.attributes(), message)
                }
                Entry::Confirmation(_) => false,
            };
            let messages = messages.iter().filter(is_wanted).cloned().collect();
            let addressee = Addressee::new(id, subscriber, messages);
            Addressee { replay_base: Some(replay.base), ..addressee }
        }))
    })
}

/// What came of their steps. A replay that was replaced or withdrawn meanwhile stands as it was set.
pub(super) fn settle(
    lane: &TopicLane,
    moment: Moment<'_>,
    entry: &DueEntry,
    done: &[(&Errand, Step)],
) -> Decision<TopicLane, (), Error> {
    let topic = match lane.topic() {
        Ok(topic) if is_due(topic, entry) => topic,
        Ok(_) => return Decision::answer(()),
        Err(error) => return Decision::Refuse(error),
    };
    let is_same = |errand: &Errand| topic.replays.get(errand.id) == Some(&errand.replay);
    let same = done.iter().filter(|(errand, _)| is_same(errand));
    let after = |(errand, step): &(&Errand, Step)| {
        (errand.id, Replay { stage: after(&errand.replay, *step, moment.now), ..errand.replay })
    };
    let changed: Vec<(SubscriptionId, Replay)> = same.map(after).collect();
    let ended = || changed.iter().filter(|(_, replay)| !replay.is_active());
    let mut changes = Vec::with_capacity(2);
    if ended().next().is_some() {
        let resumed = ended().filter(|(_, replay)| replay.resumes < topic.tail);
        let behind = |(id, replay): &(SubscriptionId, Replay)| {
            (*id, Behind { cursor: replay.resumes, attempts: 0, at: moment.now })
        };
        changes.push(wake(topic, entry, resumed.map(behind).collect(), moment.now));
    }
    changes.push(Change::Replayed(Replayed { done: Some(entry.clone()), changed }));
    Decision::mark(changes, ())
}

/// How a replay stands after a step.
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
            let pause = retry::pause(attempts).unwrap_or(retry::LONGEST);
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
