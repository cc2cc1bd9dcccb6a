//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html>

use std::sync::Arc;

use api::types::{
    ListMessageMoveTasksRequest, ListMessageMoveTasksResult, ListMessageMoveTasksResultEntry,
};
use base::Arn;
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::QueueLane;
use crate::model::tasks::{State, Task};
use crate::ops::move_task;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: ListMessageMoveTasksRequest,
) -> Result<ListMessageMoveTasksResult, Fault> {
    let source = move_task::arn(&call.caller, "SourceArn", &input.source_arn)?;
    let most = most(input.max_results)?;
    let tasks = sqs.queues.enter(&source, |lane, _| decide(lane, most)).await?;
    let results = tasks.iter().map(|task| entry(&source, task)).collect();
    Ok(ListMessageMoveTasksResult { results: Some(results) })
}

fn most(asked: Option<i32>) -> Result<usize, Error> {
    match asked {
        None => Ok(1),
        Some(asked) if limits::MOVE_TASKS.contains(&i64::from(asked)) => Ok(asked as usize),
        Some(asked) => Err(Error::InvalidValue {
            parameter: "MaxResults",
            value: asked.to_string(),
            reason: "MaxResults must be an integer between 1 and 10.".into(),
        }),
    }
}

fn decide(lane: &QueueLane, most: usize) -> Decision<QueueLane, Vec<Task>, Error> {
    match &lane.queue {
        Some(queue) => {
            Decision::answer(queue.crossing.tasks.newest().take(most).cloned().collect())
        }
        None => Decision::Refuse(Error::ResourceNotFound("SourceArn")),
    }
}

/// A task as its reader sees it; only one that is running can be cancelled, and has a handle for that.
fn entry(source: &Arn, task: &Task) -> ListMessageMoveTasksResultEntry {
    let count = |count: u64| Some(i64::try_from(count).unwrap_or(i64::MAX));
    let is_running = task.state == State::Running;
    ListMessageMoveTasksResultEntry {
        task_handle: is_running.then(|| move_task::handle(&task.id, source)),
        status: Some(task.state.name().to_owned()),
        source_arn: Some(source.to_string()),
        destination_arn: task.to.as_ref().map(Arn::to_string),
        max_number_of_messages_per_second: task.rate.and_then(|rate| i32::try_from(rate).ok()),
        approximate_number_of_messages_moved: count(task.moved),
        approximate_number_of_messages_to_move: count(task.to_move),
        failure_reason: match &task.state {
            State::Failed(reason) => Some(reason.clone()),
            _ => None,
        },
        started_timestamp: count(task.started.millis()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tasks::tests::task;
    use crate::model::testing;

    #[test]
    fn only_a_running_task_has_a_handle_and_only_a_failed_one_a_reason() {
        let source = testing::lane().arn;
        let running = entry(&source, &task(1, None));
        assert!(running.task_handle.is_some() && running.failure_reason.is_none());
        let failed = entry(&source, &task(1, None).ended(State::Failed("gone".into())));
        assert!(failed.task_handle.is_none());
        assert_eq!(failed.failure_reason.as_deref(), Some("gone"));
    }

    #[test]
    fn one_task_is_listed_unless_more_are_asked_for() {
        assert_eq!((most(None), most(Some(10))), (Ok(1), Ok(10)));
        assert!(most(Some(0)).is_err() && most(Some(11)).is_err());
    }
}
