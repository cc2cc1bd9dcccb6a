//! The JSON documents that subscribers get, unless they ask for raw delivery: notifications, and the two
//! kinds of confirmations.
//!
//! Members stand in AWS's order and with AWS's spaces: there are readers that look for text. A document is
//! signed over some of its values, which are the same for all subscribers: [`notification::Notification::string_to_sign`] says
//! which, and the *seal* is what came of it.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>

pub(crate) mod confirmation;
mod json;
pub(crate) mod notification;
mod to_sign;

use base::{Arn, Timestamp};

use crate::signing::SignatureVersion;

/// A signature, and where its certificate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seal {
    pub(crate) version: SignatureVersion,
    /// The signature in base 64.
    pub(crate) signature: String,
    /// `SigningCertURL`.
    pub(crate) certificate_url: String,
}

/// `UnsubscribeURL`, for those who reach this program at `endpoint`. An ARN needs no escapes.
pub(crate) fn unsubscribe_url(endpoint: &str, subscription: &str) -> String {
    [endpoint, "/?Action=Unsubscribe&SubscriptionArn=", subscription].concat()
}

/// `SubscribeURL`: whoever visits it confirms a subscription.
pub(crate) fn subscribe_url(endpoint: &str, topic: &Arn, token: &str) -> String {
    let topic = topic.as_str();
    [endpoint, "/?Action=ConfirmSubscription&TopicArn=", topic, "&Token=", token].concat()
}

/// A time as documents have it: `2012-04-26T20:45:04.751Z`.
pub(crate) fn iso(at: Timestamp) -> String {
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_millis(at.millis());
    humantime::format_rfc3339_millis(at).to_string()
}
