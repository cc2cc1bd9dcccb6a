//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html>

use std::sync::Arc;

use api::types::{StartMessageMoveTaskRequest, StartMessageMoveTaskResult};
use base::{Arn, Timestamp};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::access;
use crate::error::Error;
use crate::limits;
use crate::model::name::is_fifo;
use crate::model::tasks::{State, Task};
use crate::model::{Change, QueueLane};
use crate::ops::{list_dead_letter_source_queues as sources, move_task};

/// What the caller wants, checked.
struct Asked {
    to: Option<Arn>,
    rate: Option<u32>,
}

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: StartMessageMoveTaskRequest,
) -> Result<StartMessageMoveTaskResult, Fault> {
    let source = move_task::arn(&call.caller, "SourceArn", &input.source_arn)?;
    let to = input.destination_arn.as_deref();
    let to = to.map(|to| move_task::arn(&call.caller, "DestinationArn", to)).transpose()?;
    let asked = Asked { to, rate: rate(input.max_number_of_messages_per_second)? };
    check(&sqs, &source, &asked).await?;
    if asked.to.is_none() {
        may_give_back(&sqs, &call, &source).await?;
    }
    let id = sqs.queues.enter(&source, |lane, moment| decide(lane, moment, &asked)).await?;
    Ok(StartMessageMoveTaskResult { task_handle: Some(move_task::handle(&id, &source)) })
}

fn rate(asked: Option<i32>) -> Result<Option<u32>, Error> {
    match asked {
        Some(asked) if !limits::MOVE_RATE.contains(&i64::from(asked)) => Err(Error::InvalidValue {
            parameter: "MaxNumberOfMessagesPerSecond",
            value: asked.to_string(),
            reason: "Must be between 1 and 500, if provided.".into(),
        }),
        asked => Ok(asked.map(i32::unsigned_abs)),
    }
}

/// Both queues must be there and of one kind, and the source must be somebody's dead-letter queue.
async fn check(sqs: &Sqs, source: &Arn, asked: &Asked) -> Result<(), Error> {
    must_exist(sqs, source, "SourceArn").await?;
    if let Some(to) = &asked.to {
        must_exist(sqs, to, "DestinationArn").await?;
        if is_fifo(to) != is_fifo(source) {
            return Err(Error::InvalidParameter(
                "The source queue and the destination queue must be of the same type.".into(),
            ));
        }
    }
    if sources::list(sqs, source, None, 1).await?.is_empty() {
        return Err(Error::InvalidParameter(
            "Source queue must be configured as a Dead Letter Queue.".into(),
        ));
    }
    Ok(())
}

/// Whether the caller may send to every queue whose dead letters go to this one.
async fn may_give_back(sqs: &Sqs, call: &Call, queue: &Arn) -> Result<(), Fault> {
    const PAGE: usize = 1000;
    let mut after: Option<Arn> = None;
    // Without signatures nobody asks.
    while call.caller.authority().is_some() {
        let page = sources::list(sqs, queue, after.as_ref().map(Arn::as_str), PAGE).await?;
        runtime::authorize(call, &access::to_sources(&page), Some(sqs)).await?;
        after = page.last().cloned();
        if page.len() <= PAGE {
            break;
        }
    }
    Ok(())
}

async fn must_exist(sqs: &Sqs, queue: &Arn, parameter: &'static str) -> Result<(), Error> {
    let look = |lane: &QueueLane, _: Moment<'_>| match lane.queue {
        Some(_) => Decision::answer(()),
        None => Decision::Refuse(Error::ResourceNotFound(parameter)),
    };
    sqs.queues.enter(queue, look).await
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    asked: &Asked,
) -> Decision<QueueLane, uuid::Uuid, Error> {
    let Some(queue) = &lane.queue else {
        return Decision::Refuse(Error::ResourceNotFound("SourceArn"));
    };
    if queue.task().is_some() {
        return Decision::Refuse(Error::UnsupportedOperation(
            "There is an active message movement task for this queue: only one is possible at a time."
                .into(),
        ));
    }
    let task = Task {
        id: moment.random.uuid(),
        started: moment.now,
        to: asked.to.clone(),
        rate: asked.rate,
        below: queue.backlog.tail(),
        to_move: queue.backlog.counts().visible,
        moved: 0,
        state: State::Running,
        due: Some(moment.now),
        stepped: Timestamp::ZERO,
    };
    let id = task.id;
    Decision::grow(vec![Change::Moving(Box::new(task))], id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn one_task_at_a_time_moves_what_was_there_when_it_began() {
        let (mut lane, _) = testing::received(1);
        let asked = Asked { to: None, rate: Some(5) };
        let Decision::Plan(plan) = decide(&lane, testing::moment(40_000), &asked) else {
            panic!("refused")
        };
        testing::apply(&mut lane, plan.changes);
        let task = lane.queue().unwrap().task().unwrap();
        assert_eq!((task.below, task.rate), (store::Position(1), Some(5)));
        let again = decide(&lane, testing::moment(40_000), &asked);
        assert!(matches!(again, Decision::Refuse(Error::UnsupportedOperation(_))));
    }

    #[test]
    fn rates_are_from_one_to_five_hundred_a_second() {
        assert_eq!((rate(None), rate(Some(1))), (Ok(None), Ok(Some(1))));
        assert_eq!(rate(Some(500)), Ok(Some(500)));
        assert!(rate(Some(0)).is_err() && rate(Some(501)).is_err());
    }
}
