//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html>

use std::sync::Arc;

use api::sqs::types::{DeleteMessageOutput, DeleteMessageRequest};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::{Change, QueueLane};

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: DeleteMessageRequest,
) -> Result<DeleteMessageOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    sqs.queues.enter(&queue, |lane, _| decide(lane, &input.receipt_handle)).await?;
    Ok(DeleteMessageOutput {})
}

/// A message that is gone already is deleted once more without complaint. The handle of an earlier receive
/// is accepted and deletes nothing: another receiver has the message now.
fn decide(lane: &QueueLane, handle: &str) -> Decision<QueueLane, (), Error> {
    let found = lane.queue().and_then(|queue| Ok((queue, queue.open(handle)?)));
    let (queue, receipt) = match found {
        Ok(found) => found,
        Err(error) => return Decision::Refuse(error),
    };
    match queue.backlog.tracked(receipt.position) {
        Some(tracked) if tracked.receives == receipt.receive => {
            Decision::keep(vec![Change::Removed(receipt.position)], ())
        }
        _ => Decision::answer(()),
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
