//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html>

use std::sync::Arc;

use api::types::{TagQueueOutput, TagQueueRequest};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::change::Defined;
use crate::model::tags::{self, Tags};
use crate::model::{Change, Queue, QueueLane};

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: TagQueueRequest,
) -> Result<TagQueueOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    if input.tags.is_empty() {
        return Err(Error::MissingParameter("Tags".into()).into());
    }
    sqs.queues.enter(&queue, |lane, _| decide(lane, &input.tags)).await?;
    Ok(TagQueueOutput {})
}

fn decide(lane: &QueueLane, given: &Tags) -> Decision<QueueLane, (), Error> {
    let define = |queue: &Queue| {
        let tags = tags::with(&queue.tags, given, lane.arn.resource())?;
        Ok(Defined { tags, ..queue.defined() })
    };
    match lane.queue().and_then(define) {
        Ok(defined) => Decision::grow(vec![Change::Defined(Box::new(defined))], ()),
        Err(error) => Decision::Refuse(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn tags_change_nothing_else() {
        let mut lane = testing::lane();
        let before = lane.queue.clone().unwrap();
        let given = Tags::from([("team".into(), "pond".into())]);
        let Decision::Plan(plan) = decide(&lane, &given) else { panic!("refused") };
        testing::apply(&mut lane, plan.changes);
        let expected = Queue { tags: given, ..before };
        assert_eq!(lane.queue, Some(expected));
    }
}
