//! <https://docs.aws.amazon.com/sns/latest/api/API_RemovePermission.html>

use std::sync::Arc;

use api::types::{RemovePermissionInput, RemovePermissionOutput};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::{Change, TopicLane, arn};
use crate::ops::add_permission::with_policy;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: RemovePermissionInput,
) -> Result<RemovePermissionOutput, Fault> {
    let topic = arn::topic(&call.caller, "TopicArn", &input.topic_arn)?;
    sns.topics.enter(&topic, |lane, _| decide(lane, &input.label)).await?;
    Ok(RemovePermissionOutput {})
}

fn decide(lane: &TopicLane, label: &str) -> Decision<TopicLane, (), Error> {
    let defined = lane.topic().and_then(|topic| {
        let policy = topic.attributes.policy_of(&lane.arn).revoke(label)?;
        Ok(with_policy(topic, policy))
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
    fn a_label_that_is_not_there_is_refused() {
        let Decision::Refuse(error) = decide(&testing::lane("orders", &[]), "a") else {
            panic!("removed")
        };
        assert!(error.to_string().starts_with("Invalid parameter: Label"), "{error}");
    }
}
