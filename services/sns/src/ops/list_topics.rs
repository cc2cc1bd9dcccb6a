//! <https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html>

use std::sync::Arc;

use api::sns::types::{ListTopicsInput, ListTopicsResponse, Topic};
use runtime::Call;
use runtime::names::{self, Query};
use shape::Fault;

use crate::Sns;
use crate::limits;
use crate::model::arn;
use crate::ops::pages;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ListTopicsInput,
) -> Result<ListTopicsResponse, Fault> {
    let after = pages::read_token(input.next_token.as_deref())?;
    let query = Query {
        service: "sns",
        account: call.caller.account.as_str(),
        region: call.caller.region.as_str(),
        prefix: "",
        after: after.as_deref(),
        limit: limits::PAGE,
    };
    let found = names::list(sns.topics.node().slots(), query, |_| true).await;
    let mut found = found.map_err(pages::unreadable)?;
    let next_token = pages::cut(&mut found, |(name, _)| name.clone());
    let topic =
        |name: &str| Topic { topic_arn: Some(arn::of_name(&call.caller, name).to_string()) };
    let topics = found.iter().map(|(name, _)| topic(name)).collect();
    Ok(ListTopicsResponse { topics: Some(topics), next_token })
}
