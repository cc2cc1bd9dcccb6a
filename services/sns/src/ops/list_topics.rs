//! <https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html>

use std::sync::Arc;

use api::types::{ListTopicsInput, ListTopicsResponse, Topic};
use runtime::Call;
use shape::Fault;

use crate::Sns;
use crate::model::arn;
use crate::ops::pages;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ListTopicsInput,
) -> Result<ListTopicsResponse, Fault> {
    let slots = sns.topics.node().slots();
    let token = input.next_token.as_deref();
    let (found, next_token) = pages::names(slots, &call.caller, "sns", token).await?;
    let topic =
        |name: &str| Topic { topic_arn: Some(arn::of_name(&call.caller, name).to_string()) };
    let topics = found.iter().map(|(name, _)| topic(name)).collect();
    Ok(ListTopicsResponse { topics: Some(topics), next_token })
}
