//! <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{CreateTopicInput, CreateTopicResponse};
use base::{Arn, Incarnation};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::attributes::Refused;
use crate::model::change::Created;
use crate::model::tags::{self, Tags};
use crate::model::{Attributes, Change, TopicLane, arn};
use crate::ops::set_topic_attributes::warn_of_encryption;

/// The caller's parameters, checked.
struct CreateParams {
    given: BTreeMap<String, String>,
    attributes: Attributes,
    /// None were given, or these.
    tags: Option<Tags>,
}

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: CreateTopicInput,
) -> Result<CreateTopicResponse, Fault> {
    if input.data_protection_policy.is_some_and(|policy| !policy.is_empty()) {
        return Err(Error::NotImplemented("DataProtectionPolicy".into()).into());
    }
    let given = input.attributes.unwrap_or_default();
    let is_fifo = given.get("FifoTopic").is_some_and(|value| value == "true");
    arn::check_name(&input.name, is_fifo)?;
    let attributes = Attributes::parse(&given).map_err(|(name, why)| refused(&name, why))?;
    let tags = input.tags.map(tags::parse).transpose()?;
    let topic = arn::of_name(&call.caller, &input.name);
    let params = CreateParams { given, attributes, tags };
    sns.topics.enter(&topic, |lane, moment| decide(lane, moment, &params)).await?;
    warn_of_encryption(&topic, &params.attributes);
    Ok(CreateTopicResponse { topic_arn: Some(topic.to_string()) })
}

fn refused(name: &str, why: Refused) -> Error {
    match why {
        Refused::Unknown => Error::because("Attributes", format!("Unknown attribute {name}")),
        Refused::NotImplemented => Error::NotImplemented(format!("The attribute {name}")),
        // AWS says no more than that.
        Refused::Value(_) if name == "DisplayName" => Error::because("Attributes", name),
        Refused::Value(reason) if name == "Policy" => Error::because("Attributes", reason),
        Refused::Value(reason) => Error::because("Attributes", format!("{name}: {reason}")),
    }
}

/// A topic that is there already is answered as if it had been created, unless it is set differently.
fn decide(
    lane: &TopicLane,
    moment: Moment<'_>,
    params: &CreateParams,
) -> Decision<TopicLane, (), Error> {
    if let Some(topic) = &lane.topic {
        if differs(&lane.arn, &topic.attributes, params) {
            let reason = "Topic already exists with different attributes";
            return Decision::Refuse(Error::because("Attributes", reason));
        }
        if params.tags.as_ref().is_some_and(|tags| *tags != topic.tags) {
            let reason = "Topic already exists with different tags";
            return Decision::Refuse(Error::because("Tags", reason));
        }
        return Decision::answer(());
    }
    let created = Created {
        incarnation: Incarnation::draw(moment.random),
        secret: moment.random.bytes(),
        at: moment.now,
        attributes: params.attributes.clone(),
        tags: params.tags.clone().unwrap_or_default(),
    };
    Decision::grow(vec![Change::Created(Box::new(created))], ())
}

fn differs(topic: &Arn, present: &Attributes, params: &CreateParams) -> bool {
    present.differs(topic, &params.given, &params.attributes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    fn create(given: &[(&str, &str)], tags: Option<&[(&str, &str)]>) -> Option<String> {
        let pairs = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
        };
        let given = pairs(given);
        let attributes = Attributes::parse(&given).unwrap();
        let params = CreateParams { given, attributes, tags: tags.map(pairs) };
        let lane = testing::lane("orders", &[("DisplayName", "Orders")]);
        match decide(&lane, testing::moment(1), &params) {
            Decision::Plan(plan) => {
                assert_eq!(plan.changes, []);
                None
            }
            Decision::Refuse(error) => Some(error.to_string()),
            _ => panic!("neither"),
        }
    }

    #[test]
    fn creating_twice_is_one_creation_unless_attributes_or_tags_differ() {
        assert_eq!(create(&[], None), None);
        assert_eq!(create(&[("DisplayName", "Orders")], Some(&[])), None);
        assert_eq!(
            create(&[("DisplayName", "Others")], None).unwrap(),
            "Invalid parameter: Attributes Reason: Topic already exists with different attributes"
        );
        assert_eq!(
            create(&[], Some(&[("a", "b")])).unwrap(),
            "Invalid parameter: Tags Reason: Topic already exists with different tags"
        );
    }

    #[test]
    fn attributes_are_refused_as_aws_words_it() {
        let refused = |name: &str, value: &str| {
            let given = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            let (name, why) = Attributes::parse(&given).unwrap_err();
            super::refused(&name, why).to_string()
        };
        assert_eq!(
            refused("Colour", "red"),
            "Invalid parameter: Attributes Reason: Unknown attribute Colour"
        );
        assert_eq!(
            refused("SQSSuccessFeedbackRoleArn", "arn"),
            "The attribute SQSSuccessFeedbackRoleArn is not implemented."
        );
        assert_eq!(
            refused("DisplayName", &"x".repeat(101)),
            "Invalid parameter: Attributes Reason: DisplayName"
        );
        assert!(refused("SignatureVersion", "3").contains("Reason: SignatureVersion: must be"));
    }
}
