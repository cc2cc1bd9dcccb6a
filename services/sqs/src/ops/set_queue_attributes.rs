//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{SetQueueAttributesOutput, SetQueueAttributesRequest};
use base::{Arn, Timestamp};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::model::change::Defined;
use crate::model::{Change, Queue, QueueLane, attributes};
use crate::ops::dead_letters;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: SetQueueAttributesRequest,
) -> Result<SetQueueAttributesOutput, Fault> {
    let queue = sqs.queue(&call, &input.queue_url)?;
    if input.attributes.is_empty() {
        return Err(Error::MissingParameter("Attributes".into()).into());
    }
    dead_letters::check(&sqs, &queue, &input.attributes).await?;
    sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, &input.attributes)).await?;
    warn_of_encryption(&queue, &input.attributes);
    Ok(SetQueueAttributesOutput {})
}

/// Says in the log that the encryption a caller asks for does not protect the queue yet.
pub(super) fn warn_of_encryption(queue: &Arn, given: &BTreeMap<String, String>) {
    if attributes::asks_for_encryption(given) {
        tracing::warn!(%queue, "encryption at rest is set and kept, but not effective yet");
    }
}

fn decide(
    lane: &QueueLane,
    moment: Moment<'_>,
    given: &BTreeMap<String, String>,
) -> Decision<QueueLane, (), Error> {
    match lane.queue().and_then(|queue| plan(queue, moment.now, given)) {
        Ok(defined) => Decision::grow(vec![Change::Defined(Box::new(defined))], ()),
        Err(error) => Decision::Refuse(error),
    }
}

/// A retention that has become shorter may be over for messages that are there: the sweep looks at once,
/// and then knows when to look again.
fn plan(queue: &Queue, now: Timestamp, given: &BTreeMap<String, String>) -> Result<Defined, Error> {
    let attributes = queue.attributes.with(given)?;
    let is_shorter = attributes.retention < queue.attributes.retention;
    let sweep_at = queue.sweep_at.filter(|at| is_shorter && *at > now).map(|_| now);
    Ok(Defined { modified: now, attributes, sweep_at, ..queue.defined() })
}

#[cfg(test)]
mod tests {
    use base::Span;

    use super::*;
    use crate::model::testing;

    fn set(queue: &Queue, at: u64, name: &str, value: &str) -> Result<Defined, Error> {
        let given = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        plan(queue, Timestamp::from_millis(at), &given)
    }

    #[test]
    fn what_is_not_given_stays_and_the_change_is_dated() {
        let mut lane = testing::lane();
        let queue = lane.queue.as_mut().unwrap();
        queue.attributes.delay = Span::from_seconds(7);
        let defined = set(queue, 5, "VisibilityTimeout", "45").unwrap();
        assert_eq!(defined.modified, Timestamp::from_millis(5));
        assert_eq!(defined.attributes.delay, Span::from_seconds(7));
        assert_eq!(defined.attributes.visibility_timeout, Span::from_seconds(45));
    }

    #[test]
    fn only_a_shorter_retention_brings_the_sweep_forward() {
        let mut lane = testing::lane();
        let queue = lane.queue.as_mut().unwrap();
        assert_eq!(set(queue, 5, "MessageRetentionPeriod", "60").unwrap().sweep_at, None);
        queue.sweep_at = Some(Timestamp::from_millis(100));
        let sweep_at =
            |at, seconds| set(queue, at, "MessageRetentionPeriod", seconds).unwrap().sweep_at;
        assert_eq!(sweep_at(5, "60"), Some(Timestamp::from_millis(5)));
        assert_eq!(sweep_at(5, "345601"), None);
        assert_eq!(sweep_at(100, "60"), None, "it is due anyway");
    }

    #[test]
    fn a_refused_value_changes_nothing() {
        let lane = testing::lane();
        let refused = set(lane.queue().unwrap(), 5, "DelaySeconds", "901");
        assert_eq!(refused, Err(Error::InvalidAttributeValue("DelaySeconds")));
    }
}
