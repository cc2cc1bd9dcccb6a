//! Deliveries: rounds that take the newest messages to everybody, and the attempts for those that are
//! behind. There is one errand of a kind and topic at a time. A subscription belongs to one of them: to
//! rounds, or to the attempts for receivers that answer soon, late, or not at all; so no stream is delivered
//! twice at once, and nobody waits for a receiver of another pace.
//!
//! On trouble that is not of one receiver alone (nothing can be signed), an errand is done again as a
//! whole: receivers know what they have.

mod archive;
mod budgets;
mod delivery;
mod drain;
mod laggards;
mod messages;
mod reads;
mod replay;
mod replay_turns;
mod replayed;
mod retry;
mod round;
mod settle;

use std::sync::Arc;

use base::{Arn, Span};
use futures::future;
use runtime::delivery::{Attempt, Health, Outcome};
use runtime::due::DueEntry;
use runtime::{Decision, Moment, Trouble};
use store::{PageLimit, Position};

use crate::Sns;
use crate::error::Error;
use crate::model::outgoing::Outgoing;
use crate::model::{TopicLane, read};
pub(crate) use budgets::{Bounds, Budgets};
use delivery::TopicDelivery;
use retry::TIMEOUTS;
use round::{Addressee, Look, Page, Round};
use settle::Missed;

/// The least time that a receiver has in a round.
const AT_LEAST: Span = Span::from_millis(250);
/// Rounds of an errand, after which it makes room for those of other topics.
const ROUNDS: usize = 64;
/// What is read of the log at once.
const PAGE: PageLimit = PageLimit { rows: round::MESSAGES, bytes: round::BYTES };

impl Sns {
    /// Delivers messages to everybody, round after round, and settles what came of each while the next one is
    /// on its way.
    pub(crate) async fn relay(&self, entry: &DueEntry) -> Result<(), Trouble> {
        let Some(mut next) = self.round(entry, None).await? else { return Ok(()) };
        let mut before = None;
        for left in (0..ROUNDS).rev() {
            let to = next.0.to;
            let settle = async {
                match before {
                    Some(to) => self.settle(entry, (to, &[]), false).await,
                    None => Ok(()),
                }
            };
            let bring = self.bring(entry, next, left > 0);
            let ((), brought) = future::try_join(settle, bring).await?;
            let Some((missed, ahead)) = brought else { return Ok(()) };
            match ahead {
                Some(ahead) => (next, before) = (ahead, Some(to)),
                None => return self.settle(entry, (to, &missed), true).await,
            }
        }
        Ok(())
    }

    /// Takes a round to everybody, page by page, and looks for the next one while the last page is on its way.
    /// There is none if that page misses anybody: who is behind from now on must not get what follows. None
    /// at all if the topic has gone.
    async fn bring(
        &self,
        entry: &DueEntry,
        (round, mut page): (Round, Page),
        goes_on: bool,
    ) -> Result<Option<(Vec<Missed>, Option<(Round, Page)>)>, Trouble> {
        let delivery = TopicDelivery::new(self, &entry.arn, round.origin.clone());
        let mut timeout = TIMEOUTS.prompt;
        while let Some(last) = page.next {
            let (missed, took) = self.deliver_page(&delivery, &page.addressees, timeout).await?;
            timeout =
                AT_LEAST.max(Span::from_millis(timeout.millis().saturating_sub(took.millis())));
            let next = |lane: &TopicLane, moment: Moment<'_>| {
                settle::settle_page(lane, moment, entry, (&round, last), &missed)
            };
            match self.decide(&entry.arn, next).await? {
                Some(next) => page = next,
                None => return Ok(None),
            }
        }
        let look = || async {
            match goes_on {
                true => self.round(entry, Some(round.to)).await,
                false => Ok(None),
            }
        };
        let deliver = self.deliver_page(&delivery, &page.addressees, timeout);
        let (ahead, (missed, _)) = future::try_join(look(), deliver).await?;
        let ahead = match ahead {
            _ if !missed.is_empty() => None,
            None => look().await?,
            found => found,
        };
        Ok(Some((missed, ahead)))
    }

    async fn settle(
        &self,
        entry: &DueEntry,
        came: (Position, &[Missed]),
        is_end: bool,
    ) -> Result<(), Trouble> {
        let settle = |lane: &TopicLane, moment: Moment<'_>| {
            settle::settle_round(lane, moment, entry, came, is_end)
        };
        self.decide(&entry.arn, settle).await.map(|_| ())
    }

    /// Delivers to everybody of a page, at once; answers who could not be delivered to, and how long they
    /// took together.
    async fn deliver_page(
        &self,
        delivery: &TopicDelivery<'_>,
        addressees: &[Addressee],
        timeout: Span,
    ) -> Result<(Vec<Missed>, Span), Trouble> {
        let _share = self.budgets.batches.take(addressees.iter().map(Addressee::bytes).sum()).await;
        let attempt = Attempt { is_last: false, timeout };
        let deliver = |addressee| delivery.deliver(addressee, attempt);
        let tried = future::try_join_all(addressees.iter().map(deliver)).await?;
        let missed = addressees.iter().zip(&tried).filter_map(|(addressee, tried)| {
            let health = if tried.took < timeout { Health::Healthy } else { Health::Slow };
            match tried.outcome {
                Outcome::Done => None,
                Outcome::Failed(number) => {
                    let at = addressee.position(number);
                    Some(Missed { id: addressee.id, at, health })
                }
            }
        });
        let took = tried.iter().map(|tried| tried.took).max().unwrap_or_default();
        Ok((missed.collect(), took))
    }

    /// The next messages, from memory or from the disk, with the first of those who get them: behind the mark,
    /// or behind the round that is on its way.
    async fn round(
        &self,
        entry: &DueEntry,
        ahead: Option<Position>,
    ) -> Result<Option<(Round, Page)>, Trouble> {
        let at_once = self.bounds.at_once;
        // The answers wait for the commits that they saw: what is delivered is published for certain.
        let look = |lane: &TopicLane, moment: Moment<'_>| {
            round::look(lane, moment, entry, ahead, at_once, None)
        };
        let (from, below) = match self.decide(&entry.arn, look).await? {
            Some(Look::Round(round, page)) => return Ok(Some((round, page))),
            Some(Look::OnDisk(from, below)) => (from, below),
            Some(Look::Nothing) | None => return Ok(None),
        };
        let (messages, _) = self.read(entry, from, below, PAGE).await?;
        let look = |lane: &TopicLane, moment: Moment<'_>| {
            round::look(lane, moment, entry, ahead, at_once, Some((&messages, below)))
        };
        match self.decide(&entry.arn, look).await? {
            Some(Look::Round(round, page)) => Ok(Some((round, page))),
            _ => Ok(None),
        }
    }

    /// Messages from a position on, below another; whether there are more.
    async fn read(
        &self,
        entry: &DueEntry,
        from: Position,
        below: Position,
        limit: PageLimit,
    ) -> Result<(Vec<Arc<Outgoing>>, bool), Trouble> {
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
