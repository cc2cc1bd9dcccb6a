//! Replays: what is done about those whose turn it is, each independently of the others, and of what is newly
//! published. All that is decided stands beside, in `replay_turns.rs`.

use futures::future;
use runtime::due::DueEntry;
use runtime::{Moment, Trouble};

use super::courier::{Courier, Outcome};
use super::replay_turns::{self, Errand, Here, Step, Turn};
use super::retry;
use crate::Sns;
use crate::model::archive::SKEW;
use crate::model::replay::Stage;
use crate::model::{TopicLane, read};

impl Sns {
    /// Takes the replays whose turn it is one step further, and settles what came of it.
    pub(crate) async fn replay(&self, entry: &DueEntry) -> Result<(), Trouble> {
        let find = |lane: &TopicLane, moment: Moment<'_>| replay_turns::find(lane, moment, entry);
        let found = self.decide(&entry.arn, find).await?.flatten();
        let Some(Turn { origin, here, errands }) = found else { return Ok(()) };
        let courier = Courier::new(self, &entry.arn, origin);
        // What is read is of the topic's life, not of the name that its replays are due under.
        let life = DueEntry { incarnation: here.life, ..entry.clone() };
        let steps = errands.iter().map(|errand| self.step(entry, &life, &courier, here, errand));
        let steps = future::try_join_all(steps).await?;
        let done: Vec<_> = errands.iter().zip(steps).collect();
        let settle =
            |lane: &TopicLane, moment: Moment<'_>| replay_turns::settle(lane, moment, entry, &done);
        self.decide(&entry.arn, settle).await.map(|_| ())
    }

    async fn step(
        &self,
        entry: &DueEntry,
        life: &DueEntry,
        courier: &Courier<'_>,
        here: Here,
        errand: &Errand,
    ) -> Result<Step, Trouble> {
        let replay = &errand.replay;
        match replay.stage {
            _ if !errand.is_clear => Ok(Step::Wait),
            Stage::Withdrawn { .. } => Ok(Step::Withdrawn),
            _ if !here.is_kept => Ok(Step::Lost),
            Stage::Pending { from, .. } => {
                let rows = self.topics.rows(&entry.arn);
                let (range, begins) = ((from, replay.resumes), replay.begins - SKEW);
                let found = read::position_of(here.life, range, begins, &rows).await;
                let (begins, _) = found.map_err(|error| Trouble::Unavailable(error.to_string()))?;
                Ok(Step::Located(begins))
            }
            _ => self.deliver(entry, life, courier, errand).await,
        }
    }

    /// Delivers the next messages.
    async fn deliver(
        &self,
        entry: &DueEntry,
        life: &DueEntry,
        courier: &Courier<'_>,
        errand: &Errand,
    ) -> Result<Step, Trouble> {
        let (id, replay) = (errand.id, &errand.replay);
        let Stage::Running { cursor, attempts, .. } = replay.stage else { return Ok(Step::Wait) };
        let (messages, more) = self.read(life, cursor, replay.resumes).await?;
        let is_past = |at| replay.ends.is_some_and(|ends| at > ends + SKEW);
        if messages.first().is_none_or(|first| is_past(first.entry.at())) {
            return Ok(Step::Reached(replay.resumes));
        }
        let last = messages.last().filter(|_| more);
        let reached = Step::Reached(last.map_or(replay.resumes, |last| last.position.next()));
        let address = |lane: &TopicLane, _: Moment<'_>| {
            replay_turns::address(lane, entry, (id, replay), &messages)
        };
        let Some(addressee) = self.decide(&entry.arn, address).await?.flatten() else {
            return Ok(Step::Wait);
        };
        let is_last = retry::pause(attempts.saturating_add(1)).is_none();
        match courier.deliver(&addressee, is_last).await? {
            Outcome::Done => Ok(reached),
            Outcome::Failed(at) => Ok(Step::Failed(at)),
        }
    }
}
