//! Attributes of a queue.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>

use std::collections::BTreeMap;

use base::Span;

use crate::error::Error;
use crate::limits;
use crate::model::encryption::Encryption;
use crate::model::fifo::attributes::FifoAttributes;
use crate::model::policy::Policy;
use crate::model::redrive::{RedriveAllowPolicy, RedrivePolicy};
use crate::model::values::{number, seconds};

/// What a queue is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub(crate) delay: Span,
    pub(crate) maximum_message_size: usize,
    pub(crate) retention: Span,
    pub(crate) wait: Span,
    pub(crate) visibility_timeout: Span,
    pub(crate) encryption: Encryption,
    pub(crate) policy: Option<Policy>,
    pub(crate) redrive: Option<RedrivePolicy>,
    pub(crate) redrive_allow: Option<RedriveAllowPolicy>,
    /// Those of a FIFO queue; a standard queue has none.
    pub(crate) fifo: Option<FifoAttributes>,
}

impl Default for Attributes {
    fn default() -> Self {
        Attributes {
            delay: Span::ZERO,
            maximum_message_size: 1_048_576,
            retention: Span::from_seconds(345_600),
            wait: Span::ZERO,
            visibility_timeout: Span::from_seconds(30),
            encryption: Encryption::default(),
            policy: None,
            redrive: None,
            redrive_allow: None,
            fifo: None,
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

/// Attributes that can be set.
const SETTABLE: [&str; 11] = [
    "DelaySeconds",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

/// Attributes that only FIFO queues have: a standard queue does not know them.
const FIFO_ONLY: [&str; 4] =
    ["ContentBasedDeduplication", "DeduplicationScope", "FifoQueue", "FifoThroughputLimit"];

impl Attributes {
    /// Reads attributes as callers send them; those that are not there keep their default.
    pub(crate) fn parse(given: &BTreeMap<String, String>) -> Result<Self, Error> {
        let is_fifo = given.get("FifoQueue").is_some_and(|value| value == "true");
        let fifo = is_fifo.then(FifoAttributes::default);
        Attributes { fifo, ..Attributes::default() }.with(given)
    }

    /// The same with those changed that a caller sends.
    pub(crate) fn with(&self, given: &BTreeMap<String, String>) -> Result<Self, Error> {
        let is_set = |name: &str| given.get(name).filter(|value| !value.is_empty());
        let managed = is_set("SqsManagedSseEnabled").is_some_and(|value| value == "true");
        if managed && is_set("KmsMasterKeyId").is_some() {
            return Err(Error::TwoEncryptions);
        }
        let mut attributes = self.clone();
        for (name, value) in given {
            attributes.set(name, value)?;
        }
        if let Some(fifo) = &attributes.fifo {
            fifo.check()?;
        }
        Ok(attributes)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        if let Some(fifo) = &mut self.fifo
            && fifo.set(name, value)?
        {
            return Ok(());
        }
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
            "KmsDataKeyReusePeriodSeconds" => self.encryption.set_reuse(value)?,
            "KmsMasterKeyId" => self.encryption.set_key(value)?,
            "SqsManagedSseEnabled" => self.encryption.set_managed(value)?,
            "Policy" if value.is_empty() => self.policy = None,
            "Policy" => self.policy = Some(Policy::parse(value)?),
            "RedrivePolicy" if value.is_empty() => self.redrive = None,
            "RedrivePolicy" => self.redrive = Some(RedrivePolicy::parse(value)?),
            "RedriveAllowPolicy" if value.is_empty() => self.redrive_allow = None,
            "RedriveAllowPolicy" => self.redrive_allow = Some(RedriveAllowPolicy::parse(value)?),
            name => return Err(Error::UnknownAttribute(name.to_owned())),
        }
        Ok(())
    }

    /// The attributes as callers read them, and as [`Attributes::parse`] reads them again.
    pub(crate) fn list(&self) -> Vec<(&'static str, String)> {
        let policy = self.policy.as_ref().map(|policy| policy.as_str().to_owned());
        let mut list = vec![
            ("DelaySeconds", self.delay.seconds().to_string()),
            ("MaximumMessageSize", self.maximum_message_size.to_string()),
            ("MessageRetentionPeriod", self.retention.seconds().to_string()),
            ("ReceiveMessageWaitTimeSeconds", self.wait.seconds().to_string()),
            ("VisibilityTimeout", self.visibility_timeout.seconds().to_string()),
        ];
        list.extend(policy.map(|policy| ("Policy", policy)));
        list.extend(self.redrive.as_ref().map(|redrive| ("RedrivePolicy", redrive.show())));
        list.extend(self.redrive_allow.as_ref().map(|allow| ("RedriveAllowPolicy", allow.show())));
        list.extend(self.encryption.list());
        list.extend(self.fifo.iter().flat_map(FifoAttributes::list));
        list
    }

    /// The first attribute that a caller gives and in which a queue differs from what the caller wants.
    pub(crate) fn difference(
        &self,
        given: &BTreeMap<String, String>,
        wanted: &Attributes,
    ) -> Option<String> {
        let (present, wanted_list) = (self.list(), wanted.list());
        let differs = |name: &&String| match name.as_str() {
            "Policy" => !same_policy(self.policy.as_ref(), wanted.policy.as_ref()),
            "KmsDataKeyReusePeriodSeconds" => self.encryption.reuse() != wanted.encryption.reuse(),
            name => find(&present, name) != find(&wanted_list, name),
        };
        given.keys().find(differs).cloned()
    }
}

/// Whether a caller asks for encryption at rest.
pub(crate) fn asks_for_encryption(given: &BTreeMap<String, String>) -> bool {
    let is = |name, ask: fn(&String) -> bool| given.get(name).is_some_and(ask);
    is("KmsMasterKeyId", |key| !key.is_empty()) || is("SqsManagedSseEnabled", |on| on == "true")
}

/// Whether callers may ask for an attribute of this name.
pub(crate) fn is_known(name: &str) -> bool {
    name == "All"
        || READ_ONLY.contains(&name)
        || SETTABLE.contains(&name)
        || FIFO_ONLY.contains(&name)
}

fn find<'l>(list: &'l [(&'static str, String)], name: &str) -> Option<&'l str> {
    list.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

fn same_policy(a: Option<&Policy>, b: Option<&Policy>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.says_the_same(b),
        (a, b) => a == b,
    }
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
        for fifo in FIFO_ONLY {
            assert_eq!(parse(fifo, "false"), Err(Error::UnknownAttribute(fifo.into())));
        }
    }

    #[test]
    fn only_what_is_given_is_compared() {
        let attributes = parse("DelaySeconds", "5").unwrap();
        let check = |name: &str, value: &str, expected: Option<&str>| {
            let given = BTreeMap::from([(name.to_owned(), value.to_owned())]);
            let wanted = Attributes::parse(&given).unwrap();
            assert_eq!(attributes.difference(&given, &wanted).as_deref(), expected, "{name}");
        };
        assert_eq!(attributes.difference(&BTreeMap::new(), &Attributes::default()), None);
        check("DelaySeconds", "05", None);
        check("VisibilityTimeout", "30", None);
        check("DelaySeconds", "6", Some("DelaySeconds"));
        check("KmsDataKeyReusePeriodSeconds", "300", None);
        check("KmsMasterKeyId", "", None);
        check("KmsMasterKeyId", "key", Some("KmsMasterKeyId"));
        check("SqsManagedSseEnabled", "true", None);
        check("Policy", "", None);
        check("RedrivePolicy", "", None);
        check("RedrivePolicy", REDRIVE, Some("RedrivePolicy"));
        check("Policy", POLICY, Some("Policy"));
    }

    const POLICY: &str =
        r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "SQS:*"}]}"#;

    const REDRIVE: &str =
        r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq","maxReceiveCount":3}"#;

    #[test]
    fn what_callers_read_is_read_again() {
        for (name, value) in [
            ("DelaySeconds", "7"),
            ("KmsMasterKeyId", "key"),
            ("KmsDataKeyReusePeriodSeconds", "60"),
            ("SqsManagedSseEnabled", "false"),
            ("Policy", POLICY),
            ("RedrivePolicy", REDRIVE),
            ("RedriveAllowPolicy", r#"{"redrivePermission":"denyAll"}"#),
        ] {
            let set = parse(name, value).unwrap();
            assert!(set.list().contains(&(SETTABLE[position(name)], value.to_owned())), "{name}");
            let list = set.list().into_iter().map(|(name, value)| (name.to_owned(), value));
            assert_eq!(Attributes::parse(&list.collect()), Ok(set), "{name}");
        }
    }

    fn position(name: &str) -> usize {
        SETTABLE.iter().position(|known| *known == name).unwrap()
    }

    #[test]
    fn an_empty_value_takes_back_what_may_be_absent() {
        let of = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
        };
        let names = ["Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "RedrivePolicy"];
        let full =
            of(&[(names[0], POLICY), (names[1], "key"), (names[2], "60"), (names[3], REDRIVE)]);
        let full = Attributes::parse(&full).unwrap();
        let empty = full.with(&of(&names.map(|name| (name, "")))).unwrap();
        assert!(names.iter().all(|name| find(&empty.list(), name).is_none()));
        let both = of(&[("KmsMasterKeyId", "key"), ("SqsManagedSseEnabled", "true")]);
        assert_eq!(full.with(&both), Err(Error::TwoEncryptions));
    }
}
