//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>

use std::sync::Arc;

use api::types::{
    SendMessageBatchRequest, SendMessageBatchRequestEntry, SendMessageBatchResult,
    SendMessageBatchResultEntry,
};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::name;
use crate::model::{QueueLane, checksum, message_attributes};
use crate::ops::batch::{self, Entry};
use crate::ops::sending::{self, Accepted, Sending};
use crate::throttle::Action;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: SendMessageBatchRequest,
) -> Result<SendMessageBatchResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    check(&input.entries)?;
    // What every message must have is asked of the request as a whole.
    if name::is_fifo(&queue) && input.entries.iter().any(|entry| entry.message_group_id.is_none()) {
        return Err(Error::MissingParameter("MessageGroupId".into()).into());
    }
    let groups = input.entries.iter().filter_map(|entry| entry.message_group_id.as_deref());
    sqs.throttle(&queue, Action::Send, groups).await?;
    let sending = |mut entry: SendMessageBatchRequestEntry| {
        let id = std::mem::take(&mut entry.id);
        (id, sending::check(&sqs, &call, &queue, entry.into()))
    };
    let entries: Vec<_> = input.entries.into_iter().map(sending).collect();
    let outcomes = sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, &entries)).await?;
    let (successful, failed) = batch::sort(entries, outcomes, answer);
    Ok(SendMessageBatchResult { successful, failed })
}

/// All messages together may be as large as a single one.
fn check(entries: &[SendMessageBatchRequestEntry]) -> Result<(), Error> {
    batch::check("SendMessageBatchRequestEntry", entries.iter().map(|entry| &entry.id))?;
    let size = |entry: &SendMessageBatchRequestEntry| {
        let attributes = entry.message_attributes.iter().flatten();
        entry.message_body.len() + attributes.map(message_attributes::given_size).sum::<usize>()
    };
    let size = entries.iter().map(size).sum();
    if size > limits::BATCH_SIZE { Err(Error::BatchRequestTooLong(size)) } else { Ok(()) }
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    entries: &[Entry<Sending>],
) -> Decision<QueueLane, Vec<Result<Accepted, Error>>, Error> {
    let queue = match lane.queue() {
        Ok(queue) => queue,
        Err(error) => return Decision::Refuse(error),
    };
    let mut changes = Vec::new();
    let outcomes =
        batch::each(entries, |sending| sending::accept(queue, moment, &mut changes, sending));
    Decision::grow(changes, outcomes)
}

fn answer(id: String, accepted: Accepted) -> SendMessageBatchResultEntry {
    SendMessageBatchResultEntry {
        id,
        message_id: accepted.id.to_string(),
        md5_of_message_body: checksum::hex(&accepted.body_md5),
        md5_of_message_attributes: accepted.attributes_md5.as_ref().map(checksum::hex),
        md5_of_message_system_attributes: accepted
            .system_attributes_md5
            .as_ref()
            .map(checksum::hex),
        sequence_number: accepted.sequence_number(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, testing};
    use crate::ops::sending::tests::sending;

    #[test]
    fn positions_are_dense_over_what_is_taken_and_the_first_message_brings_the_sweep() {
        let entries: Vec<Entry<Sending>> = vec![
            ("refused".into(), Err(Error::InvalidMessageContents)),
            ("first".into(), Ok(sending(10, None))),
            ("too-large".into(), Ok(sending(1_048_577, None))),
            ("second".into(), Ok(sending(10, Some(5)))),
        ];
        let decision = decide(&testing::lane(), testing::moment(5), &entries);
        let Decision::Plan(plan) = decision else { panic!("refused") };
        let sent = plan.changes.iter().map(|change| match change {
            Change::Sent { position, sweep_at, delayed_until, .. } => {
                (position.0, sweep_at.is_some(), delayed_until.is_some())
            }
            other => panic!("{other:?}"),
        });
        assert_eq!(sent.collect::<Vec<_>>(), [(0, true, false), (1, false, true)]);
        let succeeded: Vec<bool> = plan.answer.iter().map(Result::is_ok).collect();
        assert_eq!(succeeded, [false, true, false, true]);
    }

    #[test]
    fn a_queue_that_is_not_there_takes_no_batch() {
        let lane = QueueLane { queue: None, ..testing::lane() };
        let refused = decide(&lane, testing::moment(5), &[("a".into(), Ok(sending(1, None)))]);
        assert!(matches!(refused, Decision::Refuse(Error::QueueDoesNotExist)));
    }

    #[test]
    fn bodies_and_attributes_count_for_the_size_of_a_batch() {
        let entry = |id: &str, bytes: usize| SendMessageBatchRequestEntry {
            id: id.into(),
            message_body: "x".repeat(bytes),
            ..Default::default()
        };
        let mut entries = vec![entry("a", 1 << 19), entry("b", 1 << 19)];
        assert_eq!(check(&entries), Ok(()));
        let value = api::types::MessageAttributeValue {
            data_type: "String".into(),
            string_value: Some("v".into()),
            ..Default::default()
        };
        entries[0].message_attributes = Some([("n".to_owned(), value)].into());
        assert_eq!(check(&entries), Err(Error::BatchRequestTooLong((1 << 20) + 8)));
    }
}
