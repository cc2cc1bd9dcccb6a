//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use std::sync::Arc;

use api::types::{SendMessageRequest, SendMessageResult};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::{QueueLane, checksum};
use crate::ops::sending::{self, Accepted, Sending};
use crate::throttle::Action;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: SendMessageRequest,
) -> Result<SendMessageResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    sqs.throttle(&queue, Action::Send, input.message_group_id.as_deref().into_iter()).await?;
    let sending = sending::check(&sqs, &call, &queue, input.into())?;
    let decide = |lane: &_, moment: Moment<'_>| decide(lane, moment, &sending);
    Ok(answer(&sqs.queues.enter(&queue, decide).await?))
}

fn answer(accepted: &Accepted) -> SendMessageResult {
    SendMessageResult {
        message_id: Some(accepted.id.to_string()),
        md5_of_message_body: Some(checksum::hex(&accepted.body_md5)),
        md5_of_message_attributes: accepted.attributes_md5.as_ref().map(checksum::hex),
        md5_of_message_system_attributes: accepted
            .system_attributes_md5
            .as_ref()
            .map(checksum::hex),
        sequence_number: accepted.sequence_number(),
    }
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    sending: &Sending,
) -> Decision<QueueLane, Accepted, Error> {
    let mut changes = Vec::new();
    let accept = |queue: &_| sending::accept(queue, moment, &mut changes, sending);
    match lane.queue().and_then(accept) {
        Ok(accepted) => Decision::grow(changes, accepted),
        Err(error) => Decision::Refuse(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, testing};
    use crate::ops::sending::tests::sending;

    fn send(lane: &QueueLane) -> Decision<QueueLane, Accepted, Error> {
        decide(lane, testing::moment(5), &sending(10, None))
    }

    #[test]
    fn a_send_is_one_record_and_the_first_one_brings_a_sweep() {
        let Decision::Plan(plan) = send(&testing::lane()) else { panic!("refused") };
        let [Change::Sent { delayed_until: None, sweep_at: Some(_), .. }] = &plan.changes[..]
        else {
            panic!("{:?}", plan.changes)
        };
    }

    #[test]
    fn a_queue_that_is_not_there_takes_nothing() {
        let lane = QueueLane { queue: None, ..testing::lane() };
        assert!(matches!(send(&lane), Decision::Refuse(Error::QueueDoesNotExist)));
    }
}
