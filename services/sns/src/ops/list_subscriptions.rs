//! <https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html>

use std::sync::Arc;

use api::types::{ListSubscriptionsInput, ListSubscriptionsResponse, Subscription};
use bytes::Bytes;
use runtime::Call;
use shape::Fault;
use store::StoreError;

use crate::Sns;
use crate::keys::{self, ListedRow};
use crate::model::arn::{LISTED, SubscriptionArn};
use crate::ops::pages;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ListSubscriptionsInput,
) -> Result<ListSubscriptionsResponse, Fault> {
    let slots = sns.topics.node().slots();
    let token = input.next_token.as_deref();
    let (found, next_token) = pages::names(slots, &call.caller, LISTED, token).await?;
    let shown = found.into_iter().map(|(name, row)| show(&call, &name, row));
    let shown = shown.collect::<Result<Vec<_>, _>>().map_err(pages::unreadable)?;
    Ok(ListSubscriptionsResponse { subscriptions: Some(shown), next_token })
}

fn show(call: &Call, name: &str, row: Bytes) -> Result<Subscription, StoreError> {
    let row: ListedRow = keys::decode(row)?;
    let arn = SubscriptionArn::of_listed(&call.caller.region, name);
    let arn = arn.ok_or_else(|| StoreError::Damaged(format!("the subscription {name:?}")))?;
    let owner = call.caller.account.to_string();
    Ok(word(&arn, (owner, row.protocol, row.endpoint), row.pending))
}

/// A subscription of a list: one that waits to be confirmed does not show its name.
pub(super) fn word(
    arn: &SubscriptionArn,
    (owner, protocol, endpoint): (String, String, String),
    is_pending: bool,
) -> Subscription {
    let shown = if is_pending { "PendingConfirmation".to_owned() } else { arn.to_string() };
    Subscription {
        subscription_arn: Some(shown),
        owner: Some(owner),
        protocol: Some(protocol),
        endpoint: Some(endpoint),
        topic_arn: Some(arn.topic.to_string()),
    }
}
