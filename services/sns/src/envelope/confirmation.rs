//! The messages that ask an endpoint to confirm a subscription, and that tell it of the end.

use base::{Arn, Timestamp};

use super::json::Document;
use super::{Seal, iso, subscribe_url, to_sign};

/// A document that asks an endpoint to visit its `SubscribeURL`.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html>
/// <https://docs.aws.amazon.com/sns/latest/dg/http-unsubscribe-confirmation-json.html>
#[derive(Clone, Copy, Debug)]
pub(crate) struct Confirmation<'c> {
    pub(crate) kind: Kind<'c>,
    pub(crate) message_id: &'c str,
    pub(crate) topic: &'c Arn,
    pub(crate) token: &'c str,
    pub(crate) at: Timestamp,
    /// The address at which the endpoint reaches this program.
    pub(crate) reached_at: &'c str,
}

/// The thing to confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'c> {
    /// The endpoint wants to be subscribed.
    Subscription,
    /// The subscription has ended; the URL brings it back.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "endpoints over HTTP are the first to be told")
    )]
    Unsubscribe(&'c str),
}

impl Confirmation<'_> {
    /// The text that its signature covers.
    pub(crate) fn string_to_sign(&self) -> String {
        to_sign::lines(&[
            ("Message", Some(&self.message())),
            ("MessageId", Some(self.message_id)),
            ("SubscribeURL", Some(&self.subscribe_url())),
            ("Timestamp", Some(&iso(self.at))),
            ("Token", Some(self.token)),
            ("TopicArn", Some(self.topic.as_str())),
            ("Type", Some(self.kind.as_str())),
        ])
    }

    /// The document.
    pub(crate) fn document(&self, seal: &Seal) -> String {
        let document = Document::new(self.kind.as_str())
            .member("MessageId", self.message_id)
            .member("Token", self.token)
            .member("TopicArn", self.topic.as_str())
            .member("Message", &self.message())
            .member("SubscribeURL", &self.subscribe_url())
            .member("Timestamp", &iso(self.at));
        seal.write(document).finish()
    }

    fn subscribe_url(&self) -> String {
        subscribe_url(self.reached_at, self.topic, self.token)
    }

    /// The text, which the API's documentation gives.
    fn message(&self) -> String {
        let topic = self.topic;
        match self.kind {
            Kind::Subscription => format!(
                "You have chosen to subscribe to the topic {topic}.\nTo confirm the subscription, \
                 visit the SubscribeURL included in this message."
            ),
            Kind::Unsubscribe(subscription) => format!(
                "You have chosen to deactivate subscription {subscription}.\nTo cancel this \
                 operation and restore the subscription, visit the SubscribeURL included in this \
                 message."
            ),
        }
    }
}

impl Kind<'_> {
    /// As `Type` and the header `x-amz-sns-message-type` say it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Subscription => "SubscriptionConfirmation",
            Kind::Unsubscribe(_) => "UnsubscribeConfirmation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::SignatureVersion;

    fn check(kind: Kind<'_>, expected: &str, signed: &str) {
        let topic = "arn:aws:sns:us-west-2:123456789012:MyTopic".parse().expect("an ARN");
        let confirmation = Confirmation {
            kind,
            message_id: "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
            topic: &topic,
            token: "2336412f37",
            at: Timestamp::from_millis(1_335_473_104_751),
            reached_at: "http://localhost:4566",
        };
        let seal = Seal {
            version: SignatureVersion::V2,
            signature: "EXAMPLE".into(),
            certificate_url: "http://localhost:4566/c.pem".into(),
        };
        assert_eq!(confirmation.document(&seal), expected);
        assert_eq!(confirmation.string_to_sign(), signed);
    }

    #[test]
    fn an_endpoint_is_asked_to_confirm() {
        let expected = r#"{
  "Type" : "SubscriptionConfirmation",
  "MessageId" : "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
  "Token" : "2336412f37",
  "TopicArn" : "arn:aws:sns:us-west-2:123456789012:MyTopic",
  "Message" : "You have chosen to subscribe to the topic arn:aws:sns:us-west-2:123456789012:MyTopic.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
  "SubscribeURL" : "http://localhost:4566/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37",
  "Timestamp" : "2012-04-26T20:45:04.751Z",
  "SignatureVersion" : "2",
  "Signature" : "EXAMPLE",
  "SigningCertURL" : "http://localhost:4566/c.pem"
}"#;
        let signed = "Message\nYou have chosen to subscribe to the topic \
            arn:aws:sns:us-west-2:123456789012:MyTopic.\nTo confirm the subscription, visit the \
            SubscribeURL included in this message.\nMessageId\n\
            165545c9-2a5c-472c-8df2-7ff2be2b3b1b\nSubscribeURL\n\
            http://localhost:4566/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37\n\
            Timestamp\n2012-04-26T20:45:04.751Z\nToken\n2336412f37\nTopicArn\n\
            arn:aws:sns:us-west-2:123456789012:MyTopic\nType\nSubscriptionConfirmation\n";
        check(Kind::Subscription, expected, signed);
    }

    #[test]
    fn an_endpoint_is_told_that_its_subscription_has_ended() {
        let subscription = "arn:aws:sns:us-west-2:123456789012:MyTopic:2bcfbf39";
        let expected = r#"{
  "Type" : "UnsubscribeConfirmation",
  "MessageId" : "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
  "Token" : "2336412f37",
  "TopicArn" : "arn:aws:sns:us-west-2:123456789012:MyTopic",
  "Message" : "You have chosen to deactivate subscription arn:aws:sns:us-west-2:123456789012:MyTopic:2bcfbf39.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.",
  "SubscribeURL" : "http://localhost:4566/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37",
  "Timestamp" : "2012-04-26T20:45:04.751Z",
  "SignatureVersion" : "2",
  "Signature" : "EXAMPLE",
  "SigningCertURL" : "http://localhost:4566/c.pem"
}"#;
        let signed = "Message\nYou have chosen to deactivate subscription \
            arn:aws:sns:us-west-2:123456789012:MyTopic:2bcfbf39.\nTo cancel this operation and \
            restore the subscription, visit the SubscribeURL included in this message.\nMessageId\n\
            165545c9-2a5c-472c-8df2-7ff2be2b3b1b\nSubscribeURL\n\
            http://localhost:4566/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37\n\
            Timestamp\n2012-04-26T20:45:04.751Z\nToken\n2336412f37\nTopicArn\n\
            arn:aws:sns:us-west-2:123456789012:MyTopic\nType\nUnsubscribeConfirmation\n";
        check(Kind::Unsubscribe(subscription), expected, signed);
    }
}
