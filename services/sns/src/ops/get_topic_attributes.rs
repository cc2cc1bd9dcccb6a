//! <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{GetTopicAttributesInput, GetTopicAttributesResponse};
use base::Timestamp;
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::envelope;
use crate::error::Error;
use crate::model::{Topic, TopicLane, arn, delivery_policy};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: GetTopicAttributesInput,
) -> Result<GetTopicAttributesResponse, Fault> {
    let topic = arn::topic(&call.caller, "TopicArn", &input.topic_arn)?;
    let attributes = sns.topics.enter(&topic, decide).await?;
    Ok(GetTopicAttributesResponse { attributes: Some(attributes) })
}

fn decide(
    lane: &TopicLane,
    moment: Moment<'_>,
) -> Decision<TopicLane, BTreeMap<String, String>, Error> {
    match lane.topic() {
        Ok(topic) => Decision::answer(show(lane, topic, moment.now)),
        Err(error) => Decision::Refuse(error),
    }
}

/// The attributes that were set, and those that follow from them.
fn show(lane: &TopicLane, topic: &Topic, now: Timestamp) -> BTreeMap<String, String> {
    let attributes = &topic.attributes;
    let own = attributes.delivery_policy.as_deref();
    let mut shown = BTreeMap::from([
        ("TopicArn", lane.arn.to_string()),
        ("Owner", lane.arn.account_text().to_owned()),
        ("Policy", attributes.policy_of(&lane.arn).as_str().to_owned()),
        ("EffectiveDeliveryPolicy", delivery_policy::effective(own)),
        ("SubscriptionsConfirmed", topic.counts.confirmed.to_string()),
        ("SubscriptionsPending", topic.counts.pending.to_string()),
        ("SubscriptionsDeleted", topic.counts.deleted.to_string()),
    ]);
    shown.extend(attributes.list());
    let archive = topic.archive.zip(attributes.archive());
    shown.extend(archive.map(|(archive, policy)| {
        ("BeginningArchiveTime", envelope::iso(archive.beginning(policy, now)))
    }));
    shown.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing;

    #[test]
    fn what_was_never_set_has_what_is_in_force() {
        let lane = testing::lane("orders", &[]);
        let shown = show(&lane, lane.topic().unwrap(), Timestamp::from_millis(86_401_000));
        let names: Vec<&str> = shown.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "DisplayName",
                "EffectiveDeliveryPolicy",
                "Owner",
                "Policy",
                "SubscriptionsConfirmed",
                "SubscriptionsDeleted",
                "SubscriptionsPending",
                "TopicArn"
            ]
        );
        assert_eq!(shown["TopicArn"], "arn:aws:sns:us-east-1:000000000000:orders");
        assert!(shown["Policy"].contains("__default_policy_ID"));
    }

    #[test]
    fn a_fifo_topic_says_that_it_is_one() {
        let lane = testing::lane("orders.fifo", &[("FifoTopic", "true")]);
        let shown = show(&lane, lane.topic().unwrap(), Timestamp::from_millis(86_401_000));
        assert_eq!(
            (&shown["FifoTopic"][..], &shown["ContentBasedDeduplication"][..]),
            ("true", "false")
        );
        assert!(!shown.contains_key("BeginningArchiveTime"));
    }

    #[test]
    fn an_archive_says_from_when_on_it_can_be_replayed() {
        let policy = ("ArchivePolicy", r#"{"MessageRetentionPeriod":1}"#);
        let lane = testing::lane("orders.fifo", &[("FifoTopic", "true"), policy]);
        let shown = show(&lane, lane.topic().unwrap(), Timestamp::from_millis(86_401_000));
        assert_eq!(shown["BeginningArchiveTime"], "1970-01-01T00:00:01.000Z");
        assert_eq!(shown["ArchivePolicy"], policy.1);
    }
}
