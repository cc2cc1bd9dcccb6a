//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html>

use std::sync::Arc;

use api::types::{DeleteQueueOutput, DeleteQueueRequest};
use runtime::{Call, Decision, Moment, Quotas};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::{Change, QueueLane};

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: DeleteQueueRequest,
) -> Result<DeleteQueueOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let quotas = sqs.queues.node().quotas();
    sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, quotas)).await?;
    Ok(DeleteQueueOutput {})
}

/// One small commit, whatever the queue holds: its rows go later.
pub(crate) fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    quotas: Quotas,
) -> Decision<QueueLane, (), Error> {
    if lane.queue.is_none() {
        return Decision::Refuse(Error::QueueDoesNotExist);
    }
    let remembered = quotas == Quotas::Aws;
    let reclaim_at = if remembered { moment.now + limits::DELETED_RECENTLY } else { moment.now };
    Decision::keep(vec![Change::Deleted { at: moment.now, reclaim_at, remembered }], ())
}
