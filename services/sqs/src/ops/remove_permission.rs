//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_RemovePermission.html>

use std::sync::Arc;

use api::types::{RemovePermissionOutput, RemovePermissionRequest};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::policy::Policy;
use crate::model::{Change, QueueLane};
use crate::ops::add_permission::with_policy;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: RemovePermissionRequest,
) -> Result<RemovePermissionOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, &input.label)).await?;
    Ok(RemovePermissionOutput {})
}

fn decide(lane: &QueueLane, moment: Moment<'_>, label: &str) -> Decision<QueueLane, (), Error> {
    let defined = lane.queue().and_then(|queue| {
        let policy = Policy::revoke(queue.attributes.policy.as_ref(), label)?;
        Ok(with_policy(queue, moment.now, policy))
    });
    match defined {
        Ok(defined) => Decision::keep(vec![Change::Defined(Box::new(defined))], ()),
        Err(error) => Decision::Refuse(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn a_queue_without_a_policy_has_no_label() {
        let Decision::Refuse(error) = decide(&testing::lane(), testing::moment(1), "a") else {
            panic!("removed")
        };
        assert!(error.to_string().ends_with("can't find label on existing policy."), "{error}");
    }
}
