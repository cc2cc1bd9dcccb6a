//! <https://docs.aws.amazon.com/sns/latest/api/API_UntagResource.html>

use std::sync::Arc;

use api::types::{UntagResourceRequest, UntagResourceResponse};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::change::Defined;
use crate::model::{Change, TopicLane, arn};
use crate::ops::tag_resource::resource;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: UntagResourceRequest,
) -> Result<UntagResourceResponse, Fault> {
    let topic = arn::topic(&call.caller, "ResourceArn", &input.resource_arn)?;
    sns.topics.enter(&topic, |lane, _| decide(lane, &input.tag_keys)).await?;
    Ok(UntagResourceResponse {})
}

/// Keys that the topic does not have are no error.
fn decide(lane: &TopicLane, keys: &[String]) -> Decision<TopicLane, (), Error> {
    let topic = match resource(lane) {
        Ok(topic) => topic,
        Err(error) => return Decision::Refuse(error),
    };
    let mut tags = topic.tags.clone();
    tags.retain(|key, _| !keys.contains(key));
    if tags.len() == topic.tags.len() {
        return Decision::answer(());
    }
    let defined = Defined { tags, ..topic.defined() };
    Decision::keep(vec![Change::Defined(Box::new(defined))], ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tags::Tags;
    use crate::model::testing;

    #[test]
    fn only_the_named_keys_go_and_unknown_ones_write_nothing() {
        let mut lane = testing::lane("orders", &[]);
        let tag = |key: &str| (key.to_owned(), String::new());
        lane.topic.as_mut().unwrap().tags = Tags::from([tag("a"), tag("A"), tag("b")]);
        let Decision::Plan(plan) = decide(&lane, &["never".into()]) else { panic!("refused") };
        assert_eq!(plan.changes, []);
        let keys = ["a".into(), "b".into(), "never".into()];
        let Decision::Plan(plan) = decide(&lane, &keys) else { panic!("refused") };
        testing::apply(&mut lane, plan.changes);
        assert_eq!(lane.topic().unwrap().tags, Tags::from([tag("A")]));
    }
}
