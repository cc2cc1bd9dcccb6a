//! Attributes of a queue.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use base::Span;

use crate::error::Error;
use crate::limits;

/// What a queue is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub(crate) delay: Span,
    pub(crate) maximum_message_size: usize,
    pub(crate) retention: Span,
    pub(crate) wait: Span,
    pub(crate) visibility_timeout: Span,
}

impl Default for Attributes {
    fn default() -> Self {
        Attributes {
            delay: Span::ZERO,
            maximum_message_size: 1_048_576,
            retention: Span::from_seconds(345_600),
            wait: Span::ZERO,
            visibility_timeout: Span::from_seconds(30),
        }
    }
}

/// Attributes that a queue has and nobody can set.
const READ_ONLY: [&str; 6] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

/// Attributes that AWS has and Millpond does not have yet: setting them is refused by name.
const NOT_IMPLEMENTED: [&str; 10] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
];

impl Attributes {
    /// Reads attributes as callers send them; those that are not there keep their default.
    pub(crate) fn parse(given: &BTreeMap<String, String>) -> Result<Self, Error> {
        let mut attributes = Attributes::default();
        for (name, value) in given {
            attributes.set(name, value)?;
        }
        Ok(attributes)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        match name {
            "DelaySeconds" => self.delay = seconds("DelaySeconds", value, limits::DELAY)?,
            "MaximumMessageSize" => {
                let bytes = number("MaximumMessageSize", value, limits::MESSAGE_SIZE)?;
                self.maximum_message_size = bytes as usize;
            }
            "MessageRetentionPeriod" => {
                self.retention = seconds("MessageRetentionPeriod", value, limits::RETENTION)?;
            }
            "ReceiveMessageWaitTimeSeconds" => {
                self.wait = seconds("ReceiveMessageWaitTimeSeconds", value, limits::WAIT)?;
            }
            "VisibilityTimeout" => {
                self.visibility_timeout = seconds("VisibilityTimeout", value, limits::VISIBILITY)?;
            }
            name if NOT_IMPLEMENTED.contains(&name) => {
                return Err(Error::NotImplemented(format!("The queue attribute {name}")));
            }
            name => return Err(Error::UnknownAttribute(name.to_owned())),
        }
        Ok(())
    }

    /// The attributes as callers read them.
    pub(crate) fn list(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DelaySeconds", self.delay.seconds().to_string()),
            ("MaximumMessageSize", self.maximum_message_size.to_string()),
            ("MessageRetentionPeriod", self.retention.seconds().to_string()),
            ("ReceiveMessageWaitTimeSeconds", self.wait.seconds().to_string()),
            ("VisibilityTimeout", self.visibility_timeout.seconds().to_string()),
        ]
    }

    /// The first attribute in which a queue differs from what a caller gives for it.
    pub(crate) fn difference(&self, given: &BTreeMap<String, String>) -> Option<String> {
        let present = self.list();
        let differs = |(name, value): &(&String, &String)| {
            present.iter().any(|(known, now)| known == name && !same(now, value))
        };
        given.iter().find(differs).map(|(name, _)| name.clone())
    }
}

/// Whether callers may ask for an attribute of this name.
pub(crate) fn is_known(name: &str) -> bool {
    let settable = Attributes::default().list();
    name == "All"
        || READ_ONLY.contains(&name)
        || NOT_IMPLEMENTED.contains(&name)
        || settable.iter().any(|(known, _)| *known == name)
}

/// Equal as numbers: `030` is `30`.
fn same(a: &str, b: &str) -> bool {
    a.parse::<i64>().ok().zip(b.trim().parse::<i64>().ok()).map_or(a == b, |(a, b)| a == b)
}

fn number(name: &'static str, value: &str, range: RangeInclusive<i64>) -> Result<i64, Error> {
    let number = value.trim().parse::<i64>().ok().filter(|number| range.contains(number));
    number.ok_or(Error::InvalidAttributeValue(name))
}

fn seconds(name: &'static str, value: &str, range: RangeInclusive<i64>) -> Result<Span, Error> {
    Ok(Span::from_seconds(number(name, value, range)?.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, value: &str) -> Result<Attributes, Error> {
        Attributes::parse(&BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn ranges_are_those_of_aws() {
        for (name, low, high) in [
            ("DelaySeconds", 0, 900),
            ("MaximumMessageSize", 1024, 1_048_576),
            ("MessageRetentionPeriod", 60, 1_209_600),
            ("ReceiveMessageWaitTimeSeconds", 0, 20),
            ("VisibilityTimeout", 0, 43_200),
        ] {
            for good in [low, high] {
                let set = parse(name, &good.to_string()).unwrap();
                let shown = (name, good.to_string());
                assert!(set.list().contains(&shown), "{name}={good}");
            }
            for bad in [(low - 1).to_string(), (high + 1).to_string(), "x".into(), String::new()] {
                assert_eq!(parse(name, &bad), Err(Error::InvalidAttributeValue(name)), "{bad}");
            }
        }
    }

    #[test]
    fn what_is_not_there_is_refused_by_name() {
        assert_eq!(parse("Colour", "red"), Err(Error::UnknownAttribute("Colour".into())));
        assert_eq!(parse("QueueArn", "x"), Err(Error::UnknownAttribute("QueueArn".into())));
        let refused = parse("FifoQueue", "true").unwrap_err().to_string();
        assert_eq!(refused, "The queue attribute FifoQueue is not implemented.");
    }

    #[test]
    fn only_what_is_given_is_compared() {
        let attributes = parse("DelaySeconds", "5").unwrap();
        let given = |name: &str, value: &str| BTreeMap::from([(name.into(), value.into())]);
        assert_eq!(attributes.difference(&BTreeMap::new()), None);
        assert_eq!(attributes.difference(&given("DelaySeconds", "05")), None);
        assert_eq!(attributes.difference(&given("VisibilityTimeout", "30")), None);
        assert_eq!(attributes.difference(&given("DelaySeconds", "6")), Some("DelaySeconds".into()));
    }
}
