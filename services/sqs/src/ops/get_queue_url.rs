//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html>

use std::sync::Arc;

use api::types::{GetQueueUrlRequest, GetQueueUrlResult};
use base::Arn;
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::{QueueLane, name};

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: GetQueueUrlRequest,
) -> Result<GetQueueUrlResult, Fault> {
    let queue = queue(&call, &input)?;
    let exists = |lane: &QueueLane, _: runtime::Moment<'_>| match lane.queue() {
        Ok(_) => Decision::answer(()),
        Err(error) => Decision::Refuse(error),
    };
    sqs.queues.enter(&queue, exists).await?;
    Ok(GetQueueUrlResult { queue_url: Some(name::url(&call, &queue)) })
}

/// The queue that a request names.
pub(crate) fn queue(call: &Call, input: &GetQueueUrlRequest) -> Result<Arn, Error> {
    name::check(&input.queue_name)?;
    let account = match &input.queue_owner_aws_account_id {
        None => call.caller.account,
        Some(owner) => owner.parse().map_err(|_| Error::QueueDoesNotExist)?,
    };
    Ok(name::arn(&call.caller, &account, &input.queue_name))
}
