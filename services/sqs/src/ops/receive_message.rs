//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use api::types::{Message as Received, ReceiveMessageRequest, ReceiveMessageResult};
use base::{Arn, Incarnation, Span, Timestamp};
use runtime::{Call, Decision, Moment, Quotas, Trouble};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::backlog::{Need, Pick, Receive, Taken};
use crate::model::fifo::Attempt;
use crate::model::fifo::seen::content_id;
use crate::model::name;
use crate::model::receipt::{Receipt, Secret};
use crate::model::{Change, Message, Queue, QueueLane, checksum, message_attributes};
use crate::ops::fifo;
use crate::throttle::Action;

/// What a receiver asks for, checked.
struct Asked {
    most: usize,
    visibility: Option<Span>,
    wait: Option<Span>,
    since: Timestamp,
    quotas: Quotas,
    /// What stands for `ReceiveRequestAttemptId`.
    attempt: Option<u64>,
    /// Which of the messages come again at once, where faults are made on purpose.
    again: [bool; MOST],
}

/// The most messages of one receive.
const MOST: usize = *limits::RECEIVE.end() as usize;

/// What a receiver gets.
struct Given {
    incarnation: Incarnation,
    secret: Secret,
    picks: Vec<Pick>,
    /// Whether only dead letters were found, and the receiver waits on.
    waits: bool,
    is_fifo: bool,
}

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: ReceiveMessageRequest,
) -> Result<ReceiveMessageResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let node = sqs.queues.node();
    let attempt = check_attempt(&input, &queue)?;
    let mut asked = Asked { attempt, ..check(&input, node.timers().now(), node.quotas())? };
    if node.faults().are_on() && !name::is_fifo(&queue) {
        asked.again = asked.again.map(|_| node.faults().duplicates(&queue));
    }
    sqs.throttle(&queue, Action::Receive, std::iter::empty()).await?;
    let mut until = None;
    let mut decide = |lane: &_, moment: Moment<'_>| decide(lane, moment, &asked, &mut until);
    let mut given = sqs.queues.enter(&queue, &mut decide).await?;
    while given.waits {
        given = sqs.queues.enter(&queue, &mut decide).await?;
    }
    let messages = given.picks.iter().map(|pick| message(&given, pick, &input));
    let messages = messages.collect::<Result<Vec<_>, Error>>()?;
    Ok(ReceiveMessageResult { messages: (!messages.is_empty()).then_some(messages) })
}

/// What stands for the attempt id, which only FIFO queues know.
fn check_attempt(input: &ReceiveMessageRequest, queue: &Arn) -> Result<Option<u64>, Error> {
    let parameter = "ReceiveRequestAttemptId";
    let id = input.receive_request_attempt_id.as_deref();
    fifo::check_id(parameter, id)?;
    match id {
        Some(id) if !name::is_fifo(queue) => {
            Err(fifo::not_valid_for_type(parameter, id.to_owned()))
        }
        id => Ok(id.map(Attempt::id_of)),
    }
}

fn check(input: &ReceiveMessageRequest, since: Timestamp, quotas: Quotas) -> Result<Asked, Error> {
    check_names(input)?;
    let most = in_range(
        ("MaxNumberOfMessages", input.max_number_of_messages),
        limits::RECEIVE,
        "Must be between 1 and 10, if provided.",
    )?;
    let visibility = in_range(
        ("VisibilityTimeout", input.visibility_timeout),
        limits::VISIBILITY,
        "Must be >= 0 and <= 43200, if provided.",
    )?;
    let wait = in_range(
        ("WaitTimeSeconds", input.wait_time_seconds),
        limits::WAIT,
        "Must be >= 0 and <= 20, if provided.",
    )?;
    Ok(Asked {
        most: most.unwrap_or(1) as usize,
        visibility: visibility.map(Span::from_seconds),
        wait: wait.map(Span::from_seconds),
        since,
        quotas,
        attempt: None,
        again: [false; MOST],
    })
}

fn in_range(
    (parameter, value): (&'static str, Option<i32>),
    range: RangeInclusive<i64>,
    reason: &str,
) -> Result<Option<u64>, Error> {
    match value {
        Some(value) if !range.contains(&i64::from(value)) => {
            let (value, reason) = (value.to_string(), reason.to_owned());
            Err(Error::InvalidValue { parameter, value, reason })
        }
        value => Ok(value.map(|value| u64::from(value.unsigned_abs()))),
    }
}

/// Attributes of a message that a receiver may ask for.
const SYSTEM_ATTRIBUTES: [&str; 10] = [
    "All",
    "ApproximateFirstReceiveTimestamp",
    "ApproximateReceiveCount",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
    "MessageDeduplicationId",
    "MessageGroupId",
    "SenderId",
    "SentTimestamp",
    "SequenceNumber",
];

fn system_names(input: &ReceiveMessageRequest) -> impl Iterator<Item = &String> {
    input.attribute_names.iter().chain(&input.message_system_attribute_names).flatten()
}

fn check_names(input: &ReceiveMessageRequest) -> Result<(), Error> {
    let unknown = system_names(input).find(|name| !SYSTEM_ATTRIBUTES.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| Err(Error::UnknownAttribute(name.clone())))
}

/// `until` is when a receiver that waits gives up: it is fixed by the first decision, so that a change of
/// the queue's attributes does not touch those who wait already.
fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    asked: &Asked,
    until: &mut Option<Timestamp>,
) -> Decision<QueueLane, Given, Error> {
    let queue = match lane.queue() {
        Ok(queue) => queue,
        Err(error) => return Decision::Refuse(error),
    };
    let wait = asked.wait.unwrap_or(queue.attributes.wait);
    let in_flight = queue.backlog.counts().in_flight;
    let visibility = asked.visibility.unwrap_or(queue.attributes.visibility_timeout);
    match replay(queue, moment.now, asked.attempt, visibility) {
        Some(Ok(taken)) => return hand_out(queue, taken, false),
        Some(Err(need)) => return Decision::Fetch(queue.want(need)),
        None => {}
    }
    let taken = if asked.quotas == Quotas::Aws && in_flight >= limits::IN_FLIGHT {
        if wait == Span::ZERO && queue.attributes.fifo.is_none() {
            return Decision::Refuse(Error::OverLimit(format!(
                "Too many messages in flight: a queue has {} at most.",
                limits::IN_FLIGHT
            )));
        }
        Taken::default()
    } else {
        let receive = Receive {
            most: asked.most,
            now: moment.now,
            visibility,
            retention: queue.attributes.retention,
            redrive: queue.attributes.redrive.as_ref(),
        };
        match queue.backlog.take(receive) {
            Ok(mut taken) => {
                taken.relay_at = queue.relay_for(taken.leaving.len(), moment.now);
                let again = taken.picks.iter_mut().zip(asked.again).filter(|(_, again)| *again);
                again.for_each(|(pick, _)| pick.tracked.visible_at = moment.now);
                taken
            }
            Err(need) => return Decision::Fetch(queue.want(need)),
        }
    };
    let until = *until.get_or_insert(asked.since + wait);
    let waits = taken.picks.is_empty() && moment.now < until && !moment.stopping;
    if waits && taken.leaving.is_empty() {
        return Decision::Wait(until);
    }
    let taken = match asked.attempt {
        Some(attempt) => taken.attempted(attempt),
        None => taken,
    };
    hand_out(queue, taken, waits)
}

/// What the receive with this attempt id got, if that can be given once more.
fn replay(
    queue: &Queue,
    now: Timestamp,
    attempt: Option<u64>,
    visibility: Span,
) -> Option<Result<Taken, Need>> {
    queue.backlog.fifo()?.replay(attempt?, now, visibility)
}

fn hand_out(queue: &Queue, taken: Taken, waits: bool) -> Decision<QueueLane, Given, Error> {
    let given = Given {
        incarnation: queue.incarnation,
        secret: queue.secret,
        picks: taken.picks.clone(),
        waits,
        is_fifo: queue.attributes.fifo.is_some(),
    };
    if taken.picks.is_empty() && taken.dead.is_empty() && taken.leaving.is_empty() {
        return Decision::answer(given);
    }
    Decision::keep(vec![Change::Received(taken)], given)
}

/// A message as its receiver reads it.
fn message(given: &Given, pick: &Pick, input: &ReceiveMessageRequest) -> Result<Received, Error> {
    let message = Message::decode(&pick.stored).map_err(|error| {
        tracing::error!(%error, position = %pick.position, "cannot read a message");
        Trouble::Unavailable("a message cannot be read".into())
    })?;
    let receipt = Receipt { position: pick.position, receive: pick.tracked.receives };
    let system = system_attributes(given, &message, pick, input);
    let filters = input.message_attribute_names.as_deref().unwrap_or_default();
    let attributes = message_attributes::select(message.attributes, filters);
    let sums = attributes.iter().map(|(name, attribute)| (name.as_str(), attribute));
    Ok(Received {
        message_id: Some(message.id.to_string()),
        receipt_handle: Some(receipt.seal(&given.incarnation, &given.secret)),
        md5_of_body: Some(checksum::hex(&message.body_md5)),
        md5_of_message_attributes: checksum::of_attributes(sums).as_ref().map(checksum::hex),
        body: Some(message.body),
        attributes: (!system.is_empty()).then_some(system),
        message_attributes: (!attributes.is_empty()).then(|| {
            attributes.into_iter().map(|(name, value)| (name, value.into_api())).collect()
        }),
    })
}

fn system_attributes(
    given: &Given,
    message: &Message,
    pick: &Pick,
    input: &ReceiveMessageRequest,
) -> BTreeMap<String, String> {
    let asked: Vec<&str> = system_names(input).map(String::as_str).collect();
    if asked.is_empty() {
        return BTreeMap::new();
    }
    let wanted = |name: &str| asked.contains(&"All") || asked.contains(&name);
    let tracked = &pick.tracked;
    let deduplication_id = (given.is_fifo && wanted("MessageDeduplicationId"))
        .then(|| message.deduplication_id.clone().unwrap_or_else(|| content_id(&message.body)));
    let all = [
        ("ApproximateFirstReceiveTimestamp", Some(tracked.first_received.millis().to_string())),
        ("ApproximateReceiveCount", Some(tracked.receives.to_string())),
        ("AWSTraceHeader", message.trace_header.clone()),
        ("DeadLetterQueueSourceArn", message.source.clone()),
        ("MessageDeduplicationId", deduplication_id),
        ("MessageGroupId", message.group_id.clone()),
        ("SenderId", Some(message.sender.clone())),
        ("SentTimestamp", Some(tracked.sent.millis().to_string())),
        ("SequenceNumber", given.is_fifo.then(|| fifo::sequence_number(pick.position))),
    ];
    all.into_iter()
        .filter(|(name, _)| wanted(name))
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::backlog::Stored;
    use crate::model::fifo::Group;
    use crate::model::fifo::attributes::FifoAttributes;
    use crate::model::{Messages, testing};

    /// Receives at once from a queue with as many messages in flight as AWS allows, and one more.
    fn receive_from_full(is_fifo: bool) -> Decision<QueueLane, Given, Error> {
        let mut lane = testing::lane();
        let queue = lane.queue.as_mut().unwrap();
        queue.attributes.fifo = is_fifo.then(FifoAttributes::default);
        queue.backlog = Messages::new(&queue.attributes);
        let now = Timestamp::from_millis(1);
        let (visibility, retention) = (Span::from_seconds(30), Span::from_seconds(60));
        for position in 0..=limits::IN_FLIGHT {
            let stored = Stored { group: Group(position), ..testing::stored(1) };
            queue.backlog.send(store::Position(position), stored, None);
            if position % 10 == 9 {
                let receive = Receive { most: 10, now, visibility, retention, redrive: None };
                let taken = queue.backlog.take(receive).unwrap();
                queue.backlog.apply_taken(taken);
            }
        }
        assert_eq!(queue.backlog.counts().in_flight, limits::IN_FLIGHT);
        let asked = check(&ReceiveMessageRequest::default(), now, Quotas::Aws).unwrap();
        decide(&lane, testing::moment(1), &asked, &mut None)
    }

    #[test]
    fn with_aws_quotas_a_full_standard_queue_refuses_and_a_full_fifo_queue_gives_nothing() {
        let standard = receive_from_full(false);
        assert!(matches!(standard, Decision::Refuse(Error::OverLimit(_))));
        let Decision::Plan(fifo) = receive_from_full(true) else { panic!("refused") };
        assert!(fifo.answer.picks.is_empty() && fifo.changes.is_empty());
    }
}
