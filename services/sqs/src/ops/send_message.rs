//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use std::sync::Arc;

use api::sqs::types::{SendMessageRequest, SendMessageResult};
use base::{Span, Timestamp};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::backlog::Stored;
use crate::model::message::Given;
use crate::model::{Change, Message, QueueLane, checksum};

/// A message that is ready to be stored: encoded before the lane is entered.
struct Sending {
    stored: Stored,
    size: usize,
    delay: Option<Span>,
}

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: SendMessageRequest,
) -> Result<SendMessageResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let now = sqs.queues.node().timers().now();
    let (message, delay) = check(&sqs, &call, input)?;
    let answer = answer(&message);
    let sending = Sending { size: message.size(), stored: message.encode(now), delay };
    sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, &sending)).await?;
    Ok(answer)
}

fn check(
    sqs: &Sqs,
    call: &Call,
    input: SendMessageRequest,
) -> Result<(Message, Option<Span>), Error> {
    if input.message_group_id.is_some() || input.message_deduplication_id.is_some() {
        return Err(Error::NotImplemented("Sending with a group or a deduplication id".into()));
    }
    let delay = input.delay_seconds.map(delay).transpose()?;
    let given = Given {
        body: input.message_body,
        attributes: input.message_attributes,
        system_attributes: input.message_system_attributes,
    };
    let id = sqs.queues.node().random().uuid();
    let message = given.check(id, call.caller.account.to_string())?;
    Ok((message, delay))
}

fn delay(seconds: i32) -> Result<Span, Error> {
    if limits::DELAY.contains(&i64::from(seconds)) {
        return Ok(Span::from_seconds(u64::from(seconds.unsigned_abs())));
    }
    Err(Error::InvalidValue {
        parameter: "DelaySeconds",
        value: seconds.to_string(),
        reason: "DelaySeconds must be >= 0 and <= 900.".into(),
    })
}

fn answer(message: &Message) -> SendMessageResult {
    SendMessageResult {
        message_id: Some(message.id.to_string()),
        md5_of_message_body: Some(checksum::hex(&message.body_md5)),
        md5_of_message_attributes: message.attributes_md5.as_ref().map(checksum::hex),
        ..Default::default()
    }
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    sending: &Sending,
) -> Decision<QueueLane, (), Error> {
    let queue = match lane.queue() {
        Ok(queue) => queue,
        Err(error) => return Decision::Refuse(error),
    };
    let most = queue.attributes.maximum_message_size;
    if sending.size > most {
        return Decision::Refuse(Error::InvalidParameter(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {most} bytes."
        )));
    }
    let delay = sending.delay.unwrap_or(queue.attributes.delay);
    let delayed_until = (delay > Span::ZERO).then(|| moment.now + delay);
    let sweep_at = sweep_at(queue.sweep_at, sending.stored.sent, queue.attributes.retention);
    let position = queue.backlog.tail();
    let stored = sending.stored.clone();
    let sent = Change::Sent { position, stored, delayed_until, sweep_at };
    Decision::grow(vec![sent], ())
}

/// The first message of an empty queue brings the sweep that will find it over.
fn sweep_at(present: Option<Timestamp>, sent: Timestamp, retention: Span) -> Option<Timestamp> {
    present.is_none().then(|| sent + retention)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{self, lane};

    fn send(lane: &QueueLane, size: usize, delay: Option<u64>) -> Decision<QueueLane, (), Error> {
        let sending =
            Sending { stored: testing::stored(5), size, delay: delay.map(Span::from_seconds) };
        decide(lane, testing::moment(5), &sending)
    }

    #[test]
    fn a_send_is_one_record_and_the_first_one_brings_a_sweep() {
        let Decision::Plan(plan) = send(&lane(), 10, None) else { panic!("refused") };
        let [Change::Sent { delayed_until: None, sweep_at: Some(_), .. }] = &plan.changes[..]
        else {
            panic!("{:?}", plan.changes)
        };
    }

    #[test]
    fn a_delay_of_the_message_wins_over_the_queues() {
        let mut lane = lane();
        lane.queue.as_mut().unwrap().attributes.delay = Span::from_seconds(7);
        for (given, expected) in [(None, Some(7005)), (Some(9), Some(9005)), (Some(0), None)] {
            let Decision::Plan(plan) = send(&lane, 10, given) else { panic!("refused") };
            let [Change::Sent { delayed_until, .. }] = &plan.changes[..] else { panic!() };
            assert_eq!(delayed_until.map(Timestamp::millis), expected);
        }
    }

    #[test]
    fn a_message_as_large_as_the_queue_takes_is_taken_and_a_larger_one_is_not() {
        assert!(matches!(send(&lane(), 1_048_576, None), Decision::Plan(_)));
        let Decision::Refuse(error) = send(&lane(), 1_048_577, None) else { panic!("taken") };
        assert!(error.to_string().ends_with("Message must be shorter than 1048576 bytes."));
    }

    #[test]
    fn a_queue_that_is_not_there_takes_nothing() {
        let lane = QueueLane { queue: None, ..lane() };
        assert!(matches!(send(&lane, 1, None), Decision::Refuse(Error::QueueDoesNotExist)));
    }
}
