//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use std::sync::Arc;

use api::types::{PublishInput, PublishResponse};
use base::Arn;
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::{TopicLane, arn};
use crate::ops::publishing::{self, Accepted, PreparedMessage};
use crate::throttle::Load;

/// The message is on disk when its id is answered.
pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: PublishInput,
) -> Result<PublishResponse, Fault> {
    let topic = target(&call, &input)?;
    let publishing = publishing::check(&sns, &call, &topic, input)?;
    sns.throttle(&topic, Load::of([publishing.size()].into_iter())).await?;
    let accepted =
        sns.topics.enter(&topic, |lane, moment| decide(lane, moment, &publishing)).await?;
    Ok(PublishResponse {
        message_id: Some(accepted.id.to_string()),
        sequence_number: accepted.sequence_number(),
    })
}

/// The topic that a message is for: `TargetArn` may name one too.
pub(crate) fn target(call: &Call, input: &PublishInput) -> Result<Arn, Error> {
    match (&input.topic_arn, &input.target_arn, &input.phone_number) {
        (Some(topic), None, None) => arn::topic(&call.caller, "TopicArn", topic),
        (None, Some(target), None) if target.contains(":endpoint/") => {
            Err(Error::NotImplemented("Publish to a mobile endpoint".into()))
        }
        (None, Some(target), None) => arn::topic(&call.caller, "TargetArn", target),
        (None, None, Some(_)) => Err(Error::NotImplemented("Publish to a phone number".into())),
        (None, None, None) => {
            Err(Error::because("TopicArn or TargetArn", "no value for required parameter"))
        }
        _ => Err(Error::because(
            "TopicArn or TargetArn",
            "only one of TopicArn, TargetArn and PhoneNumber can be specified",
        )),
    }
}

fn decide(
    lane: &TopicLane,
    moment: Moment<'_>,
    publishing: &PreparedMessage,
) -> Decision<TopicLane, Accepted, Error> {
    let mut changes = Vec::new();
    let accept = |topic: &_| publishing::accept(topic, moment, &mut changes, publishing);
    match lane.topic().and_then(accept) {
        Ok(accepted) => Decision::grow(changes, accepted),
        Err(error) => Decision::Refuse(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::call;

    const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:orders";

    fn named(topic: Option<&str>, target: Option<&str>, phone: Option<&str>) -> String {
        let input = PublishInput {
            topic_arn: topic.map(str::to_owned),
            target_arn: target.map(str::to_owned),
            phone_number: phone.map(str::to_owned),
            ..PublishInput::default()
        };
        super::target(&call(), &input).map_or_else(|error| error.to_string(), |arn| arn.to_string())
    }

    #[test]
    fn a_message_is_for_one_thing() {
        assert_eq!(named(Some(TOPIC), None, None), TOPIC);
        assert_eq!(named(None, Some(TOPIC), None), TOPIC);
        assert_eq!(
            named(None, None, None),
            "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
        );
        assert!(named(Some(TOPIC), Some(TOPIC), None).contains("only one of"));
        let endpoint = "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/app/1";
        assert!(named(None, Some(endpoint), None).ends_with("endpoint is not implemented."));
        assert!(named(None, None, Some("+123")).ends_with("phone number is not implemented."));
    }
}
