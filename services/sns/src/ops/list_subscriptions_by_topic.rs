//! <https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html>

use std::sync::Arc;

use api::types::{
    ListSubscriptionsByTopicInput, ListSubscriptionsByTopicResponse, Subscription as Listed,
};
use runtime::Call;
use shape::Fault;
use store::PageLimit;

use crate::Sns;
use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::limits;
use crate::model::arn::{self, SubscriptionArn};
use crate::model::subscribers::NextPage;
use crate::model::{Subscription, read};
use crate::ops::get_subscription_attributes::incarnation;
use crate::ops::list_subscriptions::word;
use crate::ops::pages;

/// A page is read from the topic's rows, and none of the others.
pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ListSubscriptionsByTopicInput,
) -> Result<ListSubscriptionsByTopicResponse, Fault> {
    let topic = arn::topic(&call.caller, "TopicArn", &input.topic_arn)?;
    let after = pages::read_token(input.next_token.as_deref())?;
    let after: Option<SubscriptionId> =
        after.map(|after| after.parse()).transpose().map_err(invalid)?;
    let incarnation = sns.topics.enter(&topic, incarnation).await?.ok_or(Error::TopicNotFound)?;
    let limit = PageLimit { rows: limits::PAGE + 1, bytes: 4 << 20 };
    let rows = sns.topics.rows(&topic);
    let page =
        read::page_of_subscriptions((&topic, incarnation), NextPage(after), limit, &rows).await;
    let page = page.map_err(pages::unreadable)?;
    let mut found = page.subscriptions;
    // Long filters may have ended the page early.
    let ended = found.last().filter(|_| page.more).map(|(id, _)| pages::token(&id.to_string()));
    let next_token = pages::cut(&mut found, |(id, _)| id.to_string()).or(ended);
    let listed = found
        .into_iter()
        .map(|(id, found)| show(&SubscriptionArn { topic: topic.clone(), id }, found));
    let subscriptions = Some(listed.collect());
    Ok(ListSubscriptionsByTopicResponse { subscriptions, next_token })
}

fn invalid((): ()) -> Error {
    Error::invalid("NextToken")
}

fn show(arn: &SubscriptionArn, found: Subscription) -> Listed {
    let is_pending = found.is_pending();
    let protocol = found.protocol.as_str().to_owned();
    word(arn, (found.owner.to_string(), protocol, found.endpoint), is_pending)
}
