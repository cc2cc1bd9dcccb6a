//! Replays: each is taken further step by step, independently of the others and of what is newly published.
//! The decisions are in `replay_turns.rs`.

use runtime::delivery::{Attempt, Outcome};
use runtime::jobs::Timer;
use runtime::{Moment, Trouble};
use store::{PageLimit, Position};

use super::bounds::{CatchUpBudget, PAGE, PROBE};
use super::delivery::TopicDelivery;
use super::replay_turns::{self, Step, Turn};
use super::retry::{SCHEDULE, TIMEOUTS};
use crate::Sns;
use crate::model::archive::SKEW;
use crate::model::replay::Stage;
use crate::model::{TopicLane, read};

impl Sns {
    /// Takes a replay one step further, and settles what came of it.
    pub(crate) async fn replay(&self, entry: &Timer) -> Result<(), Trouble> {
        let find = |lane: &TopicLane, _: Moment<'_>| replay_turns::find(lane, entry);
        let found = self.decide(&entry.arn, find).await?.flatten();
        let Some(turn) = found else { return Ok(()) };
        let step = self.step(entry, &turn).await?;
        let settle = |lane: &TopicLane, moment: Moment<'_>| {
            replay_turns::settle(lane, moment, entry, &turn, step)
        };
        self.decide(&entry.arn, settle).await.map(|_| ())
    }

    async fn step(&self, entry: &Timer, turn: &Turn) -> Result<Step, Trouble> {
        match turn.replay.stage {
            _ if !turn.is_clear => Ok(Step::Wait),
            Stage::Withdrawn { .. } => Ok(Step::Withdrawn),
            _ if !turn.is_kept => Ok(Step::Lost),
            Stage::Pending { from, .. } => self.locate(entry, turn, from).await,
            Stage::Running { cursor, attempts, .. } => {
                self.deliver(entry, turn, cursor, attempts).await
            }
            Stage::Completed | Stage::Failed | Stage::Over => Ok(Step::Wait),
        }
    }

    /// Finds the first message that may be in its range.
    async fn locate(&self, entry: &Timer, turn: &Turn, from: Position) -> Result<Step, Trouble> {
        let rows = self.topics.rows(&entry.arn);
        let (below, begins) = (turn.replay.resumes, turn.replay.begins - SKEW);
        let found = read::first_since(turn.incarnation, from, below, begins, &rows).await;
        let found = found.map_err(|error| Trouble::Unavailable(error.to_string()))?;
        Ok(Step::Located(found.position))
    }

    /// Delivers the next messages.
    async fn deliver(
        &self,
        entry: &Timer,
        turn: &Turn,
        cursor: Position,
        attempts: u32,
    ) -> Result<Step, Trouble> {
        let replay = &turn.replay;
        // The log belongs to the topic's incarnation, not to the id under which the replay is due.
        let entry_of_topic = Timer { incarnation: turn.incarnation, ..entry.clone() };
        let limit = match attempts {
            0 => PageLimit { rows: self.bounds.messages, ..PAGE },
            _ => PROBE,
        };
        let budget = &self.budgets.replays;
        let mut share = budget.entries.take(CatchUpBudget::before_reading(limit)).await;
        let page = self.read_log(&entry_of_topic, cursor, replay.resumes, limit).await?;
        share.shrink_to(page.bytes());
        let is_past = |at| replay.ends.is_some_and(|ends| at > ends + SKEW);
        if page.messages.first().is_none_or(|first| is_past(first.entry.at())) {
            return Ok(Step::Reached(replay.resumes));
        }
        let reached = Step::Reached(page.reached(replay.resumes));
        let address = |lane: &TopicLane, _: Moment<'_>| {
            replay_turns::address(lane, entry, turn, &page.messages)
        };
        let Some((origin, recipient)) = self.decide(&entry.arn, address).await?.flatten() else {
            return Ok(Step::Wait);
        };
        let _share = budget.copies.take(recipient.bytes()).await;
        let timeout = if attempts == 0 { TIMEOUTS.prompt } else { TIMEOUTS.longest };
        let attempt = Attempt { is_last: SCHEDULE.is_last(attempts), timeout };
        let delivery = TopicDelivery::new(self, &entry.arn, origin);
        match delivery.deliver(&recipient, attempt).await?.outcome {
            Outcome::Done => Ok(reached),
            Outcome::Failed(number) => Ok(Step::Failed(recipient.position(number))),
        }
    }
}
