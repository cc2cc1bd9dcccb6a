//! `…/explain/<message id>`: why a message is not delivered.

use base::{Arn, Timestamp};
use runtime::{NoPage, PageAnswer};
use serde_json::{Value, json};
use store::{PageLimit, Position};
use uuid::Uuid;

use super::messages::{look, look_farther};
use super::shown::Known;
use super::unreadable;
use crate::Sqs;
use crate::model::backlog::{State, Stored};
use crate::model::{Message, Queue};

/// Most records that are looked through for an id: there is no index of ids.
const MOST: usize = 100_000;
const READ: PageLimit = PageLimit { rows: 1000, bytes: 4 << 20 };

pub(super) async fn page(sqs: &Sqs, queue: &Arn, id: &str) -> PageAnswer {
    let id: Uuid = id.parse().map_err(|_| NoPage::Invalid("This is no message id.".into()))?;
    let Some((position, stored)) = find(sqs, queue, id).await? else {
        return Err(NoPage::NotFound(format!(
            "There is no such message among the first {MOST}: it was deleted, or its retention is over, \
             or it waits behind them."
        )));
    };
    let now = sqs.queues.node().timers().now();
    let found = look_farther(sqs, queue, |queue| {
        let Some(state) = queue.backlog.state(position)? else { return Ok(None) };
        let known = Known::of(&queue.backlog, position);
        let reason = reason(queue, state, &known, now);
        Ok(Some((state, reason, known.show(&stored))))
    });
    let (state, reason, message) = found
        .await?
        .ok_or_else(|| NoPage::NotFound("The message has just been deleted.".into()))?;
    Ok(json!({ "State": name(state), "Reason": reason, "Message": message }).to_string())
}

/// Reads the log from its first message on.
async fn find(sqs: &Sqs, queue: &Arn, id: Uuid) -> Result<Option<(Position, Stored)>, NoPage> {
    let start = |queue: &Queue| (queue.incarnation, queue.backlog.head());
    let (incarnation, mut from) = look(sqs, queue, start).await?;
    let rows = sqs.queues.rows(queue);
    let mut seen = 0;
    while seen < MOST {
        let page = rows.read(incarnation, from, READ).await.map_err(unreadable)?;
        let Some((last, _)) = page.records.last() else { return Ok(None) };
        from = last.next();
        seen += page.records.len();
        for (position, bytes) in page.records {
            let stored = Stored::read(bytes).map_err(unreadable)?;
            if Message::decode(&stored).map_err(unreadable)?.id == id {
                return Ok(Some((position, stored)));
            }
        }
        if !page.more {
            return Ok(None);
        }
    }
    Ok(None)
}

fn name(state: State) -> &'static str {
    match state {
        State::Visible => "visible",
        State::InFlight => "inflight",
        State::Delayed => "delayed",
        State::Locked => "locked",
        State::Leaving => "leaving",
    }
}

fn reason(queue: &Queue, state: State, known: &Known, now: Timestamp) -> Value {
    let until = known.tracked.as_ref().map_or(now, |tracked| tracked.visible_at);
    let seconds = until.since(now).seconds();
    match state {
        State::InFlight => {
            let receives = known.tracked.as_ref().map_or(0, |tracked| tracked.receives);
            format!(
                "A receiver has it since its receive number {receives}; unless it is deleted, it is visible \
                 again in {seconds} s."
            )
        }
        State::Leaving => {
            let departure = known.tracked.as_ref().and_then(|tracked| tracked.leaving.as_ref());
            let why = match departure {
                Some(departure) if departure.by_task => "A move task has taken it",
                _ => "It was received too often",
            };
            let to = departure.and_then(|departure| departure.to.as_ref());
            let to = to.map_or("the queue that it came from", |to| to.as_str());
            format!("{why}: it is on its way to {to}.")
        }
        State::Locked => "It waits behind a message of its group that a receiver has, that is delayed, or \
                          that is on its way to another queue."
            .to_owned(),
        State::Delayed => format!("It was sent with a delay that ends in {seconds} s."),
        State::Visible => {
            let counts = queue.backlog.counts();
            format!(
                "Nothing keeps it: it is one of {} messages that the next receives get.",
                counts.visible
            )
        }
    }
    .into()
}
