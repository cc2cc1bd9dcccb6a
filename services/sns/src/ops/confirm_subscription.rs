//! <https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html>

use std::sync::Arc;

use api::types::{ConfirmSubscriptionInput, ConfirmSubscriptionResponse};
use base::AccountId;
use runtime::{Call, Decision, Moment, Principal, not_signed};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::model::arn::{self, SubscriptionArn};
use crate::model::subscribers::SubscriptionIndex;
use crate::model::{Subscription, Topic, TopicLane, token};
use crate::ops::replaying;

/// The caller's token and what it is for.
struct Shown {
    /// The owner of the subscription from now on; none if it keeps its owner, because the caller did not sign.
    caller: Option<AccountId>,
    token: String,
    authenticated_end: bool,
}

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ConfirmSubscriptionInput,
) -> Result<ConfirmSubscriptionResponse, Fault> {
    let visitor = arn::visitor(&call.caller, &input.topic_arn);
    let topic = arn::topic(&visitor, "TopicArn", &input.topic_arn)?;
    let flag = input.authenticate_on_unsubscribe.unwrap_or_default().to_ascii_lowercase();
    let authenticated_end = match flag.as_str() {
        "true" => true,
        "" | "false" => false,
        _ => return Err(Error::invalid("AuthenticateOnUnsubscribe").into()),
    };
    let is_anonymous = call.caller.principal == Principal::Anonymous;
    if is_anonymous && authenticated_end {
        return Err(not_signed());
    }
    let caller = (!is_anonymous).then_some(call.caller.account);
    let shown = Shown { caller, token: input.token, authenticated_end };
    let decide = |lane: &TopicLane, moment: Moment<'_>| {
        lane.with_subscribers(|topic, index| decide(topic, index, moment, &shown))
    };
    let id = sns.topics.enter(&topic, decide).await.map_err(|error| match error {
        // Who did not sign learns nothing of what there is.
        Error::TopicNotFound if is_anonymous => Error::invalid("Token"),
        error => error,
    })?;
    let arn = SubscriptionArn { topic, id }.to_string();
    Ok(ConfirmSubscriptionResponse { subscription_arn: Some(arn) })
}

/// Whoever shows the token and has a name owns the subscription from now on; showing it again changes nothing.
fn decide(
    topic: &Topic,
    index: &SubscriptionIndex,
    moment: Moment<'_>,
    shown: &Shown,
) -> Decision<TopicLane, SubscriptionId, Error> {
    let id = token::open(&shown.token, &topic.incarnation, &topic.secret);
    let Some((id, present)) = id.and_then(|id| Some((id, index.get(id)?))) else {
        return Decision::Refuse(Error::invalid("Token"));
    };
    match present.expires {
        None => Decision::answer(id),
        Some(at) if at <= moment.now => Decision::Refuse(Error::invalid("Token")),
        Some(_) => {
            let confirmed = Subscription {
                expires: None,
                since: topic.end,
                owner: shown.caller.unwrap_or(present.owner),
                authenticated_end: shown.authenticated_end,
                ..present
            };
            let replay = confirmed.attributes.replay.as_ref();
            match replaying::begin(topic, moment, id, replay) {
                Ok(replayed) => {
                    let changes = [Some(topic.subscribed(index, id, confirmed)), replayed];
                    Decision::grow(changes.into_iter().flatten().collect(), id)
                }
                Err(error) => Decision::Refuse(error),
            }
        }
    }
}
