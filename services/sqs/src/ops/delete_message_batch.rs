//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html>

use std::collections::BTreeSet;
use std::sync::Arc;

use api::types::{
    DeleteMessageBatchRequest, DeleteMessageBatchResult, DeleteMessageBatchResultEntry,
};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::{Change, QueueLane};
use crate::ops::batch::{self, Entry};
use crate::ops::delete_message;
use crate::throttle::Action;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: DeleteMessageBatchRequest,
) -> Result<DeleteMessageBatchResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let ids = input.entries.iter().map(|entry| &entry.id);
    batch::check("DeleteMessageBatchRequestEntry", ids)?;
    sqs.throttle(&queue, Action::Delete, std::iter::empty()).await?;
    let entries = input.entries.into_iter().map(|entry| (entry.id, Ok(entry.receipt_handle)));
    let entries: Vec<_> = entries.collect();
    let outcomes = sqs.queues.enter(&queue, |lane, _| decide(lane, &entries)).await?;
    let answer = |id, ()| DeleteMessageBatchResultEntry { id };
    let (successful, failed) = batch::sort(entries, outcomes, answer);
    Ok(DeleteMessageBatchResult { successful, failed })
}

/// A message that several entries name goes once.
fn decide(
    lane: &QueueLane,
    entries: &[Entry<String>],
) -> Decision<QueueLane, Vec<Result<(), Error>>, Error> {
    let queue = match lane.queue() {
        Ok(queue) => queue,
        Err(error) => return Decision::Refuse(error),
    };
    let mut gone = BTreeSet::new();
    let outcomes = batch::each(entries, |handle| {
        gone.extend(delete_message::find(queue, handle)?);
        Ok(())
    });
    Decision::keep(gone.into_iter().map(Change::Removed).collect(), outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn a_message_named_twice_goes_once_and_both_entries_succeed() {
        let (lane, handle) = testing::received(2);
        let old = testing::handle(&lane, 1);
        let handles = [&handle, &old, &handle, &"no handle".to_owned()];
        let entries: Vec<Entry<String>> = handles
            .iter()
            .enumerate()
            .map(|(id, handle)| (id.to_string(), Ok((*handle).clone())))
            .collect();
        let Decision::Plan(plan) = decide(&lane, &entries) else { panic!("refused") };
        assert_eq!(plan.changes, [Change::Removed(store::Position(0))]);
        let refused = Err(Error::ReceiptHandleIsInvalid("no handle".into()));
        assert_eq!(plan.answer, [Ok(()), Ok(()), Ok(()), refused]);
    }
}
