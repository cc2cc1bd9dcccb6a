//! `…/messages?state=visible|inflight|delayed|locked|leaving&limit=10`: the messages in a state, those first whose turn comes
//! first.

use base::Arn;
use runtime::{Decision, Moment, NoPage, PageAnswer, PageRequest};
use serde_json::{Value, json};
use store::{PageLimit, Position};

use super::shown::Known;
use super::{no_page, unreadable};
use crate::Sqs;
use crate::error::Error;
use crate::model::backlog::{Need, State, Stored};
use crate::model::{Queue, QueueLane};

/// Most messages of one page.
const MOST: usize = 100;
/// Records that are read at once in search of fresh messages.
const READ: PageLimit = PageLimit { rows: 200, bytes: 4 << 20 };

pub(super) async fn page(sqs: &Sqs, queue: &Arn, request: &PageRequest) -> PageAnswer {
    let state = state(request.parameter("state").unwrap_or("visible"))?;
    let limit = limit(request.parameter("limit"))?;
    let mut shown = tracked(sqs, queue, state, limit).await?;
    // A FIFO queue's waiting messages are all in its index.
    let is_standard = look(sqs, queue, |queue| queue.backlog.fifo().is_none()).await?;
    if is_standard && state == State::Visible && shown.len() < limit {
        let more = fresh(sqs, queue, limit - shown.len()).await?;
        shown.extend(more);
    }
    Ok(json!({ "Messages": shown }).to_string())
}

fn state(text: &str) -> Result<State, NoPage> {
    match text {
        "visible" => Ok(State::Visible),
        "inflight" => Ok(State::InFlight),
        "delayed" => Ok(State::Delayed),
        "locked" => Ok(State::Locked),
        "leaving" => Ok(State::Leaving),
        _ => Err(NoPage::Invalid("state is visible, inflight, delayed, locked or leaving.".into())),
    }
}

fn limit(text: Option<&str>) -> Result<usize, NoPage> {
    let limit = text.map_or(Ok(10), str::parse);
    let limit = limit.ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| NoPage::Invalid(format!("limit is a number from 1 to {MOST}.")))
}

/// Messages that were received or delayed.
async fn tracked(sqs: &Sqs, queue: &Arn, state: State, most: usize) -> Result<Vec<Value>, NoPage> {
    let (incarnation, found) = look_farther(sqs, queue, |queue| {
        let positions = queue.backlog.look(state, most)?.into_iter();
        let known = positions.map(|at| Known::of(&queue.backlog, at)).collect::<Vec<_>>();
        Ok((queue.incarnation, known))
    })
    .await?;
    let rows = sqs.queues.rows(queue);
    let mut shown = Vec::with_capacity(found.len());
    for known in found {
        let one = PageLimit { rows: 1, bytes: 1 };
        let page = rows.read(incarnation, known.position, one).await.map_err(unreadable)?;
        let record = page.records.into_iter().find(|(position, _)| *position == known.position);
        if let Some((_, bytes)) = record {
            shown.push(known.show(&Stored::read(bytes).map_err(unreadable)?));
        }
    }
    Ok(shown)
}

/// Messages that were never received.
async fn fresh(sqs: &Sqs, queue: &Arn, most: usize) -> Result<Vec<Value>, NoPage> {
    let start = |queue: &Queue| (queue.incarnation, queue.backlog.cursor());
    let (incarnation, mut from) = look(sqs, queue, start).await?;
    let rows = sqs.queues.rows(queue);
    let mut shown = Vec::new();
    while shown.len() < most {
        let page = rows.read(incarnation, from, READ).await.map_err(unreadable)?;
        let Some((last, _)) = page.records.last() else { break };
        from = last.next();
        let positions: Vec<Position> = page.records.iter().map(|(at, _)| *at).collect();
        let is_fresh = look(sqs, queue, |queue| {
            let is_fresh = |at: &Position| {
                let is_there = matches!(queue.backlog.state(*at), Ok(Some(_)));
                queue.backlog.tracked(*at).is_none() && is_there
            };
            positions.iter().map(is_fresh).collect::<Vec<bool>>()
        })
        .await?;
        for ((position, bytes), _) in page.records.into_iter().zip(is_fresh).filter(|(_, f)| *f) {
            let known = Known { position, tracked: None };
            shown.push(known.show(&Stored::read(bytes).map_err(unreadable)?));
        }
        if !page.more {
            break;
        }
    }
    shown.truncate(most);
    Ok(shown)
}

/// Looks at a queue in its lane.
pub(super) async fn look<T>(
    sqs: &Sqs,
    queue: &Arn,
    see: impl Fn(&Queue) -> T,
) -> Result<T, NoPage> {
    look_farther(sqs, queue, |queue| Ok(see(queue))).await
}

/// The same where memory may lack what is looked for.
pub(super) async fn look_farther<T>(
    sqs: &Sqs,
    queue: &Arn,
    see: impl Fn(&Queue) -> Result<T, Need>,
) -> Result<T, NoPage> {
    let look = |lane: &QueueLane, _: Moment<'_>| match lane.queue() {
        Ok(queue) => match see(queue) {
            Ok(seen) => Decision::answer(seen),
            Err(need) => Decision::Fetch(queue.want(need)),
        },
        Err(error) => Decision::<_, _, Error>::Refuse(error),
    };
    sqs.queues.enter(queue, look).await.map_err(no_page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_limits_are_checked() {
        assert_eq!(state("inflight"), Ok(State::InFlight));
        assert!(state("gone").is_err());
        assert_eq!((limit(None), limit(Some("100"))), (Ok(10), Ok(100)));
        assert!(limit(Some("0")).is_err() && limit(Some("101")).is_err());
        assert!(limit(Some("ten")).is_err());
    }
}
