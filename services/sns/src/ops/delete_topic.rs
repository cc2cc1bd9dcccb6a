//! <https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html>

use std::sync::Arc;

use api::types::{DeleteTopicInput, DeleteTopicOutput};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::model::{Change, TopicLane, arn};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: DeleteTopicInput,
) -> Result<DeleteTopicOutput, Fault> {
    let topic = arn::topic(&call.caller, "TopicArn", &input.topic_arn)?;
    sns.topics.enter(&topic, decide).await?;
    Ok(DeleteTopicOutput {})
}

/// A topic that is not there is deleted already. One with an archive must give that up first.
/// <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html>
fn decide(lane: &TopicLane, moment: Moment<'_>) -> Decision<TopicLane, bool, Error> {
    let fifo = lane.topic.as_ref().and_then(|topic| topic.attributes.fifo.as_ref());
    if fifo.is_some_and(|fifo| fifo.archive.is_some()) {
        return Decision::Refuse(Error::InvalidState(
            "Cannot delete a topic with an ArchivePolicy",
        ));
    }
    remove(lane, moment)
}

/// One small commit, whatever the topic has: its rows go later. Answers whether it was there.
pub(crate) fn remove(lane: &TopicLane, moment: Moment<'_>) -> Decision<TopicLane, bool, Error> {
    match lane.topic {
        Some(_) => Decision::keep(vec![Change::Deleted { at: moment.now }], true),
        None => Decision::answer(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn a_topic_is_deleted_once_and_then_it_is_no_error() {
        let mut lane = testing::lane("orders", &[]);
        let Decision::Plan(plan) = decide(&lane, testing::moment(1)) else { panic!("refused") };
        assert!(plan.answer);
        testing::apply(&mut lane, plan.changes);
        let Decision::Plan(plan) = decide(&lane, testing::moment(2)) else { panic!("refused") };
        assert_eq!((plan.answer, plan.changes), (false, vec![]));
    }

    #[test]
    fn a_topic_with_an_archive_is_not_deleted() {
        let archive = ("ArchivePolicy", r#"{"MessageRetentionPeriod":"30"}"#);
        let lane = testing::lane("orders.fifo", &[("FifoTopic", "true"), archive]);
        let Decision::Refuse(error) = decide(&lane, testing::moment(1)) else { panic!("deleted") };
        assert_eq!(error.to_string(), "Invalid state: Cannot delete a topic with an ArchivePolicy");
    }
}
