//! <https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html>

use std::sync::Arc;

use api::types::{UnsubscribeInput, UnsubscribeOutput};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::model::arn::{self, SubscriptionArn};
use crate::model::subscribers::SubscriptionIndex;
use crate::model::{Topic, TopicLane};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: UnsubscribeInput,
) -> Result<UnsubscribeOutput, Fault> {
    let visitor = arn::visitor(&call.caller, &input.subscription_arn);
    let SubscriptionArn { topic, id } = SubscriptionArn::parse(&visitor, &input.subscription_arn)?;
    let decide = |lane: &TopicLane, _: Moment<'_>| {
        if lane.topic.is_none() {
            return Decision::answer(());
        }
        lane.with_subscribers(|topic, index| decide(topic, index, id))
    };
    sns.topics.enter(&topic, decide).await?;
    Ok(UnsubscribeOutput {})
}

/// A subscription that is not there has ended already. One that waits to be confirmed ends by itself.
fn decide(
    topic: &Topic,
    index: &SubscriptionIndex,
    id: SubscriptionId,
) -> Decision<TopicLane, (), Error> {
    match index.get(id) {
        None => Decision::answer(()),
        Some(waiting) if waiting.is_pending() => Decision::Refuse(Error::because(
            "SubscriptionArn",
            "Cannot unsubscribe a subscription that is pending confirmation",
        )),
        Some(before) => Decision::keep(vec![topic.unsubscribed(id, before)], ()),
    }
}
