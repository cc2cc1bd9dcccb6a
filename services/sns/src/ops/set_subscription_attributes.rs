//! <https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>

use std::sync::Arc;

use api::types::{SetSubscriptionAttributesInput, SetSubscriptionAttributesOutput};
use runtime::{Call, Decision, Moment, Quotas};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::arn::SubscriptionArn;
use crate::model::subscribers::SubscriptionIndex;
use crate::model::subscription_attributes::Refused;
use crate::model::{Subscription, Topic, TopicLane};
use crate::ops::replaying;
use crate::ops::subscribe::check_filters;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: SetSubscriptionAttributesInput,
) -> Result<SetSubscriptionAttributesOutput, Fault> {
    let arn = SubscriptionArn::parse(&call.caller, &input.subscription_arn)?;
    let value = input.attribute_value.unwrap_or_default();
    let set = (input.attribute_name.as_str(), value.as_str());
    let quotas = sns.topics.node().quotas();
    let decide = |lane: &TopicLane, moment: Moment<'_>| {
        if lane.topic.is_none() {
            return Decision::Refuse(Error::SubscriptionNotFound);
        }
        lane.with_subscribers(|topic, index| decide(topic, index, (moment, quotas), &arn, set))
    };
    sns.topics.enter(&arn.topic, decide).await?;
    Ok(SetSubscriptionAttributesOutput {})
}

/// New attributes hold for the messages that are delivered from now on.
fn decide(
    topic: &Topic,
    index: &SubscriptionIndex,
    (moment, quotas): (Moment<'_>, Quotas),
    arn: &SubscriptionArn,
    (name, value): (&str, &str),
) -> Decision<TopicLane, (), Error> {
    let Some(present) = index.get(arn.id) else {
        return Decision::Refuse(Error::SubscriptionNotFound);
    };
    let attributes = present.attributes.with(&arn.topic, name, value).map_err(refused);
    let changed = attributes.and_then(|wanted| {
        if let ("RedrivePolicy", Some(redrive)) = (name, &wanted.redrive) {
            redrive.suits(present.owner).map_err(Error::InvalidParameter)?;
        }
        check_filters(index, Some(&present.attributes), &wanted, quotas)?;
        let changed = Subscription { attributes: Arc::new(wanted), ..present };
        let replayed = match name {
            "ReplayPolicy" => replaying::set(topic, moment, arn.id, &changed)?,
            _ => None,
        };
        Ok((changed, replayed))
    });
    match changed {
        Ok((changed, replayed)) => {
            let subscribed = topic.subscribed(index, arn.id, changed);
            Decision::grow([Some(subscribed), replayed].into_iter().flatten().collect(), ())
        }
        Err(error) => Decision::Refuse(error),
    }
}

fn refused(why: Refused) -> Error {
    match why {
        Refused::Unknown(_) => Error::invalid("AttributeName"),
        Refused::Value(text) => Error::invalid(text),
    }
}
