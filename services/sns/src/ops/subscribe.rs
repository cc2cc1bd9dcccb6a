//! <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{SubscribeInput, SubscribeResponse};
use base::{AccountId, Arn};
use runtime::{Call, Decision, Moment, Principal, Quotas};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::limits;
use crate::model::arn::{self, SubscriptionArn};
use crate::model::change::Published;
use crate::model::message::{Confirmation, LogEntry};
use crate::model::subscribers::SubscriptionIndex;
use crate::model::subscription::Protocol;
use crate::model::subscription_attributes::{Refused, SubscriptionAttributes};
use crate::model::{Change, Subscription, Topic, TopicLane};
use crate::ops::replaying;

/// Protocols that AWS has and that are not there yet.
const OTHERS: [&str; 8] =
    ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms"];

/// The caller's parameters, checked.
struct SubscribeParams {
    /// The owner: the caller, or the topic's owner if the caller did not sign where that is asked for.
    owner: AccountId,
    /// The caller owns the queue, and need not confirm.
    owns_queue: bool,
    queue: Arn,
    given: BTreeMap<String, String>,
    attributes: Arc<SubscriptionAttributes>,
    quotas: Quotas,
    reached_at: String,
}

/// A subscription that is there now.
struct Subscribed {
    id: SubscriptionId,
    is_pending: bool,
}

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: SubscribeInput,
) -> Result<SubscribeResponse, Fault> {
    let topic = arn::topic(&call.caller, "TopicArn", &input.topic_arn)?;
    check_protocol(&topic, &input.protocol)?;
    let given = input.attributes.unwrap_or_default();
    let attributes = SubscriptionAttributes::parse(&topic, &given).map_err(refused)?;
    let queue = queue(&topic, input.endpoint.as_deref().unwrap_or_default())?;
    let is_anonymous = call.caller.principal == Principal::Anonymous;
    let owner = topic.account().filter(|_| is_anonymous).unwrap_or(call.caller.account);
    if let Some(redrive) = &attributes.redrive {
        redrive.suits(owner).map_err(|text| Error::because("Attributes", text))?;
    }
    let params = SubscribeParams {
        owner,
        owns_queue: !is_anonymous && queue.account() == Some(call.caller.account),
        queue,
        given,
        attributes: Arc::new(attributes),
        quotas: sns.topics.node().quotas(),
        reached_at: call.endpoint.to_string(),
    };
    let decide = |lane: &TopicLane, moment: Moment<'_>| {
        lane.with_subscribers(|topic, index| decide(topic, index, moment, &params))
    };
    let Subscribed { id, is_pending } = sns.topics.enter(&topic, decide).await?;
    let hides = is_pending && input.return_subscription_arn != Some(true);
    let arn = SubscriptionArn { topic, id }.to_string();
    let shown = if hides { "pending confirmation".to_owned() } else { arn };
    Ok(SubscribeResponse { subscription_arn: Some(shown) })
}

/// Only queues can subscribe; FIFO topics have nothing else in AWS either.
/// <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html>
fn check_protocol(topic: &Arn, protocol: &str) -> Result<(), Error> {
    match protocol {
        "sqs" => Ok(()),
        other if OTHERS.contains(&other) && arn::is_fifo(topic) => {
            Err(Error::invalid(format!("Invalid protocol type: {other}")))
        }
        other if OTHERS.contains(&other) => {
            let reason = format!("the protocol {other} is not implemented");
            Err(Error::because("Protocol", reason))
        }
        unknown => {
            let text = format!("Amazon SNS does not support this protocol string: {unknown}");
            Err(Error::invalid(text))
        }
    }
}

/// The queue that an endpoint names. Standard topics cannot give FIFO queues what these need.
fn queue(topic: &Arn, endpoint: &str) -> Result<Arn, Error> {
    let queue: Option<Arn> = endpoint.parse().ok();
    let names_one = |queue: &Arn| {
        let name = queue.resource();
        let stem = name.strip_suffix(".fifo").unwrap_or(name);
        queue.service() == "sqs"
            && endpoint.split(':').all(|part| !part.is_empty())
            && !stem.is_empty()
            && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let Some(queue) = queue.filter(names_one) else {
        return Err(Error::invalid("SQS endpoint ARN"));
    };
    if queue.resource().ends_with(".fifo") && !arn::is_fifo(topic) {
        return Err(Error::invalid(
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
        ));
    }
    Ok(queue)
}

fn refused(why: Refused) -> Error {
    match why {
        Refused::Unknown(name) => Error::because("Attributes", format!("Unknown attribute {name}")),
        Refused::Value(text) => Error::because("Attributes", text),
    }
}

/// A queue that is subscribed already stays so, unless the caller wants it differently. Whoever owns the
/// queue need not confirm; others are told to, again each time that they ask.
fn decide(
    topic: &Topic,
    index: &SubscriptionIndex,
    moment: Moment<'_>,
    params: &SubscribeParams,
) -> Decision<TopicLane, Subscribed, Error> {
    let is_owner = params.owns_queue;
    let found = index.find(Protocol::Sqs, params.queue.as_str());
    let Some((id, present)) = found.and_then(|id| Some((id, index.get(id)?))) else {
        return begin(topic, index, moment, params);
    };
    if present.attributes.differs(&params.given, &params.attributes) {
        let reason = "Subscription already exists with different attributes";
        return Decision::Refuse(Error::because("Attributes", reason));
    }
    match (present.is_pending(), is_owner) {
        (false, _) => Decision::answer(Subscribed { id, is_pending: false }),
        (true, true) => {
            let confirmed = Subscription {
                expires: None,
                since: topic.end,
                owner: params.owner,
                authenticated_end: true,
                ..present
            };
            let replay = confirmed.attributes.replay.as_ref();
            let replayed = match replaying::begin(topic, moment, id, replay) {
                Ok(replayed) => replayed,
                Err(error) => return Decision::Refuse(error),
            };
            let changes = [Some(topic.subscribed(index, id, confirmed)), replayed];
            let changes = changes.into_iter().flatten().collect();
            Decision::grow(changes, Subscribed { id, is_pending: false })
        }
        (true, false) => {
            let asked = ask(topic, moment, params, id);
            Decision::grow(vec![asked], Subscribed { id, is_pending: true })
        }
    }
}

fn begin(
    topic: &Topic,
    index: &SubscriptionIndex,
    moment: Moment<'_>,
    params: &SubscribeParams,
) -> Decision<TopicLane, Subscribed, Error> {
    let (id, is_owner) = (SubscriptionId::draw(moment.random), params.owns_queue);
    let room = check_room(topic, params.quotas);
    let room = room.and_then(|()| check_filters(index, None, &params.attributes, params.quotas));
    let replayed = room.and_then(|()| replayed(topic, moment, params, is_owner.then_some(id)));
    let replayed = match replayed {
        Ok(replayed) => replayed,
        Err(error) => return Decision::Refuse(error),
    };
    let subscription = Subscription {
        protocol: Protocol::Sqs,
        endpoint: params.queue.to_string(),
        owner: params.owner,
        attributes: Arc::clone(&params.attributes),
        expires: (!is_owner).then(|| moment.now + limits::CONFIRMATION),
        since: topic.end,
        authenticated_end: is_owner,
    };
    let mut changes = vec![topic.subscribed(index, id, subscription)];
    changes.extend(replayed);
    if !is_owner {
        changes.push(ask(topic, moment, params, id));
    }
    Decision::grow(changes, Subscribed { id, is_pending: !is_owner })
}

/// The change by which the replay begins that a new subscription asks for, if it need not be confirmed.
fn replayed(
    topic: &Topic,
    moment: Moment<'_>,
    params: &SubscribeParams,
    confirmed: Option<SubscriptionId>,
) -> Result<Option<Change>, Error> {
    let policy = params.attributes.replay.as_ref();
    replaying::check_archive(topic, policy, |text| Error::because("Attributes", text))?;
    match confirmed {
        Some(id) => replaying::begin(topic, moment, id, policy),
        None => Ok(None),
    }
}

/// The record that asks the owner of an endpoint to confirm.
fn ask(
    topic: &Topic,
    moment: Moment<'_>,
    params: &SubscribeParams,
    subscription: SubscriptionId,
) -> Change {
    let (id, reached_at) = (moment.random.uuid(), params.reached_at.clone());
    let confirmation = Confirmation { id, asked: moment.now, subscription, reached_at };
    let entry = Arc::new(LogEntry::Confirmation(confirmation));
    let deliver_at = topic.relay.wake(moment.now);
    Change::Published(Published { position: topic.end, record: entry.encode(), entry, deliver_at })
}

/// <https://docs.aws.amazon.com/general/latest/gr/sns.html>
fn check_room(topic: &Topic, quotas: Quotas) -> Result<(), Error> {
    let present = topic.counts.subscriptions();
    if topic.attributes.takes_large() && present >= limits::SUBSCRIPTIONS_OF_LARGE {
        let reason =
            "a topic with a MaximumMessageSize above 256 KiB must have 100 or fewer subscriptions";
        return Err(Error::because("TopicArn", reason));
    }
    let is_fifo = topic.attributes.fifo.is_some();
    let most = if is_fifo { limits::SUBSCRIPTIONS_OF_FIFO } else { limits::SUBSCRIPTIONS };
    if quotas == Quotas::Aws && present >= most {
        return Err(Error::SubscriptionLimitExceeded);
    }
    Ok(())
}

/// Checks that the topic may have one more filter policy.
pub(super) fn check_filters(
    index: &SubscriptionIndex,
    before: Option<&SubscriptionAttributes>,
    params: &SubscriptionAttributes,
    quotas: Quotas,
) -> Result<(), Error> {
    let is_more = params.filter.is_some() && before.is_none_or(|before| before.filter.is_none());
    if quotas == Quotas::Aws && is_more && index.routes().filtered() >= limits::FILTER_POLICIES {
        return Err(Error::FilterPolicyLimitExceeded);
    }
    Ok(())
}

#[cfg(test)]
#[path = "subscribe_tests.rs"]
mod tests;
