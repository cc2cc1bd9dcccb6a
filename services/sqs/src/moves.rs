//! The steps of move tasks: each sends a bounded number of messages off, and the next one comes when these
//! have arrived and the task's rate allows it.

use runtime::due::DueEntry;
use runtime::{Decision, Moment, Trouble};

use crate::Sqs;
use crate::model::backlog::{Move, Need};
use crate::model::tasks::{State, Task};
use crate::model::{Change, Queue, QueueLane};

impl Sqs {
    /// Takes the step that is due.
    pub(crate) async fn step(&self, entry: &DueEntry) -> Result<(), Trouble> {
        self.queues.enter(&entry.arn, |lane, moment| decide(lane, moment, entry)).await
    }
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    entry: &DueEntry,
) -> Decision<QueueLane, (), Trouble> {
    let queue = lane.queue.as_ref().filter(|queue| queue.incarnation == entry.incarnation);
    let task = queue.and_then(Queue::task).filter(|task| task.due == Some(entry.at));
    let Some((queue, task)) = queue.zip(task) else { return Decision::answer(()) };
    match plan(queue, moment, task) {
        Ok(changes) => Decision::keep(changes, ()),
        Err(need) => Decision::Fetch(queue.want(need)),
    }
}

fn plan(queue: &Queue, moment: Moment<'_>, task: &Task) -> Result<Vec<Change>, Need> {
    if task.state == State::Cancelling {
        return Ok(vec![moving(task.ended(State::Cancelled))]);
    }
    let mut taken = queue.backlog.to_move(Move {
        below: task.below,
        most: task.step(),
        to: task.to.as_ref(),
        now: moment.now,
        retention: queue.attributes.retention,
    })?;
    taken.relay_at = queue.relay_for(taken.leaving.len(), moment.now);
    let task = match (taken.leaving.is_empty(), taken.dead.is_empty()) {
        (true, true) => return Ok(vec![moving(task.ended(State::Completed))]),
        (true, false) => Task { due: Some(moment.now), ..task.clone() },
        (false, _) => Task { due: None, stepped: moment.now, ..task.clone() },
    };
    Ok(vec![Change::Received(taken), moving(task)])
}

fn moving(task: Task) -> Change {
    Change::Moving(Box::new(task))
}
