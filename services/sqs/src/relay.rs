//! Delivers what leaves a queue, in order and one delivery at a time; driven by due rows, so that it goes
//! on after a restart from where it was.

use std::iter;

use base::{Arn, Span, Timestamp};
use runtime::delivery::Refusal;
use runtime::jobs::Timer;
use runtime::{Decision, Moment, Trouble};

use crate::Sqs;
use crate::model::crossing::Left;
use crate::model::leaving::{Departure, Outgoing, Settled};
use crate::model::name::is_fifo;
use crate::model::tasks::{State, Task};
use crate::model::{Change, Message, Queue, QueueLane};
use crate::ops::fifo::Keys;
use crate::ops::sending::Sending;
use crate::port::{Parcel, Source};

/// Most messages of one delivery.
const DELIVERY: usize = 10;
/// How long a dead letter that its dead-letter queue has not taken stays: it is received as if there were
/// no policy, and then may be tried again.
const STAY: Span = Span::from_seconds(60);

/// What came of a delivery, by number.
#[derive(Debug, Default)]
struct Outcome {
    delivered: Vec<u64>,
    /// The message that goes back, and why.
    returned: Option<(u64, String)>,
}

impl Sqs {
    /// Delivers the first messages that leave a queue, and settles what came of it. There is one errand of a
    /// queue at a time, so numbers of a stream do not overtake each other. On trouble everything
    /// is as before, and the same messages are delivered again.
    pub(crate) async fn relay(&self, entry: &Timer) -> Result<(), Trouble> {
        // The answer waits for the commits that it saw: what is delivered leaves for certain.
        let first = |lane: &QueueLane, _: Moment<'_>| decide_outgoing(lane, entry);
        let Some(outgoing) = self.queues.enter(&entry.arn, first).await? else { return Ok(()) };
        let outcome = self.deliver(entry, outgoing).await?;
        let settle =
            |lane: &QueueLane, moment: Moment<'_>| decide_left(lane, moment, entry, &outcome);
        self.queues.enter(&entry.arn, settle).await
    }

    /// Delivers the first message, and those behind it that go to the same queue.
    async fn deliver(&self, entry: &Timer, outgoing: Vec<Outgoing>) -> Result<Outcome, Trouble> {
        let mut first = None;
        let mut parcels = Vec::with_capacity(outgoing.len());
        for one in outgoing {
            let message = read(entry, &one)?;
            let target = target(&one, &message);
            if *first.get_or_insert_with(|| target.clone()) != target {
                break;
            }
            parcels.push(self.parcel(entry, one, message));
        }
        let numbers: Vec<u64> = parcels.iter().map(|parcel| parcel.number).collect();
        let Some(target) = first.flatten() else {
            let reason = || "CouldNotDetermineMessageSource".to_owned();
            let returned = numbers.first().map(|number| (*number, reason()));
            return Ok(Outcome { delivered: Vec::new(), returned });
        };
        let source = Source { stream: entry.incarnation, sender: None };
        let answer = self.enqueue(&target, source, &parcels).await?;
        let (delivered, others) = numbers.split_at(answer.accepted);
        let returned = others.first().copied().zip(answer.refused.map(reason));
        if let Some((_, reason)) = &returned {
            tracing::warn!(queue = %entry.arn, %target, %reason, "a message goes back");
        }
        Ok(Outcome { delivered: delivered.to_vec(), returned })
    }

    /// A dead letter keeps its identity, and in standard queues the time at which it was first sent; in FIFO
    /// queues it is dated anew. A message that is moved is a new one. From one FIFO queue to another the
    /// deduplication id is replaced by the id that the message had, so that two messages that share one do
    /// not become duplicates of each other.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html>
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html>
    fn parcel(&self, entry: &Timer, outgoing: Outgoing, mut message: Message) -> Parcel {
        let node = self.queues.node();
        let Departure { number, by_task, .. } = outgoing.departure;
        let mut sent = outgoing.stored.sent;
        let mut keys = None;
        if is_fifo(&entry.arn) {
            let id = message.id.to_string();
            keys = message.group_id.as_deref().map(|group| Keys::crossing(group, &id));
            message.deduplication_id = Some(id);
            sent = node.timers().now();
        }
        if by_task {
            message.id = node.random().uuid();
            message.source = None;
            sent = node.timers().now();
        } else {
            message.source = Some(entry.arn.to_string());
        }
        Parcel { number, sending: Sending { keys, ..Sending::new(message, sent, None) } }
    }
}

fn read(entry: &Timer, outgoing: &Outgoing) -> Result<Message, Trouble> {
    Message::decode(&outgoing.stored).map_err(|error| {
        tracing::error!(queue = %entry.arn, %error, "cannot read a message");
        Trouble::Unavailable("a message cannot be read".into())
    })
}

/// The queue that takes a message; none if nobody knows where it came from.
fn target(outgoing: &Outgoing, message: &Message) -> Option<Arn> {
    match &outgoing.departure.to {
        Some(to) => Some(to.clone()),
        None => message.source.as_ref()?.parse().ok(),
    }
}

/// As a failed move task says it.
fn reason(refusal: Refusal) -> String {
    match refusal {
        Refusal::Gone => "AWS.SimpleQueueService.NonExistentQueue".into(),
        Refusal::Denied(reason) => reason,
    }
}

/// The life of the queue for which a relay is due.
fn due<'l>(lane: &'l QueueLane, entry: &Timer) -> Option<&'l Queue> {
    let queue = lane.queue.as_ref().filter(|queue| queue.incarnation == entry.incarnation);
    queue.filter(|queue| queue.crossing.relay_at == Some(entry.at))
}

fn decide_outgoing(
    lane: &QueueLane,
    entry: &Timer,
) -> Decision<QueueLane, Option<Vec<Outgoing>>, Trouble> {
    let Some(queue) = due(lane, entry) else { return Decision::answer(None) };
    match queue.backlog.outgoing(DELIVERY) {
        Ok(outgoing) => Decision::answer(Some(outgoing)),
        Err(need) => Decision::Fetch(queue.want(need)),
    }
}

fn decide_left(
    lane: &QueueLane,
    moment: Moment<'_>,
    entry: &Timer,
    outcome: &Outcome,
) -> Decision<QueueLane, (), Trouble> {
    let Some(queue) = due(lane, entry) else { return Decision::answer(()) };
    Decision::keep(plan_left(queue, moment.now, entry, outcome), ())
}

/// What is settled, as far as it was still leaving: a purge may have come in between. Behind a message that
/// goes back, those of its group in a FIFO queue do too.
fn plan_left(queue: &Queue, now: Timestamp, entry: &Timer, outcome: &Outcome) -> Vec<Change> {
    let is_leaving = |number: &u64| queue.backlog.departing(*number).is_some();
    let delivered = outcome.delivered.iter().copied().filter(is_leaving).collect();
    let refused = outcome.returned.iter().map(|(number, _)| *number).filter(is_leaving);
    let returned =
        refused.flat_map(|number| iter::once(number).chain(queue.backlog.departing_behind(number)));
    let returned = returned.collect();
    let settled = Settled { delivered, returned, at: now, stays_until: now + STAY };
    let remain = queue.backlog.leaving().count() - settled.delivered.len() - settled.returned.len();
    let sent = settled.returned.iter().filter_map(|number| queue.backlog.departing(*number));
    let sent = sent.map(|(_, message)| message.sent).min();
    let task = queue.task().map(|task| settle_task(queue, task, &settled, outcome));
    let task = match task {
        Some(task) if remain == 0 && task.is_active() && task.due.is_none() => {
            Some(task.after_arrivals(now, queue.backlog.counts().visible == 0))
        }
        task => task,
    };
    let left = Left {
        done: entry.clone(),
        relay_at: (remain > 0).then_some(now),
        sweep_at: sent.and_then(|sent| queue.sweep_for(sent)),
        settled,
    };
    let task = task.filter(|task| queue.task() != Some(task));
    let task = task.map(|task| Change::Moving(Box::new(task)));
    [Change::Left(Box::new(left))].into_iter().chain(task).collect()
}

/// Counts what a task has moved. It fails with the first message that it cannot move.
fn settle_task(queue: &Queue, task: &Task, settled: &Settled, outcome: &Outcome) -> Task {
    let by_task = |number: &&u64| {
        let departing = queue.backlog.departing(**number);
        let departure = departing.and_then(|(_, message)| message.leaving.as_ref());
        departure.is_some_and(|departure| departure.by_task)
    };
    let moved = task.moved + settled.delivered.iter().filter(by_task).count() as u64;
    let task = Task { moved, ..task.clone() };
    let reason = outcome.returned.as_ref().map(|(_, reason)| reason);
    match reason.filter(|_| settled.returned.iter().any(|number| by_task(&number))) {
        Some(reason) => task.ended(State::Failed(reason.clone())),
        None => task,
    }
}

#[cfg(test)]
mod tests {
    use store::Position;

    use super::*;
    use crate::model::leaving::Move;
    use crate::model::tasks::tests::task;
    use crate::model::testing;

    const AT: Timestamp = Timestamp::from_millis(50);

    /// A queue from which three of four messages leave for a task, and the relay that is due.
    fn leaving() -> (QueueLane, Timer) {
        let mut lane = testing::lane();
        for position in 0..4 {
            let stored = testing::stored(5);
            let position = Position(position);
            let sent = Change::Sent { position, stored, delayed_until: None, sweep_at: None };
            testing::apply(&mut lane, vec![sent]);
        }
        let queue = lane.queue.as_ref().unwrap();
        let retention = queue.attributes.retention;
        let wanted = Move { below: Position(4), most: 3, to: None, now: AT, retention };
        let mut taken = queue.backlog.to_move(wanted).unwrap();
        taken.relay_at = queue.relay_for(taken.leaving.len(), AT);
        let task = Task { due: None, stepped: AT, ..task(1, Some(3)) };
        let entry =
            Timer { at: AT, incarnation: queue.incarnation, kind: 20, arn: lane.arn.clone() };
        testing::apply(&mut lane, vec![Change::Received(taken), Change::Moving(Box::new(task))]);
        (lane, entry)
    }

    fn settle(lane: &mut QueueLane, entry: &Timer, outcome: &Outcome) {
        let queue = lane.queue.as_ref().unwrap();
        let changes = plan_left(queue, Timestamp::from_millis(60), entry, outcome);
        testing::apply(lane, changes);
        testing::observe(lane, 60);
    }

    #[test]
    fn a_leaving_message_is_in_flight_until_it_has_arrived() {
        let (mut lane, entry) = leaving();
        assert_eq!(lane.queue().unwrap().backlog.counts().in_flight, 3);
        let outcome = Outcome { delivered: vec![1, 2], returned: None };
        settle(&mut lane, &entry, &outcome);
        let queue = lane.queue().unwrap();
        assert_eq!(queue.backlog.counts().in_flight, 1);
        assert_eq!(queue.crossing.relay_at, Some(Timestamp::from_millis(60)));
        assert_eq!(queue.task().map(|task| (task.moved, task.due)), Some((2, None)));
    }

    #[test]
    fn the_last_arrival_ends_the_relay_and_the_task_goes_on_when_its_rate_allows() {
        let (mut lane, entry) = leaving();
        settle(&mut lane, &entry, &Outcome { delivered: vec![1, 2, 3], returned: None });
        let queue = lane.queue().unwrap();
        assert_eq!((queue.backlog.leaving().count(), queue.crossing.relay_at), (0, None));
        assert_eq!(queue.task().unwrap().due, Some(Timestamp::from_millis(1050)));
    }

    #[test]
    fn a_refused_message_goes_back_and_its_task_fails_with_the_reason() {
        let (mut lane, entry) = leaving();
        let returned = Some((2, "gone".to_owned()));
        settle(&mut lane, &entry, &Outcome { delivered: vec![1], returned });
        let queue = lane.queue().unwrap();
        let counts = queue.backlog.counts();
        assert_eq!((counts.visible, counts.in_flight), (2, 1));
        assert_eq!(queue.sweep_at, Some(Timestamp::from_millis(5) + queue.attributes.retention));
        assert_eq!(queue.task(), None);
        let task = queue.crossing.tasks.newest().next().unwrap();
        assert_eq!((task.moved, &task.state), (1, &State::Failed("gone".into())));
    }

    #[test]
    fn a_relay_that_is_not_due_any_more_does_nothing() {
        let (lane, entry) = leaving();
        let other = Timer { at: Timestamp::ZERO, ..entry };
        let nothing = decide_left(&lane, testing::moment(60), &other, &Outcome::default());
        assert!(matches!(nothing, Decision::Plan(plan) if plan.changes.is_empty()));
    }
}
