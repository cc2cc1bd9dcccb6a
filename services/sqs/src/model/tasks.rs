//! Move tasks: dead letters on their way back, or to a queue of the caller's choice.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html>

use base::{Arn, Span, Timestamp};
use bytes::Bytes;
use store::{Position, StoreError};
use uuid::Uuid;

use crate::keys::{TaskRow, TasksRow};
use crate::limits;

/// A move task of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) id: Uuid,
    pub(crate) started: Timestamp,
    /// The queue that takes the messages; none for the one that each came from.
    pub(crate) to: Option<Arn>,
    /// Most messages a second; none for as many as there are.
    pub(crate) rate: Option<u32>,
    /// Messages from here on came after the task began: they stay.
    pub(crate) below: Position,
    /// How many messages there were to move when it began.
    pub(crate) to_move: u64,
    pub(crate) moved: u64,
    pub(crate) state: State,
    /// When its next step is due; none while messages of the last one are on their way.
    pub(crate) due: Option<Timestamp>,
    /// When it made its last step: the rate counts from here.
    pub(crate) stepped: Timestamp,
}

/// What has become of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Completed,
    /// It ends once what is on its way has arrived.
    Cancelling,
    Cancelled,
    Failed(String),
}

/// The newest tasks of a queue, the oldest first; at most one of them is active.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tasks(Vec<Task>);

/// Most messages of one step.
const STEP: usize = 100;
/// The time for which a rate counts.
const SECOND: Span = Span::from_seconds(1);

impl Task {
    /// Whether it has not ended.
    pub(crate) fn is_active(&self) -> bool {
        matches!(self.state, State::Running | State::Cancelling)
    }

    /// How many messages a step takes.
    pub(crate) fn step(&self) -> usize {
        self.rate.map_or(STEP, |rate| rate as usize)
    }

    /// The same once its messages have arrived: the next step comes as soon as the rate allows, or at once
    /// if it will only find that nothing is left.
    pub(crate) fn after_arrivals(&self, now: Timestamp, is_empty: bool) -> Self {
        let is_paced = self.rate.is_some() && self.state == State::Running && !is_empty;
        let next = if is_paced { self.stepped + SECOND } else { now };
        Task { due: Some(next), ..self.clone() }
    }

    /// The same at its end.
    pub(crate) fn ended(&self, state: State) -> Self {
        Task { state, due: None, ..self.clone() }
    }

    fn to_row(&self) -> TaskRow {
        let failure = match &self.state {
            State::Failed(reason) => Some(reason.clone()),
            _ => None,
        };
        TaskRow {
            id: Bytes::copy_from_slice(self.id.as_bytes()),
            started_ms: self.started.millis(),
            to: self.to.as_ref().map(Arn::to_string),
            rate: self.rate,
            below: self.below.0,
            to_move: self.to_move,
            moved: self.moved,
            state: self.state.number(),
            failure,
            due_ms: self.due.map(Timestamp::millis),
            stepped_ms: self.stepped.millis(),
        }
    }

    fn from_row(row: TaskRow) -> Option<Self> {
        Some(Task {
            id: Uuid::from_slice(&row.id).ok()?,
            started: Timestamp::from_millis(row.started_ms),
            to: row.to.map(|to| to.parse()).transpose().ok()?,
            rate: row.rate,
            below: Position(row.below),
            to_move: row.to_move,
            moved: row.moved,
            state: State::from_number(row.state, row.failure)?,
            due: row.due_ms.map(Timestamp::from_millis),
            stepped: Timestamp::from_millis(row.stepped_ms),
        })
    }
}

impl State {
    /// As AWS names it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            State::Running => "RUNNING",
            State::Completed => "COMPLETED",
            State::Cancelling => "CANCELLING",
            State::Cancelled => "CANCELLED",
            State::Failed(_) => "FAILED",
        }
    }

    /// On disk; never reused.
    fn number(&self) -> u32 {
        match self {
            State::Running => 1,
            State::Completed => 2,
            State::Cancelling => 3,
            State::Cancelled => 4,
            State::Failed(_) => 5,
        }
    }

    fn from_number(number: u32, failure: Option<String>) -> Option<Self> {
        Some(match number {
            1 => State::Running,
            2 => State::Completed,
            3 => State::Cancelling,
            4 => State::Cancelled,
            5 => State::Failed(failure?),
            _ => return None,
        })
    }
}

impl Tasks {
    /// The one that has not ended.
    pub(crate) fn active(&self) -> Option<&Task> {
        self.0.last().filter(|task| task.is_active())
    }

    /// The task with this id.
    pub(crate) fn find(&self, id: &Uuid) -> Option<&Task> {
        self.0.iter().find(|task| task.id == *id)
    }

    /// The newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Task> {
        self.0.iter().rev()
    }

    /// Puts a task in the place of its former state, or behind all others; only so many are remembered.
    pub(crate) fn put(&mut self, task: Task) {
        match self.0.iter_mut().find(|known| known.id == task.id) {
            Some(known) => *known = task,
            None => self.0.push(task),
        }
        let most = *limits::MOVE_TASKS.end() as usize;
        self.0.drain(..self.0.len().saturating_sub(most));
    }

    pub(super) fn to_row(&self) -> TasksRow {
        TasksRow { tasks: self.0.iter().map(Task::to_row).collect() }
    }

    pub(super) fn from_row(row: TasksRow) -> Result<Self, StoreError> {
        let tasks: Option<Vec<Task>> = row.tasks.into_iter().map(Task::from_row).collect();
        tasks.map(Tasks).ok_or_else(|| StoreError::Damaged("the move tasks of a queue".into()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A task that has just begun.
    pub(crate) fn task(id: u128, rate: Option<u32>) -> Task {
        let started = Timestamp::from_millis(7);
        Task {
            id: Uuid::from_u128(id),
            started,
            to: None,
            rate,
            below: Position(10),
            to_move: 10,
            moved: 0,
            state: State::Running,
            due: Some(started),
            stepped: Timestamp::ZERO,
        }
    }

    #[test]
    fn tasks_survive_their_row() {
        let to = "arn:aws:sqs:us-east-1:000000000000:q".parse().ok();
        let mut tasks = Tasks::default();
        let states = [State::Completed, State::Cancelled, State::Failed("gone".into())];
        for (id, state) in states.into_iter().enumerate() {
            tasks.put(task(id as u128, Some(5)).ended(state));
        }
        tasks.put(Task { to, moved: 3, ..task(9, None) });
        tasks.put(Task { state: State::Cancelling, ..task(10, None) });
        assert_eq!(Tasks::from_row(tasks.to_row()), Ok(tasks));
    }

    #[test]
    fn the_ten_newest_are_remembered_and_only_the_last_can_be_active() {
        let mut tasks = Tasks::default();
        for id in 0..12 {
            assert_eq!(tasks.active(), None);
            tasks.put(task(id, None));
            assert!(tasks.active().is_some());
            tasks.put(task(id, None).ended(State::Completed));
        }
        let ids: Vec<u128> = tasks.newest().map(|task| task.id.as_u128()).collect();
        assert_eq!(ids, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    }

    #[test]
    fn a_rate_leaves_a_second_between_steps_and_a_cancelled_task_waits_for_none() {
        let now = Timestamp::from_millis(100);
        let check = |rate, state: State, expected| {
            let task = Task { state, stepped: now, ..task(1, rate) };
            let next = task.after_arrivals(now, false);
            assert_eq!(next.due, Some(Timestamp::from_millis(expected)));
        };
        check(Some(5), State::Running, 1100);
        check(None, State::Running, 100);
        check(Some(5), State::Cancelling, 100);
        assert_eq!(task(1, Some(5)).after_arrivals(now, true).due, Some(now));
    }
}
