//! <https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html>

use std::sync::Arc;

use api::types::{TagResourceRequest, TagResourceResponse};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::change::Defined;
use crate::model::tags::{self, Tags};
use crate::model::{Change, Topic, TopicLane, arn};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: TagResourceRequest,
) -> Result<TagResourceResponse, Fault> {
    let topic = arn::topic(&call.caller, "ResourceArn", &input.resource_arn)?;
    let given = tags::parse(input.tags)?;
    sns.topics.enter(&topic, |lane, _| decide(lane, &given)).await?;
    Ok(TagResourceResponse {})
}

/// The topic that a tag operation is about, which must exist.
pub(super) fn resource(lane: &TopicLane) -> Result<&Topic, Error> {
    lane.topic.as_ref().ok_or(Error::ResourceNotFound)
}

fn decide(lane: &TopicLane, given: &Tags) -> Decision<TopicLane, (), Error> {
    let defined = resource(lane).and_then(|topic| {
        let tags = tags::with(&topic.tags, given)?;
        Ok(Defined { tags, ..topic.defined() })
    });
    match defined {
        Ok(defined) => Decision::grow(vec![Change::Defined(Box::new(defined))], ()),
        Err(error) => Decision::Refuse(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn tags_are_added_and_a_topic_that_is_not_there_has_none() {
        let mut lane = testing::lane("orders", &[]);
        let given = Tags::from([("a".to_owned(), "b".to_owned())]);
        let Decision::Plan(plan) = decide(&lane, &given) else { panic!("refused") };
        testing::apply(&mut lane, plan.changes);
        assert_eq!(lane.topic().unwrap().tags, given);
        lane.topic = None;
        assert!(matches!(decide(&lane, &given), Decision::Refuse(Error::ResourceNotFound)));
    }
}
