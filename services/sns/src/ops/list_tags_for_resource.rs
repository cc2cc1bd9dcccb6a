//! <https://docs.aws.amazon.com/sns/latest/api/API_ListTagsForResource.html>

use std::sync::Arc;

use api::types::{ListTagsForResourceRequest, ListTagsForResourceResponse};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::tags::Tags;
use crate::model::{TopicLane, arn, tags};
use crate::ops::tag_resource::resource;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Fault> {
    let topic = arn::topic(&call.caller, "ResourceArn", &input.resource_arn)?;
    let found = sns.topics.enter(&topic, decide).await?;
    Ok(ListTagsForResourceResponse { tags: Some(tags::list(&found)) })
}

fn decide(lane: &TopicLane, _: Moment<'_>) -> Decision<TopicLane, Tags, Error> {
    match resource(lane) {
        Ok(topic) => Decision::answer(topic.tags.clone()),
        Err(error) => Decision::Refuse(error),
    }
}
