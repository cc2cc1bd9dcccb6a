//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>

use std::sync::Arc;

use api::types::{ChangeMessageVisibilityOutput, ChangeMessageVisibilityRequest};
use base::{Span, Timestamp};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::{Change, Queue, QueueLane};
use crate::ops::delete_message::expired;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: ChangeMessageVisibilityRequest,
) -> Result<ChangeMessageVisibilityOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let timeout = check(input.visibility_timeout)?;
    let handle = input.receipt_handle.as_str();
    sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, handle, timeout)).await?;
    Ok(ChangeMessageVisibilityOutput {})
}

/// How long a message is to be hidden.
pub(super) fn check(timeout: i32) -> Result<Span, Error> {
    if limits::VISIBILITY.contains(&i64::from(timeout)) {
        return Ok(Span::from_seconds(u64::from(timeout.unsigned_abs())));
    }
    Err(invalid(timeout, "VisibilityTimeout must be an integer between 0 and 43200"))
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    handle: &str,
    timeout: Span,
) -> Decision<QueueLane, (), Error> {
    let change = lane.queue().and_then(|queue| plan(queue, moment.now, handle, timeout));
    match change {
        Ok(change) => Decision::keep(vec![change], ()),
        Err(error) => Decision::Refuse(error),
    }
}

/// The change that hides the message of a handle for so long from now on.
pub(super) fn plan(
    queue: &Queue,
    now: Timestamp,
    handle: &str,
    timeout: Span,
) -> Result<Change, Error> {
    let position = queue.open(handle)?;
    let (position, receive) = (position.position, position.receive);
    let Some(tracked) = queue.backlog.tracked(position) else {
        return Err(Error::InvalidValue {
            parameter: "ReceiptHandle",
            value: handle.to_owned(),
            reason: "Message does not exist or is not available for visibility timeout change."
                .into(),
        });
    };
    if tracked.receives != receive || !queue.backlog.is_hidden(position) {
        let is_fifo = queue.attributes.fifo.is_some();
        return Err(if is_fifo { expired(handle) } else { Error::MessageNotInflight });
    }
    let visible_at = now + timeout;
    if visible_at > tracked.received + limits::TOTAL_VISIBILITY {
        let reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
        return Err(invalid(timeout.seconds(), reason));
    }
    Ok(Change::VisibilityChanged { position, visible_at })
}

fn invalid(timeout: impl ToString, reason: &str) -> Error {
    let (value, reason) = (timeout.to_string(), reason.to_owned());
    Error::InvalidValue { parameter: "VisibilityTimeout", value, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    fn plan_at(lane: &QueueLane, millis: u64, handle: &str, seconds: u64) -> Result<Change, Error> {
        let now = Timestamp::from_millis(millis);
        plan(lane.queue().unwrap(), now, handle, Span::from_seconds(seconds))
    }

    fn change(at: u64, seconds: u64) -> Result<Change, Error> {
        let (lane, handle) = testing::received_at(0, 1);
        plan_at(&lane, at, &handle, seconds)
    }

    #[test]
    fn twelve_hours_in_all_count_from_the_receive() {
        assert!(change(10_000, 43_190).is_ok());
        let error = change(10_000, 43_191).unwrap_err().to_string();
        assert_eq!(
            error,
            "Value 43191 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]"
        );
    }

    #[test]
    fn a_message_that_is_visible_again_is_not_in_flight() {
        let (mut lane, handle) = testing::received_at(0, 1);
        testing::observe(&mut lane, 30_000);
        let refused = plan_at(&lane, 30_000, &handle, 0);
        assert_eq!(refused, Err(Error::MessageNotInflight));
    }

    #[test]
    fn a_deleted_message_cannot_be_changed() {
        let (mut lane, handle) = testing::received_at(0, 1);
        testing::apply(&mut lane, vec![Change::Removed(store::Position(0))]);
        let refused = plan_at(&lane, 1, &handle, 0);
        assert!(refused.unwrap_err().to_string().contains("Message does not exist"));
    }
}
