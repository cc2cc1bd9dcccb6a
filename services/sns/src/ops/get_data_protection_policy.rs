//! <https://docs.aws.amazon.com/sns/latest/api/API_GetDataProtectionPolicy.html>

use std::sync::Arc;

use api::types::{GetDataProtectionPolicyInput, GetDataProtectionPolicyResponse};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::{TopicLane, arn};

/// No topic has one: it cannot be put.
pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: GetDataProtectionPolicyInput,
) -> Result<GetDataProtectionPolicyResponse, Fault> {
    let topic = arn::topic(&call.caller, "ResourceArn", &input.resource_arn)?;
    sns.topics.enter(&topic, exists).await?;
    Ok(GetDataProtectionPolicyResponse { data_protection_policy: None })
}

fn exists(lane: &TopicLane, _: Moment<'_>) -> Decision<TopicLane, (), Error> {
    match lane.topic() {
        Ok(_) => Decision::answer(()),
        Err(error) => Decision::Refuse(error),
    }
}
