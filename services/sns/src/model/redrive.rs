//! Redrive policies: the dead-letter queue of a subscription.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html>

use base::{AccountId, Arn};
use serde_json::Value;

use crate::model::arn;

/// A `RedrivePolicy`, as it was written, and the queue that it names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RedrivePolicy {
    text: String,
    target: Arn,
}

const ELSEWHERE: &str = "RedrivePolicy: the dead-letter queue must be in the same account and region as the subscription";

impl RedrivePolicy {
    /// Reads the policy of a subscription to this topic: the queue is in the topic's region and of its type. The
    /// error is the reason.
    pub(crate) fn parse(topic: &Arn, text: &str) -> Result<Self, String> {
        let policy: Value = serde_json::from_str(text)
            .map_err(|_| "RedrivePolicy: failed to parse JSON.".to_owned())?;
        let Value::Object(policy) = policy else {
            return Err("RedrivePolicy: must be a JSON object.".into());
        };
        if let Some(unknown) = policy.keys().find(|key| *key != "deadLetterTargetArn") {
            return Err(format!("RedrivePolicy: invalid JSON. Attribute {unknown} is unknown."));
        }
        let target = policy.get("deadLetterTargetArn").and_then(Value::as_str);
        let target: Option<Arn> = target.and_then(|target| target.parse().ok());
        let target =
            target.filter(|target| target.service() == "sqs" && !target.resource().contains(':'));
        let Some(target) = target else {
            return Err("RedrivePolicy: deadLetterTargetArn is an invalid arn".into());
        };
        if target.region() != topic.region() {
            return Err(ELSEWHERE.into());
        }
        if target.resource().ends_with(".fifo") != arn::is_fifo(topic) {
            return Err("RedrivePolicy: FIFO topics need FIFO queues as dead-letter queues, and standard topics standard ones".into());
        }
        Ok(RedrivePolicy { text: text.to_owned(), target })
    }

    /// Checks that the queue is in the account that sets it for its subscription. The error is the reason.
    pub(crate) fn suits(&self, owner: AccountId) -> Result<(), String> {
        if self.target.account() == Some(owner) { Ok(()) } else { Err(ELSEWHERE.into()) }
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The queue.
    pub(crate) fn target(&self) -> &Arn {
        &self.target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(topic: &str, target: &str) -> Result<Arn, String> {
        let topic = format!("arn:aws:sns:us-east-1:000000000000:{topic}").parse().unwrap();
        let text = format!(r#"{{"deadLetterTargetArn":"{target}"}}"#);
        RedrivePolicy::parse(&topic, &text).map(|policy| policy.target().clone())
    }

    #[test]
    fn a_dead_message_queue_is_beside_the_topic_of_its_type_and_in_the_subscriptions_account() {
        let queue = |name: &str| format!("arn:aws:sqs:us-east-1:000000000000:{name}");
        assert_eq!(read("t", &queue("dlq")).unwrap().as_str(), queue("dlq"));
        assert!(read("t.fifo", &queue("dlq.fifo")).is_ok());
        assert!(read("t", &queue("dlq.fifo")).is_err() && read("t.fifo", &queue("dlq")).is_err());
        for bad in [
            "dlq",
            "arn:aws:sns:us-east-1:000000000000:dlq",
            "arn:aws:sqs:eu-west-1:000000000000:dlq",
        ] {
            assert!(read("t", bad).is_err(), "{bad}");
        }
        let topic = "arn:aws:sns:us-east-1:000000000000:t".parse().unwrap();
        let theirs = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111122223333:dlq"}"#;
        let theirs = RedrivePolicy::parse(&topic, theirs).unwrap();
        assert!(theirs.suits("111122223333".parse().unwrap()).is_ok());
        assert!(theirs.suits(AccountId::DEFAULT).unwrap_err().contains("same account"));
        for bad in ["", "3", "{}", r#"{"deadLetterTargetArn":3}"#, r#"{"maxReceiveCount":3}"#] {
            assert!(RedrivePolicy::parse(&topic, bad).is_err(), "{bad}");
        }
    }
}
