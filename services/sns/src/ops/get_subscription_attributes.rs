//! <https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{GetSubscriptionAttributesInput, GetSubscriptionAttributesResponse};
use base::Incarnation;
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::arn::SubscriptionArn;
use crate::model::replay::Replay;
use crate::model::{Subscription, TopicLane, read};
use crate::ops::pages;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: GetSubscriptionAttributesInput,
) -> Result<GetSubscriptionAttributesResponse, Fault> {
    let arn = SubscriptionArn::parse(&call.caller, &input.subscription_arn)?;
    let incarnation =
        sns.topics.enter(&arn.topic, incarnation).await?.ok_or(Error::SubscriptionNotFound)?;
    let rows = sns.topics.rows(&arn.topic);
    let found = read::subscription((&arn.topic, incarnation), arn.id, &rows).await;
    let found = found.map_err(pages::unreadable)?.ok_or(Error::SubscriptionNotFound)?;
    let replay = match found.attributes.replay {
        Some(_) => read::replay(incarnation, arn.id, &rows).await.map_err(pages::unreadable)?,
        None => None,
    };
    Ok(GetSubscriptionAttributesResponse { attributes: Some(show(&arn, &found, replay.as_ref())) })
}

/// The present incarnation of a topic. What was observed of it is on disk by then, so its rows can be read.
pub(super) fn incarnation(
    lane: &TopicLane,
    _: Moment<'_>,
) -> Decision<TopicLane, Option<Incarnation>, Error> {
    Decision::answer(lane.topic.as_ref().map(|topic| topic.incarnation))
}

fn show(
    arn: &SubscriptionArn,
    subscription: &Subscription,
    replay: Option<&Replay>,
) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::from([
        ("SubscriptionArn", arn.to_string()),
        ("TopicArn", arn.topic.to_string()),
        ("Owner", subscription.owner.to_string()),
        ("Protocol", subscription.protocol.as_str().to_owned()),
        ("Endpoint", subscription.endpoint.clone()),
        ("PendingConfirmation", subscription.is_pending().to_string()),
        ("ConfirmationWasAuthenticated", subscription.authenticated_end.to_string()),
    ]);
    shown.extend(subscription.attributes.list());
    // The scope is kept without a filter policy, and shown with one.
    if !shown.contains_key("FilterPolicy") {
        shown.remove("FilterPolicyScope");
    }
    if subscription.attributes.replay.is_some() {
        // Before the subscription is confirmed there is no replay yet.
        let status = replay.map_or("Pending", Replay::status);
        shown.insert("ReplayStatus", status.to_owned());
    }
    shown.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
