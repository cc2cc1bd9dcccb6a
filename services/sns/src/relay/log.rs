//! Access to a topic's lane and log.

use std::sync::Arc;

use base::Arn;
use runtime::jobs::Timer;
use runtime::{Decision, Moment, Trouble};
use store::{PageLimit, Position};

use crate::Sns;
use crate::error::Error;
use crate::model::outgoing::Outgoing;
use crate::model::{TopicLane, read};

/// Some entries of a log.
#[derive(Debug)]
pub(super) struct LogPage {
    pub(super) messages: Vec<Arc<Outgoing>>,
    /// There are more behind them.
    pub(super) more: bool,
}

impl LogPage {
    /// About how many bytes they have.
    pub(super) fn bytes(&self) -> usize {
        self.messages.iter().map(|message| message.size).sum()
    }

    /// The position up to which nothing else stands, if the log was read up to `below`.
    pub(super) fn reached(&self, below: Position) -> Position {
        let last = self.messages.last().filter(|_| self.more);
        last.map_or(below, |last| last.position.next())
    }
}

impl Sns {
    /// Reads the log of a topic from a position on, below another one.
    pub(super) async fn read_log(
        &self,
        entry: &Timer,
        from: Position,
        below: Position,
        limit: PageLimit,
    ) -> Result<LogPage, Trouble> {
        let rows = self.topics.rows(&entry.arn);
        let read = read::entries(entry.incarnation, from, limit, &rows).await;
        let (entries, more) = read.map_err(|error| {
            tracing::error!(topic = %entry.arn, %error, "cannot read messages");
            Trouble::Unavailable("messages cannot be read".into())
        })?;
        let inside = entries.into_iter().filter(|(position, _)| *position < below);
        let outgoing = |(position, entry)| Arc::new(Outgoing::new(position, Arc::new(entry)));
        Ok(LogPage { messages: inside.map(outgoing).collect(), more })
    }

    /// Decides in the lane of a topic; none if the topic does not exist any more.
    pub(super) async fn decide<A>(
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
