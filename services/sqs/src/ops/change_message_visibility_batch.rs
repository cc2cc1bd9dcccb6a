//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html>

use std::sync::Arc;

use api::types::{
    ChangeMessageVisibilityBatchRequest, ChangeMessageVisibilityBatchRequestEntry,
    ChangeMessageVisibilityBatchResult, ChangeMessageVisibilityBatchResultEntry,
};
use base::Span;
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::QueueLane;
use crate::ops::batch::{self, Entry};
use crate::ops::change_message_visibility as single;

/// A receipt handle and a timeout.
type Wanted = (String, Span);

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: ChangeMessageVisibilityBatchRequest,
) -> Result<ChangeMessageVisibilityBatchResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let ids = input.entries.iter().map(|entry| &entry.id);
    batch::check("ChangeMessageVisibilityBatchRequestEntry", ids)?;
    let entries: Vec<_> = input.entries.into_iter().map(check).collect();
    let outcomes = sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, &entries)).await?;
    let answer = |id, ()| ChangeMessageVisibilityBatchResultEntry { id };
    let (successful, failed) = batch::sort(entries, outcomes, answer);
    Ok(ChangeMessageVisibilityBatchResult { successful, failed })
}

fn check(entry: ChangeMessageVisibilityBatchRequestEntry) -> Entry<Wanted> {
    let missing = || Error::MissingParameter("VisibilityTimeout".into());
    let timeout = entry.visibility_timeout.ok_or_else(missing).and_then(single::check);
    (entry.id, timeout.map(|timeout| (entry.receipt_handle, timeout)))
}

/// Of several entries for one message the last one holds. All of them are judged by the state before the
/// batch.
fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    entries: &[Entry<Wanted>],
) -> Decision<QueueLane, Vec<Result<(), Error>>, Error> {
    let queue = match lane.queue() {
        Ok(queue) => queue,
        Err(error) => return Decision::Refuse(error),
    };
    let mut changes = Vec::new();
    let outcomes = batch::each(entries, |(handle, timeout)| {
        changes.push(single::plan(queue, moment.now, handle, *timeout)?);
        Ok(())
    });
    Decision::keep(changes, outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    fn entry(id: &str, handle: &str, seconds: Option<i32>) -> Entry<Wanted> {
        check(ChangeMessageVisibilityBatchRequestEntry {
            id: id.into(),
            receipt_handle: handle.into(),
            visibility_timeout: seconds,
        })
    }

    #[test]
    fn of_two_timeouts_for_one_message_the_last_one_holds() {
        let (mut lane, handle) = testing::received_at(0, 1);
        let entries = [entry("a", &handle, Some(0)), entry("b", &handle, Some(100))];
        let decision = decide(&lane, testing::moment(1000), &entries);
        let Decision::Plan(plan) = decision else { panic!("refused") };
        assert_eq!(plan.answer, [Ok(()), Ok(())]);
        testing::apply(&mut lane, plan.changes);
        testing::observe(&mut lane, 100_999);
        assert!(lane.queue().unwrap().backlog.is_hidden(store::Position(0)));
        testing::observe(&mut lane, 101_000);
        assert!(!lane.queue().unwrap().backlog.is_hidden(store::Position(0)));
    }

    #[test]
    fn a_timeout_that_is_missing_or_too_long_fails_alone() {
        let (lane, handle) = testing::received_at(0, 1);
        let entries = [
            entry("none", &handle, None),
            entry("long", &handle, Some(43_201)),
            entry("good", &handle, Some(1)),
        ];
        let decision = decide(&lane, testing::moment(1), &entries);
        let Decision::Plan(plan) = decision else { panic!("refused") };
        let succeeded: Vec<bool> = plan.answer.iter().map(Result::is_ok).collect();
        assert_eq!((succeeded, plan.changes.len()), (vec![false, false, true], 1));
    }
}
