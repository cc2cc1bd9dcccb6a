//! A published message.

use std::collections::BTreeMap;
use std::fmt::Write;

use base::{Arn, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use runtime::delivery::{Attribute, Value};

use super::json::{self, Document};
use super::{Seal, iso, to_sign};

const TYPE: &str = "Notification";

/// A message as its topic has it. (For one subscriber: what `MessageStructure` chose for its protocol.)
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notification<'n> {
    pub(crate) message_id: &'n str,
    pub(crate) topic: &'n Arn,
    pub(crate) subject: Option<&'n str>,
    pub(crate) message: &'n str,
    pub(crate) published: Timestamp,
    /// Only messages of FIFO topics have one.
    pub(crate) sequence_number: Option<&'n str>,
    /// It comes from the archive: a replay.
    pub(crate) is_replayed: bool,
    pub(crate) attributes: &'n BTreeMap<String, Attribute>,
}

/// A notification without the one thing in it that is of one subscriber alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    head: String,
    end: String,
}

impl Notification<'_> {
    /// The text that its signature covers.
    pub(crate) fn string_to_sign(&self) -> String {
        to_sign::lines(&[
            ("Message", Some(self.message)),
            ("MessageId", Some(self.message_id)),
            ("Subject", self.subject),
            ("Timestamp", Some(&iso(self.published))),
            ("TopicArn", Some(self.topic.as_str())),
            ("Type", Some(TYPE)),
        ])
    }

    /// Writes its document. AWS does not sign what FIFO topics deliver: such a notification has no seal.
    pub(crate) fn envelope(&self, seal: Option<&Seal>) -> Envelope {
        let mut document = Document::new(TYPE)
            .member("MessageId", self.message_id)
            .optional("SequenceNumber", self.sequence_number)
            .member("TopicArn", self.topic.as_str())
            .optional("Subject", self.subject)
            .member("Message", self.message)
            .member("Timestamp", &iso(self.published))
            .optional("Replayed", self.is_replayed.then_some("true"));
        if let Some(seal) = seal {
            document = seal.write(document);
        }
        let head = document.into_unfinished() + ",\n  \"UnsubscribeURL\" : ";
        Envelope { head, end: self.end() }
    }

    fn end(&self) -> String {
        let mut end = String::new();
        for (name, attribute) in self.attributes {
            end.push_str(if end.is_empty() { ",\n  \"MessageAttributes\" : {" } else { "," });
            let value = match &attribute.value {
                Value::Text(text) => json::text(text),
                Value::Bytes(bytes) => json::text(&STANDARD.encode(bytes)),
            };
            let (name, kind) = (json::text(name), json::text(&attribute.kind));
            // Writing to a text cannot fail.
            _ = write!(end, "\n    {name} : {{\"Type\":{kind},\"Value\":{value}}}");
        }
        if !end.is_empty() {
            end.push_str("\n  }");
        }
        end + json::END
    }
}

impl Envelope {
    /// The document for the subscriber of that `UnsubscribeURL`.
    pub(crate) fn addressed(&self, unsubscribe_url: &str) -> String {
        [&self.head, &json::text(unsubscribe_url)[..], &self.end].concat()
    }
}

impl Seal {
    pub(super) fn write(&self, document: Document) -> Document {
        document
            .member("SignatureVersion", self.version.as_str())
            .member("Signature", &self.signature)
            .member("SigningCertURL", &self.certificate_url)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::envelope::unsubscribe_url;
    use crate::signing::SignatureVersion;

    const ENDPOINT: &str = "https://sns.us-east-2.amazonaws.com";

    fn topic() -> Arn {
        "arn:aws:sns:us-east-2:123456789012:MyTopic".parse().expect("an ARN")
    }

    fn seal() -> Seal {
        Seal {
            version: SignatureVersion::V1,
            signature: "EXAMPLE==".into(),
            certificate_url: format!("{ENDPOINT}/SimpleNotificationService-1.pem"),
        }
    }

    fn attribute(kind: &str, value: Value) -> Attribute {
        Attribute { kind: kind.into(), value }
    }

    fn no_attributes() -> BTreeMap<String, Attribute> {
        BTreeMap::new()
    }

    fn notification<'n>(
        topic: &'n Arn,
        attributes: &'n BTreeMap<String, Attribute>,
    ) -> Notification<'n> {
        Notification {
            message_id: "da41e39f-ea4d-435a-b922-c6aae3915ebe",
            topic,
            subject: Some("test"),
            message: "test message",
            published: Timestamp::from_millis(1_335_473_104_751),
            sequence_number: None,
            is_replayed: false,
            attributes,
        }
    }

    fn url() -> String {
        unsubscribe_url(ENDPOINT, "arn:aws:sns:us-east-2:123456789012:MyTopic:2bcfbf39")
    }

    #[test]
    fn a_notification_is_written_as_aws_writes_it() {
        let attributes = [
            ("list", attribute("String.Array", Value::Text(r#"["a"]"#.into()))),
            ("raw", attribute("Binary", Value::Bytes("ab".into()))),
        ];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value)).into();
        let topic = topic();
        let document = notification(&topic, &attributes).envelope(Some(&seal())).addressed(&url());
        let expected = r#"{
  "Type" : "Notification",
  "MessageId" : "da41e39f-ea4d-435a-b922-c6aae3915ebe",
  "TopicArn" : "arn:aws:sns:us-east-2:123456789012:MyTopic",
  "Subject" : "test",
  "Message" : "test message",
  "Timestamp" : "2012-04-26T20:45:04.751Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLE==",
  "SigningCertURL" : "https://sns.us-east-2.amazonaws.com/SimpleNotificationService-1.pem",
  "UnsubscribeURL" : "https://sns.us-east-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-east-2:123456789012:MyTopic:2bcfbf39",
  "MessageAttributes" : {
    "list" : {"Type":"String.Array","Value":"[\"a\"]"},
    "raw" : {"Type":"Binary","Value":"YWI="}
  }
}"#;
        assert_eq!(document, expected);
    }

    #[test]
    fn a_replayed_message_of_a_fifo_topic_has_its_number_and_a_mark_and_no_signature() {
        let (topic, attributes) = (topic(), no_attributes());
        let notification = Notification {
            subject: None,
            sequence_number: Some("10000000000000003000"),
            is_replayed: true,
            ..notification(&topic, &attributes)
        };
        let document = notification.envelope(None).addressed("u");
        let expected = r#"{
  "Type" : "Notification",
  "MessageId" : "da41e39f-ea4d-435a-b922-c6aae3915ebe",
  "SequenceNumber" : "10000000000000003000",
  "TopicArn" : "arn:aws:sns:us-east-2:123456789012:MyTopic",
  "Message" : "test message",
  "Timestamp" : "2012-04-26T20:45:04.751Z",
  "Replayed" : "true",
  "UnsubscribeURL" : "u"
}"#;
        assert_eq!(document, expected);
    }

    #[test]
    fn a_signature_covers_names_and_values_in_order_and_no_subject_that_is_not_there() {
        let (topic, attributes) = (topic(), no_attributes());
        let with = notification(&topic, &attributes);
        let lines = "Message\ntest message\nMessageId\nda41e39f-ea4d-435a-b922-c6aae3915ebe\n\
             Subject\ntest\nTimestamp\n2012-04-26T20:45:04.751Z\nTopicArn\n\
             arn:aws:sns:us-east-2:123456789012:MyTopic\nType\nNotification\n";
        assert_eq!(with.string_to_sign(), lines);
        let without = Notification { subject: None, ..with };
        assert_eq!(without.string_to_sign(), lines.replace("Subject\ntest\n", ""));
    }

    proptest! {
        #[test]
        fn every_text_is_read_back_as_it_was(
            subject: Option<String>, message: String, name: String, text: String, bytes: Vec<u8>
        ) {
            let topic = topic();
            let binary = attribute("Binary", Value::Bytes(bytes.clone().into()));
            let attributes: BTreeMap<_, _> = [
                (format!("{name}-text"), attribute("String", Value::Text(text.clone()))),
                (format!("{name}-bytes"), binary),
            ].into();
            let subject = subject.as_deref();
            let message = &message[..];
            let notification = Notification { subject, message, ..notification(&topic, &attributes) };
            let document = notification.envelope(Some(&seal())).addressed(&url());
            let read: serde_json::Value = serde_json::from_str(&document).expect("JSON");
            prop_assert_eq!(read["Subject"].as_str(), subject);
            prop_assert_eq!(read["Message"].as_str(), Some(message));
            let found = &read["MessageAttributes"];
            prop_assert_eq!(found[format!("{name}-text")]["Value"].as_str(), Some(&text[..]));
            let encoded = STANDARD.encode(bytes);
            prop_assert_eq!(found[format!("{name}-bytes")]["Value"].as_str(), Some(&encoded[..]));
        }
    }
}
