//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{GetQueueAttributesRequest, GetQueueAttributesResult};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::{QueueLane, attributes};

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: GetQueueAttributesRequest,
) -> Result<GetQueueAttributesResult, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    let names = input.attribute_names.unwrap_or_default();
    let unknown = names.iter().find(|name| !attributes::is_known(name));
    if let Some(name) = unknown {
        return Err(Error::UnknownAttribute(name.clone()).into());
    }
    let found = sqs.queues.enter(&queue, |lane, _| decide(lane, &names)).await?;
    Ok(GetQueueAttributesResult { attributes: (!found.is_empty()).then_some(found) })
}

fn decide(
    lane: &QueueLane,
    names: &[String],
) -> Decision<QueueLane, BTreeMap<String, String>, Error> {
    let queue = match lane.queue() {
        Ok(queue) => queue,
        Err(error) => return Decision::Refuse(error),
    };
    let counts = queue.backlog.counts();
    let mut all = queue.attributes.list();
    all.extend([
        ("ApproximateNumberOfMessages", counts.visible.to_string()),
        ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
        ("CreatedTimestamp", queue.created.seconds().to_string()),
        ("LastModifiedTimestamp", queue.modified.seconds().to_string()),
        ("QueueArn", lane.arn.to_string()),
    ]);
    let wanted = |name: &str| names.iter().any(|asked| asked == "All" || asked == name);
    let chosen = all.into_iter().filter(|(name, _)| wanted(name));
    Decision::answer(chosen.map(|(name, value)| (name.to_owned(), value)).collect())
}
