//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html>

use std::sync::Arc;

use api::types::{ListDeadLetterSourceQueuesRequest, ListDeadLetterSourceQueuesResult};
use base::Arn;
use runtime::{Call, Decision, Moment, Trouble, refs};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::{QueueLane, name};
use crate::ops::list_queues::{limit, read_token, token};

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: ListDeadLetterSourceQueuesRequest,
) -> Result<ListDeadLetterSourceQueuesResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let limit = limit(input.max_results)?;
    let after = input.next_token.as_deref().map(read_token).transpose()?;
    let after = after.map(|name| queue.beside("sqs", &name));
    sqs.queues.enter(&queue, |lane, _: Moment<'_>| exists(lane)).await?;
    let mut sources = list(&sqs, &queue, after.as_ref().map(Arn::as_str), limit).await?;
    let more = sources.len() > limit;
    sources.truncate(limit);
    let last = sources.last().map(|source| source.resource().to_owned());
    Ok(ListDeadLetterSourceQueuesResult {
        queue_urls: sources.iter().map(|source| name::url(&call, source)).collect(),
        next_token: last.filter(|_| more && input.max_results.is_some()).map(token),
    })
}

fn exists(lane: &QueueLane) -> Decision<QueueLane, (), Error> {
    match lane.queue() {
        Ok(_) => Decision::answer(()),
        Err(error) => Decision::Refuse(error),
    }
}

/// The queues whose dead letters go to this one, in order; one more than the limit if there are more.
pub(super) async fn list(
    sqs: &Sqs,
    target: &Arn,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Arn>, Error> {
    let sources = refs::list(sqs.queues.node().slots(), target, after, limit).await;
    let sources =
        sources.map_err(|error| Error::Trouble(Trouble::Unavailable(error.to_string())))?;
    Ok(sources.iter().filter_map(|source| source.parse().ok()).collect())
}
