//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_UntagQueue.html>

use std::sync::Arc;

use api::types::{UntagQueueOutput, UntagQueueRequest};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::change::Defined;
use crate::model::{Change, QueueLane};

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: UntagQueueRequest,
) -> Result<UntagQueueOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    if input.tag_keys.is_empty() {
        return Err(Error::MissingParameter("TagKeys".into()).into());
    }
    sqs.queues.enter(&queue, |lane, _| decide(lane, &input.tag_keys)).await?;
    Ok(UntagQueueOutput {})
}

/// Keys that the queue does not have are no error.
fn decide(lane: &QueueLane, keys: &[String]) -> Decision<QueueLane, (), Error> {
    let queue = match lane.queue() {
        Ok(queue) => queue,
        Err(error) => return Decision::Refuse(error),
    };
    let mut tags = queue.tags.clone();
    tags.retain(|key, _| !keys.contains(key));
    if tags.len() == queue.tags.len() {
        return Decision::answer(());
    }
    let defined = Defined { tags, ..queue.defined() };
    Decision::keep(vec![Change::Defined(Box::new(defined))], ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tags::Tags;
    use crate::model::testing;

    #[test]
    fn only_the_named_keys_go_and_unknown_ones_write_nothing() {
        let mut lane = testing::lane();
        let tag = |key: &str| (key.to_owned(), String::new());
        lane.queue.as_mut().unwrap().tags = Tags::from([tag("a"), tag("A"), tag("b")]);
        let Decision::Plan(plan) = decide(&lane, &["never".into()]) else { panic!("refused") };
        assert_eq!(plan.changes, []);
        let keys = ["a".into(), "b".into(), "never".into()];
        let Decision::Plan(plan) = decide(&lane, &keys) else { panic!("refused") };
        testing::apply(&mut lane, plan.changes);
        assert_eq!(lane.queue().unwrap().tags, Tags::from([tag("A")]));
    }
}
