//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html>

use std::sync::Arc;

use api::types::{ListQueueTagsRequest, ListQueueTagsResult};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::QueueLane;
use crate::model::tags::Tags;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: ListQueueTagsRequest,
) -> Result<ListQueueTagsResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let tags = sqs.queues.enter(&queue, |lane, _| decide(lane)).await?;
    Ok(ListQueueTagsResult { tags: (!tags.is_empty()).then_some(tags) })
}

fn decide(lane: &QueueLane) -> Decision<QueueLane, Tags, Error> {
    match lane.queue() {
        Ok(queue) => Decision::answer(queue.tags.clone()),
        Err(error) => Decision::Refuse(error),
    }
}
