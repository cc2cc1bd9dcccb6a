//! The steps of move tasks: each sends a bounded number of messages off, and the next one comes when these
//! have arrived and the task's rate allows it.

use base::Timestamp;
use runtime::jobs::Timer;
use runtime::{Decision, Moment, Trouble};

use crate::Sqs;
use crate::model::backlog::Need;
use crate::model::leaving::Move;
use crate::model::tasks::{State, Task};
use crate::model::{Change, Queue, QueueLane};

impl Sqs {
    /// Takes the step that is due.
    pub(crate) async fn step(&self, entry: &Timer) -> Result<(), Trouble> {
        // A manual clock jumps: each step that is due on the way counts from its own time. A step that is
        // late on a real clock is late, and not made up for in a burst.
        let is_manual = self.queues.node().timers().clock().is_manual();
        self.queues.enter(&entry.arn, |lane, moment| decide(lane, moment, entry, is_manual)).await
    }
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    entry: &Timer,
    is_manual: bool,
) -> Decision<QueueLane, (), Trouble> {
    let queue = lane.queue.as_ref().filter(|queue| queue.incarnation == entry.incarnation);
    let task = queue.and_then(Queue::task).filter(|task| task.due == Some(entry.at));
    let Some((queue, task)) = queue.zip(task) else { return Decision::answer(()) };
    let stepped = if is_manual { entry.at } else { moment.now };
    match plan(queue, moment.now, stepped, task) {
        Ok(changes) => Decision::keep(changes, ()),
        Err(need) => Decision::Fetch(queue.want(need)),
    }
}

fn plan(
    queue: &Queue,
    now: Timestamp,
    stepped: Timestamp,
    task: &Task,
) -> Result<Vec<Change>, Need> {
    if task.state == State::Cancelling {
        return Ok(vec![moving(task.ended(State::Cancelled))]);
    }
    let mut taken = queue.backlog.to_move(Move {
        below: task.below,
        most: task.step(),
        to: task.to.as_ref(),
        now,
        retention: queue.attributes.retention,
    })?;
    taken.relay_at = queue.relay_for(taken.leaving.len(), now);
    let task = match (taken.leaving.is_empty(), taken.dead.is_empty()) {
        (true, true) => return Ok(vec![moving(task.ended(State::Completed))]),
        (true, false) => Task { due: Some(now), ..task.clone() },
        (false, _) => Task { due: None, stepped, ..task.clone() },
    };
    Ok(vec![Change::Received(taken), moving(task)])
}

fn moving(task: Task) -> Change {
    Change::Moving(Box::new(task))
}
