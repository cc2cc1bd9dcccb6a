//! <https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html>

use std::sync::Arc;

use ::policy::Permission;
use api::types::{AddPermissionInput, AddPermissionOutput};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::change::Defined;
use crate::model::policy::{self, Policy};
use crate::model::{Attributes, Change, Topic, TopicLane, arn};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: AddPermissionInput,
) -> Result<AddPermissionOutput, Fault> {
    let topic = arn::topic(&call.caller, "TopicArn", &input.topic_arn)?;
    let permission = policy::permission(input.label, &input.aws_account_id, input.action_name)?;
    sns.topics.enter(&topic, |lane, _| decide(lane, &permission)).await?;
    Ok(AddPermissionOutput {})
}

fn decide(lane: &TopicLane, permission: &Permission) -> Decision<TopicLane, (), Error> {
    let defined = lane.topic().and_then(|topic| {
        let policy = topic.attributes.policy_of(&lane.arn).allow(&lane.arn, permission)?;
        Ok(with_policy(topic, Some(policy)))
    });
    match defined {
        Ok(defined) => Decision::grow(vec![Change::Defined(Box::new(defined))], ()),
        Err(error) => Decision::Refuse(error),
    }
}

/// A topic as it is, with another policy.
pub(super) fn with_policy(topic: &Topic, policy: Option<Policy>) -> Defined {
    let attributes = Attributes { policy, ..topic.attributes.clone() };
    Defined { attributes, ..topic.defined() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn a_permission_stands_beside_the_default_one() {
        let mut lane = testing::lane("orders", &[]);
        let accounts = ["111122223333".to_owned()];
        let permission = policy::permission("a".into(), &accounts, vec!["Publish".into()]).unwrap();
        let Decision::Plan(plan) = decide(&lane, &permission) else { panic!("refused") };
        testing::apply(&mut lane, plan.changes);
        let policy = lane.topic().unwrap().attributes.policy.clone().unwrap();
        assert!(policy.as_str().contains("__default_statement_ID"));
        assert!(policy.as_str().contains("arn:aws:iam::111122223333:root"));
    }
}
