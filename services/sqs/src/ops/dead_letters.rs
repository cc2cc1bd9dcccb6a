//! What CreateQueue and SetQueueAttributes ask a dead-letter queue before a queue may point at it.

use std::collections::BTreeMap;

use base::Arn;
use runtime::{Decision, Moment};

use crate::Sqs;
use crate::error::Error;
use crate::model::QueueLane;
use crate::model::name::is_fifo;
use crate::model::redrive::RedrivePolicy;

/// Checks the `RedrivePolicy` among the attributes that a caller gives to `source`, if there is one. Its
/// dead-letter queue must be there, and may be deleted later: then dead letters stay.
pub(super) async fn check(
    sqs: &Sqs,
    source: &Arn,
    given: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let text = given.get("RedrivePolicy").filter(|text| !text.is_empty());
    let Some(text) = text else { return Ok(()) };
    let policy = RedrivePolicy::parse(text)?;
    let target = &policy.target;
    if target.account() != source.account() {
        return Err(policy.refuse("Dead-letter target owner should be same as the source."));
    }
    if target.region() != source.region() {
        return Err(policy.refuse("Dead-letter target should be in the same region as the source."));
    }
    let ask = |lane: &QueueLane, _: Moment<'_>| decide(lane, source, &policy);
    sqs.queues.enter(target, ask).await
}

fn decide(
    target: &QueueLane,
    source: &Arn,
    policy: &RedrivePolicy,
) -> Decision<QueueLane, (), Error> {
    let Some(queue) = &target.queue else {
        return Decision::Refuse(policy.refuse("Dead letter target does not exist."));
    };
    if is_fifo(&target.arn) != is_fifo(source) {
        let reason = "Dead-letter queue must be same type of queue as the source.";
        return Decision::Refuse(policy.refuse(reason));
    }
    if queue.attributes.redrive_allow.as_ref().is_some_and(|allow| !allow.allows(source)) {
        let reason =
            "The dead-letter queue's redrive allow policy does not allow this source queue.";
        return Decision::Refuse(policy.refuse(reason));
    }
    Decision::answer(())
}
