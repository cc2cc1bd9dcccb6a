//! Deliveries: rounds that take the newest messages to everybody, and the attempts for those that are
//! behind. Both are errands: there is one of a topic at a time, so a stream is never delivered twice at once.
//!
//! On trouble that is not of one receiver alone (nothing can be signed, too many receivers fail), a round is
//! done again as a whole: receivers know what they have.

mod archive;
mod courier;
mod laggards;
mod letter;
mod replay;
mod replay_turns;
mod replayed;
mod retry;
mod round;
mod settle;

use std::sync::Arc;

use base::Arn;
use futures::future;
use runtime::due::DueEntry;
use runtime::{Decision, Moment, Trouble};
use store::{PageLimit, Position};

use crate::Sns;
use crate::error::Error;
use crate::model::outgoing::Outgoing;
use crate::model::{SubscriptionId, TopicLane, read};
use courier::{Courier, Outcome};
use laggards::{Laggard, Laggards};
use round::{Look, Page, Round};
use settle::Progress;

impl Sns {
    /// Delivers the next messages to everybody, and settles what came of it.
    pub(crate) async fn relay(&self, entry: &DueEntry) -> Result<(), Trouble> {
        let Some((round, mut page)) = self.round(entry).await? else { return Ok(()) };
        let courier = Courier::new(self, &entry.arn, round.origin.clone());
        let mut failed = Vec::new();
        loop {
            let deliver = |addressee| courier.deliver(addressee, false);
            let outcomes = future::try_join_all(page.addressees.iter().map(deliver)).await?;
            for (addressee, outcome) in page.addressees.iter().zip(outcomes) {
                if let Outcome::Failed(at) = outcome {
                    failed.push((addressee.id, at));
                }
            }
            if failed.len() > settle::MOST_BEHIND {
                return Err(settle::too_many());
            }
            let Some(last) = page.next else { break };
            let next =
                |lane: &TopicLane, _: Moment<'_>| round::page(lane, entry, &round, Some(last));
            match self.decide(&entry.arn, next).await? {
                Some(next) => page = next,
                None => return Ok(()),
            }
        }
        let settle = |lane: &TopicLane, moment: Moment<'_>| {
            settle::settle_round(lane, moment, entry, (round.to, &failed))
        };
        self.decide(&entry.arn, settle).await.map(|_| ())
    }

    /// The next messages, from memory or from the disk, with the first of those who get them.
    async fn round(&self, entry: &DueEntry) -> Result<Option<(Round, Page)>, Trouble> {
        // The answers wait for the commits that they saw: what is delivered is published for certain.
        let look = |lane: &TopicLane, _: Moment<'_>| round::look(lane, entry, None);
        let (from, below) = match self.decide(&entry.arn, look).await? {
            Some(Look::Round(round, page)) => return Ok(Some((round, page))),
            Some(Look::OnDisk(from, below)) => (from, below),
            Some(Look::Nothing) | None => return Ok(None),
        };
        let (messages, _) = self.read(entry, from, below).await?;
        let look =
            |lane: &TopicLane, _: Moment<'_>| round::look(lane, entry, Some((&messages, below)));
        match self.decide(&entry.arn, look).await? {
            Some(Look::Round(round, page)) => Ok(Some((round, page))),
            _ => Ok(None),
        }
    }

    /// Tries those again that are behind and whose turn it is, and settles what came of it.
    pub(crate) async fn drain(&self, entry: &DueEntry) -> Result<(), Trouble> {
        let find = |lane: &TopicLane, moment: Moment<'_>| laggards::laggards(lane, moment, entry);
        let found = self.decide(&entry.arn, find).await?.flatten();
        let Some(Laggards { origin, done, laggards }) = found else { return Ok(()) };
        let courier = Courier::new(self, &entry.arn, origin);
        let attempts = laggards.iter().map(|laggard| self.catch_up(entry, &courier, laggard, done));
        let progress = future::try_join_all(attempts).await?;
        let settle = |lane: &TopicLane, moment: Moment<'_>| {
            settle::settle_laggards(lane, moment, entry, &progress)
        };
        self.decide(&entry.arn, settle).await.map(|_| ())
    }

    /// Delivers the next messages to a subscription that is behind, none that a round has not passed.
    async fn catch_up(
        &self,
        entry: &DueEntry,
        courier: &Courier<'_>,
        laggard: &Laggard,
        done: Position,
    ) -> Result<(SubscriptionId, Progress), Trouble> {
        let (id, behind) = (laggard.addressee.id, laggard.behind);
        let (messages, more) = self.read(entry, behind.cursor, done).await?;
        let address =
            |lane: &TopicLane, _: Moment<'_>| laggards::address(lane, entry, id, &messages);
        let last = messages.last().filter(|_| more);
        let reached = Progress::Reached(last.map_or(done, |last| last.position.next()));
        let Some(addressee) = self.decide(&entry.arn, address).await?.flatten() else {
            return Ok((id, reached));
        };
        let is_last = retry::pause(behind.attempts.saturating_add(1)).is_none();
        match courier.deliver(&addressee, is_last).await? {
            Outcome::Done => Ok((id, reached)),
            Outcome::Failed(at) => Ok((id, Progress::Failed(at))),
        }
    }

    /// Messages from a position on, below another, as many as a round has; whether there are more.
    async fn read(
        &self,
        entry: &DueEntry,
        from: Position,
        below: Position,
    ) -> Result<(Vec<Arc<Outgoing>>, bool), Trouble> {
        let limit = PageLimit { rows: round::MESSAGES, bytes: round::BYTES };
        let rows = self.topics.rows(&entry.arn);
        let read = read::entries(entry.incarnation, from, limit, &rows).await;
        let (entries, more) = read.map_err(|error| {
            tracing::error!(topic = %entry.arn, %error, "cannot read messages");
            Trouble::Unavailable("messages cannot be read".into())
        })?;
        let inside = entries.into_iter().filter(|(position, _)| *position < below);
        let outgoing = |(position, entry)| Arc::new(Outgoing::new(position, Arc::new(entry)));
        Ok((inside.map(outgoing).collect(), more))
    }

    /// Decides about a topic that may be gone.
    async fn decide<A>(
        &self,
        topic: &Arn,
        decide: impl FnMut(&TopicLane, Moment<'_>) -> Decision<TopicLane, A, Error>,
    ) -> Result<Option<A>, Trouble> {
        match self.topics.enter(topic, decide).await {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::Trouble(trouble)) => Err(trouble),
            Err(_) => Ok(None),
        }
    }
}
