//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CancelMessageMoveTask.html>

use std::sync::Arc;

use api::types::{CancelMessageMoveTaskRequest, CancelMessageMoveTaskResult};
use runtime::{Call, Decision, Moment};
use shape::Fault;
use uuid::Uuid;

use crate::Sqs;
use crate::error::Error;
use crate::model::tasks::{State, Task};
use crate::model::{Change, QueueLane};
use crate::ops::move_task;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: CancelMessageMoveTaskRequest,
) -> Result<CancelMessageMoveTaskResult, Fault> {
    let (id, source) = move_task::read_handle(&call.caller, &input.task_handle)?;
    let moved = sqs.queues.enter(&source, |lane, moment| decide(lane, moment, &id)).await?;
    Ok(CancelMessageMoveTaskResult { approximate_number_of_messages_moved: Some(moved) })
}

/// What is on its way arrives all the same; the task ends then. Its next step, which does that, need not
/// wait for the task's rate.
fn decide(lane: &QueueLane, moment: Moment<'_>, id: &Uuid) -> Decision<QueueLane, i64, Error> {
    let task = lane.queue.as_ref().and_then(|queue| queue.crossing.tasks.find(id));
    let Some(task) = task else { return Decision::Refuse(Error::TaskNotFound) };
    if task.state != State::Running {
        return Decision::Refuse(Error::UnsupportedOperation(
            "Only a message movement task that is running can be cancelled.".into(),
        ));
    }
    let due = task.due.map(|due| due.min(moment.now));
    let cancelled = Task { state: State::Cancelling, due, ..task.clone() };
    let moved = i64::try_from(task.moved).unwrap_or(i64::MAX);
    Decision::keep(vec![Change::Moving(Box::new(cancelled))], moved)
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;
    use crate::model::tasks::tests::task;
    use crate::model::testing;

    #[test]
    fn a_running_task_is_cancelled_once_and_need_not_wait_for_its_rate() {
        let mut lane = testing::lane();
        let waiting = Task { due: Some(Timestamp::from_millis(900)), ..task(1, Some(1)) };
        testing::apply(&mut lane, vec![Change::Moving(Box::new(waiting))]);
        let cancel =
            |lane: &QueueLane, id| decide(lane, testing::moment(100), &Uuid::from_u128(id));
        assert!(matches!(cancel(&lane, 2), Decision::Refuse(Error::TaskNotFound)));
        let Decision::Plan(plan) = cancel(&lane, 1) else { panic!("refused") };
        testing::apply(&mut lane, plan.changes);
        assert_eq!(lane.queue().unwrap().task().unwrap().due, Some(Timestamp::from_millis(100)));
        let again = cancel(&lane, 1);
        assert!(matches!(again, Decision::Refuse(Error::UnsupportedOperation(_))));
    }
}
