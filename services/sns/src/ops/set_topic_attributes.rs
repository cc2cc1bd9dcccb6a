//! <https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>

use std::sync::Arc;

use api::types::{SetTopicAttributesInput, SetTopicAttributesOutput};
use base::Arn;
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::limits;
use crate::model::archive::Archive;
use crate::model::attributes::Refused;
use crate::model::change::{Archived, Defined};
use crate::model::{Attributes, Change, Topic, TopicLane, arn};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: SetTopicAttributesInput,
) -> Result<SetTopicAttributesOutput, Fault> {
    let topic = arn::topic(&call.caller, "TopicArn", &input.topic_arn)?;
    let (name, value) = (input.attribute_name, input.attribute_value.unwrap_or_default());
    let attributes =
        sns.topics.enter(&topic, |lane, moment| decide(lane, moment, (&name, &value))).await?;
    warn_of_encryption(&topic, &attributes);
    Ok(SetTopicAttributesOutput {})
}

/// Says in the log that the encryption a caller asks for does not protect the topic yet.
pub(super) fn warn_of_encryption(topic: &Arn, attributes: &Attributes) {
    if attributes.kms_key.is_some() {
        tracing::warn!(%topic, "encryption at rest is set and kept, but not effective yet");
    }
}

fn decide(
    lane: &TopicLane,
    moment: Moment<'_>,
    (name, value): (&str, &str),
) -> Decision<TopicLane, Attributes, Error> {
    let set = |topic: &Topic| {
        let attributes = with(topic, name, value)?;
        let defined = Defined { attributes: attributes.clone(), ..topic.defined() };
        let defined = Change::Defined(Box::new(defined));
        let archived = archived(topic, moment, &attributes);
        Ok(Decision::grow([Some(defined), archived].into_iter().flatten().collect(), attributes))
    };
    lane.topic().and_then(set).unwrap_or_else(Decision::Refuse)
}

/// The change of the archive.
fn archived(topic: &Topic, moment: Moment<'_>, attributes: &Attributes) -> Option<Change> {
    let (before, former) = (topic.archive.as_ref(), topic.attributes.archive());
    let archive = Archive::set(before, former, attributes.archive(), moment.now, topic.end);
    let changed = archive != topic.archive;
    changed.then_some(Change::Archived(Archived { done: None, archive }))
}

fn with(topic: &Topic, name: &str, value: &str) -> Result<Attributes, Error> {
    let attributes = topic.attributes.with(name, value).map_err(|why| refused(name, why))?;
    let subscriptions = topic.counts.subscriptions();
    if attributes.takes_large() && subscriptions > limits::SUBSCRIPTIONS_OF_LARGE {
        let reason =
            "a topic with a MaximumMessageSize above 256 KiB must have 100 or fewer subscriptions";
        return Err(Error::because("MaximumMessageSize", reason));
    }
    Ok(attributes)
}

fn refused(name: &str, why: Refused) -> Error {
    match why {
        Refused::Unknown => Error::invalid("AttributeName"),
        Refused::NotImplemented => Error::NotImplemented(format!("The attribute {name}")),
        // What is wrong with a policy says by itself that it is about one.
        Refused::Value(reason) if name == "Policy" => Error::InvalidParameter(reason),
        Refused::Value(reason) if name == "DeliveryPolicy" => {
            Error::InvalidParameter(format!("DeliveryPolicy: {reason}"))
        }
        Refused::Value(reason) => Error::because("AttributeValue", format!("{name}: {reason}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;
    use crate::model::topic::SubscriptionCounts;

    fn set(lane: &TopicLane, name: &str, value: &str) -> Result<Attributes, String> {
        match decide(lane, testing::moment(5), (name, value)) {
            Decision::Plan(plan) => Ok(plan.answer),
            Decision::Refuse(error) => Err(error.to_string()),
            _ => panic!("neither"),
        }
    }

    #[test]
    fn one_attribute_changes_and_the_others_stay() {
        let lane = testing::lane("orders", &[("DisplayName", "Orders")]);
        let set = set(&lane, "SignatureVersion", "2").unwrap();
        assert_eq!(set.display_name, "Orders");
        assert!(set.list().contains(&("SignatureVersion", "2".into())));
    }

    #[test]
    fn a_wrong_name_or_value_is_refused() {
        let lane = testing::lane("orders", &[]);
        assert_eq!(set(&lane, "TopicArn", "x").unwrap_err(), "Invalid parameter: AttributeName");
        let refused = set(&lane, "TracingConfig", "On").unwrap_err();
        assert!(refused.starts_with("Invalid parameter: AttributeValue Reason: TracingConfig: "));
        let refused = set(&lane, "Policy", "{").unwrap_err();
        assert!(refused.starts_with("Invalid parameter: Policy Error: "), "{refused}");
        let delay = r#"{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":"20"}}}"#;
        assert_eq!(
            set(&lane, "DeliveryPolicy", delay).unwrap_err(),
            "Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy.minDelayTarget type \
             mismatch, expecting integer, received a string"
        );
    }

    #[test]
    fn large_messages_are_for_topics_with_few_subscriptions() {
        let mut lane = testing::lane("orders", &[]);
        let topic = lane.topic.as_mut().unwrap();
        topic.counts = SubscriptionCounts { confirmed: 100, ..SubscriptionCounts::default() };
        assert!(set(&lane, "MaximumMessageSize", "1048576").is_ok());
        lane.topic.as_mut().unwrap().counts.pending = 1;
        assert!(set(&lane, "MaximumMessageSize", "262144").is_ok());
        assert!(set(&lane, "MaximumMessageSize", "262145").unwrap_err().contains("100 or fewer"));
    }
}
