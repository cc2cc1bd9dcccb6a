//! Replays: what subscriptions get again from the archive of their topic.
//!
//! A subscription gets the messages of the range that its policy names, in order, and from its end on those
//! that are newly published, as far as they are in the range too. So what is published while a replay runs
//! waits for its end. Replays of a subscription share one stream: a number in it is the message's position
//! and a *base*, which rises from replay to replay.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-subscriber.html>

use std::collections::{BTreeMap, BTreeSet};

use base::{Incarnation, Timestamp};
use store::{Position, StoreError};

use crate::ids::SubscriptionId;
use crate::keys::{ReplayRow, StageRow};
use crate::model::replay_policy::ReplayPolicy;

/// The replays of a topic: one at most of each subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Replays {
    by_id: BTreeMap<SubscriptionId, Replay>,
    /// The replays about which something is to be done: there is a timer for each.
    active: BTreeSet<SubscriptionId>,
}

/// The replay of a subscription, or what is left of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Replay {
    /// Added to positions to get the numbers of deliveries.
    pub(crate) base: u64,
    /// The position of the first message that was published after the replay was asked for. From it on, messages wait.
    pub(crate) resumes: Position,
    /// Messages published from then on are wanted.
    pub(crate) begins: Timestamp,
    /// Messages published after this are not.
    pub(crate) ends: Option<Timestamp>,
    pub(crate) stage: Stage,
}

/// The messages that a replay can be of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Archived {
    /// Messages published from this time on are kept.
    pub(crate) since: Timestamp,
    /// The first position that is kept.
    pub(crate) from: Position,
    /// The end offset: later messages are new.
    pub(crate) end: Position,
}

/// The stage of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It begins at this position or behind it: the first message is still to be found.
    Pending { from: Position, at: Timestamp },
    /// The message at the cursor is the next one; it was tried in vain so often.
    Running { cursor: Position, attempts: u32, at: Timestamp },
    /// The policy was removed: nothing is left to do but to let new messages through.
    Withdrawn { at: Timestamp },
    /// All has been delivered.
    Completed,
    /// The archive has ended before all was delivered.
    Failed,
    /// The replay was withdrawn, and new messages go through.
    Over,
}

/// The id under which the timer of a replay stands. There is one job of an id at a time: neither what is
/// published nor another replay waits for the receiver of this one.
pub(crate) fn line(incarnation: &Incarnation, id: SubscriptionId) -> Incarnation {
    let (incarnation, id) = (incarnation.as_bytes(), id.as_bytes());
    Incarnation::from_bytes(std::array::from_fn(|index| incarnation[index] ^ id[index]))
}

/// The subscription whose replay a timer of this id brings, in an incarnation of a topic.
pub(crate) fn of_line(incarnation: &Incarnation, line: &Incarnation) -> SubscriptionId {
    let (incarnation, line) = (incarnation.as_bytes(), line.as_bytes());
    SubscriptionId::from_bytes(std::array::from_fn(|index| incarnation[index] ^ line[index]))
}

impl Replays {
    /// As their rows say.
    pub(super) fn load(rows: impl IntoIterator<Item = (SubscriptionId, Replay)>) -> Self {
        let mut replays = Replays::default();
        for (id, replay) in rows {
            replays.put(id, replay);
        }
        replays
    }

    /// The replay of a subscription, over or not.
    pub(crate) fn get(&self, id: SubscriptionId) -> Option<&Replay> {
        self.by_id.get(&id)
    }

    /// The number of active replays.
    pub(crate) fn count(&self) -> usize {
        self.active.len()
    }

    /// The active replays, with the times of their next steps.
    pub(super) fn active(&self) -> impl Iterator<Item = (SubscriptionId, Timestamp)> {
        self.active.iter().filter_map(|id| Some((*id, self.by_id.get(id)?.at()?)))
    }

    /// The first position that they need.
    pub(crate) fn needs(&self) -> Option<Position> {
        let active = self.active.iter().filter_map(|id| self.by_id.get(id));
        active.map(Replay::needs).min()
    }

    /// How much of what stands before a position is not held back from a subscription: what stands before the
    /// position that this answers.
    pub(crate) fn held(&self, id: SubscriptionId, below: Position) -> Position {
        let active = self.by_id.get(&id).filter(|replay| replay.is_active());
        active.map_or(below, |replay| below.min(replay.resumes))
    }

    /// True if a new message is for a subscription, as far as its replay decides.
    pub(crate) fn let_through(
        &self,
        id: SubscriptionId,
        position: Position,
        published: Timestamp,
    ) -> bool {
        let Some(replay) = self.by_id.get(&id).filter(|replay| replay.resumes <= position) else {
            return true;
        };
        match replay.stage {
            Stage::Pending { .. } | Stage::Running { .. } | Stage::Withdrawn { .. } => false,
            Stage::Completed | Stage::Failed => replay.wants(published),
            Stage::Over => true,
        }
    }

    pub(super) fn put(&mut self, id: SubscriptionId, replay: Replay) {
        match replay.is_active() {
            true => self.active.insert(id),
            false => self.active.remove(&id),
        };
        self.by_id.insert(id, replay);
    }

    /// A subscription has ended.
    pub(super) fn forget(&mut self, id: SubscriptionId) {
        self.by_id.remove(&id);
        self.active.remove(&id);
    }
}

impl Replay {
    /// A replay that begins now, in the place of the last one.
    pub(crate) fn begin(
        before: Option<&Replay>,
        policy: &ReplayPolicy,
        archive: Archived,
        now: Timestamp,
    ) -> Self {
        // What waits for the end of the last one waits for that of this one.
        let waiting = before.filter(|before| before.is_active()).map(|before| before.resumes);
        Replay {
            base: before.map_or(0, |before| before.base + before.resumes.0),
            resumes: waiting.unwrap_or(archive.end),
            begins: policy.begins().max(archive.since),
            ends: policy.ends(),
            stage: Stage::Pending { from: archive.from, at: now },
        }
    }

    /// The replay after its policy was removed.
    pub(crate) fn withdraw(&self, now: Timestamp) -> Self {
        let stage = match self.is_active() {
            true => Stage::Withdrawn { at: now },
            false => Stage::Over,
        };
        Replay { stage, ..*self }
    }

    /// True if it holds new messages back.
    pub(crate) fn is_active(&self) -> bool {
        self.at().is_some()
    }

    /// The time of its next step.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Pending { at, .. } | Stage::Running { at, .. } | Stage::Withdrawn { at } => {
                Some(at)
            }
            Stage::Completed | Stage::Failed | Stage::Over => None,
        }
    }

    fn needs(&self) -> Position {
        match self.stage {
            Stage::Pending { from: cursor, .. } | Stage::Running { cursor, .. } => {
                cursor.min(self.resumes)
            }
            _ => self.resumes,
        }
    }

    /// True if a message published then is in its range.
    pub(crate) fn wants(&self, published: Timestamp) -> bool {
        self.begins <= published && self.ends.is_none_or(|ends| published <= ends)
    }

    /// `ReplayStatus`, while a policy stands.
    /// <https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>
    pub(crate) fn status(&self) -> &'static str {
        match self.stage {
            Stage::Running { .. } => "In progress",
            Stage::Completed => "Completed",
            Stage::Failed => "Failed",
            Stage::Pending { .. } | Stage::Withdrawn { .. } | Stage::Over => "Pending",
        }
    }

    pub(crate) fn from_row(row: &ReplayRow) -> Result<Self, StoreError> {
        let at = Timestamp::from_millis(row.at_ms);
        let stage = match row.stage() {
            StageRow::Pending => Stage::Pending { from: Position(row.cursor), at },
            StageRow::Running => {
                Stage::Running { cursor: Position(row.cursor), attempts: row.attempts, at }
            }
            StageRow::Withdrawn => Stage::Withdrawn { at },
            StageRow::Completed => Stage::Completed,
            StageRow::Failed => Stage::Failed,
            StageRow::Over => Stage::Over,
            StageRow::Unknown => return Err(StoreError::Damaged("the stage of a replay".into())),
        };
        Ok(Replay {
            base: row.base,
            resumes: Position(row.resumes),
            begins: Timestamp::from_millis(row.begins_ms),
            ends: row.ends_ms.map(Timestamp::from_millis),
            stage,
        })
    }

    pub(super) fn to_row(self) -> ReplayRow {
        let (stage, cursor, attempts) = match self.stage {
            Stage::Pending { from, .. } => (StageRow::Pending, from.0, 0),
            Stage::Running { cursor, attempts, .. } => (StageRow::Running, cursor.0, attempts),
            Stage::Withdrawn { .. } => (StageRow::Withdrawn, 0, 0),
            Stage::Completed => (StageRow::Completed, 0, 0),
            Stage::Failed => (StageRow::Failed, 0, 0),
            Stage::Over => (StageRow::Over, 0, 0),
        };
        ReplayRow {
            base: self.base,
            resumes: self.resumes.0,
            begins_ms: self.begins.millis(),
            ends_ms: self.ends.map(Timestamp::millis),
            stage: stage.into(),
            cursor,
            attempts,
            at_ms: self.at().map_or(0, Timestamp::millis),
        }
    }
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
