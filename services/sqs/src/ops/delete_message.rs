//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html>

use std::sync::Arc;

use api::types::{DeleteMessageOutput, DeleteMessageRequest};
use runtime::{Call, Decision};
use shape::Fault;
use store::Position;

use crate::Sqs;
use crate::error::Error;
use crate::model::{Change, Queue, QueueLane};
use crate::throttle::Action;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: DeleteMessageRequest,
) -> Result<DeleteMessageOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    sqs.throttle(&queue, Action::Delete, std::iter::empty()).await?;
    sqs.queues.enter(&queue, |lane, _| decide(lane, &input.receipt_handle)).await?;
    Ok(DeleteMessageOutput {})
}

fn decide(lane: &QueueLane, handle: &str) -> Decision<QueueLane, (), Error> {
    match lane.queue().and_then(|queue| find(queue, handle)) {
        Ok(found) => Decision::keep(found.into_iter().map(Change::Removed).collect(), ()),
        Err(error) => Decision::Refuse(error),
    }
}

/// The message that a handle deletes. One that is gone already is deleted once more without complaint. The
/// handle of an earlier receive is accepted and deletes nothing: another receiver has the message now, or
/// it is on its way to another queue.
pub(super) fn find(queue: &Queue, handle: &str) -> Result<Option<Position>, Error> {
    let receipt = queue.open(handle)?;
    let tracked = queue.backlog.tracked(receipt.position);
    let is_in_flight = || queue.backlog.is_hidden(receipt.position);
    if let Some(tracked) = tracked.filter(|_| queue.attributes.fifo.is_some())
        && (tracked.receives != receipt.receive || !is_in_flight())
    {
        return Err(expired(handle));
    }
    let is_newest = tracked
        .is_some_and(|tracked| tracked.receives == receipt.receive && tracked.leaving.is_none());
    Ok(is_newest.then_some(receipt.position))
}

/// In a FIFO queue a handle is of use only while its receive lasts.
pub(super) fn expired(handle: &str) -> Error {
    Error::InvalidValue {
        parameter: "ReceiptHandle",
        value: handle.to_owned(),
        reason: "The receipt handle has expired.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn only_the_newest_handle_deletes() {
        let (lane, handle) = testing::received(2);
        let old = testing::handle(&lane, 1);
        assert!(matches!(&decide(&lane, &handle), Decision::Plan(plan) if plan.changes.len() == 1));
        assert!(matches!(&decide(&lane, &old), Decision::Plan(plan) if plan.changes.is_empty()));
    }

    #[test]
    fn deleting_twice_is_no_error() {
        let (mut lane, handle) = testing::received(1);
        let Decision::Plan(plan) = decide(&lane, &handle) else { panic!("refused") };
        testing::apply(&mut lane, plan.changes);
        assert!(matches!(&decide(&lane, &handle), Decision::Plan(plan) if plan.changes.is_empty()));
    }

    #[test]
    fn what_is_no_handle_of_this_queue_is_refused() {
        let (lane, handle) = testing::received(1);
        for bad in ["", "AAAA", &handle[1..]] {
            let refused = decide(&lane, bad);
            assert!(matches!(refused, Decision::Refuse(Error::ReceiptHandleIsInvalid(_))), "{bad}");
        }
    }
}
