//! What callers must be allowed for each operation. Refusals name actions as here, and as in AWS: `SNS:Publish`.
//!
//! A batch is allowed as Publish is. An operation on a subscription is one on its topic, which the
//! subscription's owner may do too; who does not sign never may, as AWS has it for queues.
//! <https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html>
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>

use api::types::{
    CreatePlatformApplicationInput, CreateTopicInput, PublishInput, SubscribeInput, Tag,
    TagResourceRequest, UntagResourceRequest,
};
use runtime::{Access, Call};
use shape::Fault;

use crate::mobile::{ApplicationArn, EndpointArn};
use crate::model::arn::{self, SubscriptionArn};
use crate::ops::publish;

type Needed = Result<Vec<Access>, Fault>;

/// An action on a topic.
pub(crate) fn to(action: &'static str, call: &Call, topic: &str) -> Needed {
    Ok(vec![Access::to(action, arn::topic(&call.caller, "TopicArn", topic)?)])
}

/// The same, for callers of its own account alone.
pub(crate) fn own(action: &'static str, call: &Call, topic: &str) -> Needed {
    Ok(vec![Access::within_account(action, arn::topic(&call.caller, "TopicArn", topic)?)])
}

/// An action on a topic, for whoever shows a token.
pub(crate) fn by_token(action: &'static str, call: &Call, topic: &str) -> Needed {
    let topic = arn::topic(&arn::visitor(&call.caller, topic), "TopicArn", topic)?;
    Ok(vec![Access::by_token(action, topic)])
}

/// An action on no particular topic.
pub(crate) fn all(action: &'static str) -> Needed {
    Ok(vec![Access::in_general(action)])
}

/// An action on a subscription.
pub(crate) fn subscription(action: &'static str, call: &Call, subscription: &str) -> Needed {
    let visitor = arn::visitor(&call.caller, subscription);
    let SubscriptionArn { topic, id } = SubscriptionArn::parse(&visitor, subscription)?;
    Ok(vec![Access::to_part(action, topic, id.to_string())])
}

/// An action on a platform application, of its own account alone: it has no policy.
pub(crate) fn application(action: &'static str, call: &Call, application: &str) -> Needed {
    let application = ApplicationArn::parse(&call.caller, application)?;
    Ok(vec![Access::within_account(action, application.arn)])
}

/// An action on an endpoint.
pub(crate) fn endpoint(action: &'static str, call: &Call, endpoint: &str) -> Needed {
    let endpoint = EndpointArn::parse(&call.caller, endpoint)?;
    Ok(vec![Access::within_account(action, endpoint.arn())])
}

pub(crate) fn create_application(call: &Call, input: &CreatePlatformApplicationInput) -> Needed {
    let application = ApplicationArn::of_name(&call.caller, &input.platform, &input.name)?;
    Ok(vec![Access::within_account("SNS:CreatePlatformApplication", application.arn)])
}

pub(crate) fn create_topic(call: &Call, input: &CreateTopicInput) -> Needed {
    let topic = arn::of_name(&call.caller, &input.name);
    let actions = match &input.tags {
        Some(tags) if !tags.is_empty() => &["SNS:CreateTopic", "SNS:TagResource"][..],
        _ => &["SNS:CreateTopic"],
    };
    let access = |action: &&'static str| Access::within_account(action, topic.clone());
    let tags = || pairs(input.tags.as_deref().unwrap_or_default());
    Ok(actions.iter().map(|action| access(action).setting_tags(tags())).collect())
}

pub(crate) fn publish(call: &Call, input: &PublishInput) -> Needed {
    Ok(vec![Access::to("SNS:Publish", publish::target(call, input)?)])
}

/// <https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html#sns-policy-keys>
pub(crate) fn subscribe(call: &Call, input: &SubscribeInput) -> Needed {
    let mut access =
        Access::to("SNS:Subscribe", arn::topic(&call.caller, "TopicArn", &input.topic_arn)?);
    access.keys.add("sns:Protocol", input.protocol.as_str());
    if let Some(endpoint) = &input.endpoint {
        access.keys.add("sns:Endpoint", endpoint.as_str());
    }
    Ok(vec![access])
}

pub(crate) fn tag_resource(call: &Call, input: &TagResourceRequest) -> Needed {
    let topic = arn::topic(&call.caller, "ResourceArn", &input.resource_arn)?;
    Ok(vec![Access::within_account("SNS:TagResource", topic).setting_tags(pairs(&input.tags))])
}

pub(crate) fn untag_resource(call: &Call, input: &UntagResourceRequest) -> Needed {
    let topic = arn::topic(&call.caller, "ResourceArn", &input.resource_arn)?;
    let access = Access::within_account("SNS:UntagResource", topic);
    Ok(vec![access.with_tag_keys(input.tag_keys.iter().map(String::as_str))])
}

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str()))
}
