//! Attributes of a topic.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>

use std::collections::BTreeMap;

use base::Arn;

use crate::limits;
use crate::model::archive::ArchivePolicy;
use crate::model::delivery_policy;
use crate::model::policy::Policy;

/// The attributes of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub(crate) display_name: String,
    pub(crate) policy: Option<Policy>,
    /// As it was written: in force are AWS's defaults where it says nothing.
    pub(crate) delivery_policy: Option<String>,
    pub(crate) kms_key: Option<String>,
    pub(crate) signature: Option<SignatureVersion>,
    pub(crate) tracing: Option<Tracing>,
    /// Bytes, if it was set.
    pub(crate) maximum_message_size: Option<usize>,
    /// The attributes that only FIFO topics have; none for a standard topic.
    pub(crate) fifo: Option<FifoAttributes>,
}

/// The attributes that only FIFO topics have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FifoAttributes {
    pub(crate) content_based: bool,
    /// The scope that was set; [`Scope::Topic`] holds where none was.
    scope: Option<Scope>,
    /// The archive policy, if messages are kept.
    pub(crate) archive: Option<ArchivePolicy>,
}

/// The scope in which a deduplication id must not be used twice (`FifoThroughputScope`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    #[default]
    Topic,
    MessageGroup,
}

/// The version of the signatures of notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SignatureVersion {
    /// SHA-1.
    #[default]
    One,
    /// SHA-256.
    Two,
}

/// `TracingConfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tracing {
    PassThrough,
    Active,
}

/// Why an attribute is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is none of this name, or not in topics of this type.
    Unknown,
    /// AWS has it, and it is not there yet.
    NotImplemented,
    /// The value is wrong, for this reason.
    Value(String),
}

impl Attributes {
    /// Reads attributes as callers send them; those that are not there keep their default. The error names
    /// the attribute.
    pub(crate) fn parse(given: &BTreeMap<String, String>) -> Result<Self, (String, Refused)> {
        let is_fifo = given.get("FifoTopic").is_some_and(|value| value == "true");
        let fifo = is_fifo.then(FifoAttributes::default);
        let mut attributes = Attributes { fifo, ..Attributes::default() };
        for (name, value) in given {
            attributes.set(name, value).map_err(|refused| (name.clone(), refused))?;
        }
        Ok(attributes)
    }

    /// These attributes with one changed.
    pub(crate) fn with(&self, name: &str, value: &str) -> Result<Self, Refused> {
        let mut attributes = self.clone();
        attributes.set(name, value)?;
        Ok(attributes)
    }

    /// The archive policy, if messages are kept.
    pub(crate) fn archive(&self) -> Option<&ArchivePolicy> {
        self.fifo.as_ref()?.archive.as_ref()
    }

    /// Bytes that a message may have with its attributes.
    pub(crate) fn message_size(&self) -> usize {
        self.maximum_message_size.unwrap_or(limits::DEFAULT_MESSAGE_SIZE)
    }

    /// True if messages may be larger than most subscriptions can accept.
    pub(crate) fn takes_large(&self) -> bool {
        self.message_size() > limits::DEFAULT_MESSAGE_SIZE
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        match name {
            "DisplayName" if value.chars().count() > limits::DISPLAY_NAME => {
                return wrong("must be at most 100 characters long");
            }
            "DisplayName" => self.display_name = value.to_owned(),
            "Policy" if value.is_empty() => self.policy = None,
            "Policy" => self.policy = Some(Policy::parse(value).map_err(Refused::Value)?),
            "DeliveryPolicy" if value.is_empty() => self.delivery_policy = None,
            "DeliveryPolicy" => {
                delivery_policy::check(value).map_err(Refused::Value)?;
                self.delivery_policy = Some(value.to_owned());
            }
            "KmsMasterKeyId" if value.len() > limits::KMS_KEY => return wrong("is too long"),
            "KmsMasterKeyId" => self.kms_key = (!value.is_empty()).then(|| value.to_owned()),
            "SignatureVersion" => self.signature = Some(SignatureVersion::parse(value)?),
            "MaximumMessageSize" => {
                let bytes = value.parse().ok().filter(|size| limits::MESSAGE_SIZE.contains(size));
                let Some(bytes) = bytes else { return wrong("must be between 1024 and 1048576") };
                self.maximum_message_size = Some(bytes);
            }
            "TracingConfig" if self.fifo.is_none() => self.tracing = Some(Tracing::parse(value)?),
            name if is_feedback(name) => return Err(Refused::NotImplemented),
            name => return self.set_fifo(name, value),
        }
        Ok(())
    }

    fn set_fifo(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let Some(fifo) = &mut self.fifo else {
            // A standard topic may say that it is none.
            let is_said = name == "FifoTopic" && value == "false";
            return if is_said { Ok(()) } else { Err(Refused::Unknown) };
        };
        match name {
            "FifoTopic" if value == "true" => {}
            "FifoTopic" => return wrong("cannot be changed"),
            "ContentBasedDeduplication" => match value {
                "true" => fifo.content_based = true,
                "false" => fifo.content_based = false,
                _ => return wrong("must be true or false"),
            },
            "FifoThroughputScope" => match value {
                "Topic" => fifo.scope = Some(Scope::Topic),
                "MessageGroup" => fifo.scope = Some(Scope::MessageGroup),
                _ => return wrong("must be Topic or MessageGroup"),
            },
            "ArchivePolicy" => {
                fifo.archive = ArchivePolicy::parse(value).map_err(Refused::Value)?;
            }
            _ => return Err(Refused::Unknown),
        }
        Ok(())
    }

    /// The attributes that were set, as callers read them, and as [`Attributes::parse`] reads them again.
    pub(crate) fn list(&self) -> Vec<(&'static str, String)> {
        let mut list = vec![("DisplayName", self.display_name.clone())];
        let policy = self.policy.as_ref().map(|policy| policy.as_str().to_owned());
        list.extend(policy.map(|policy| ("Policy", policy)));
        list.extend(self.delivery_policy.clone().map(|policy| ("DeliveryPolicy", policy)));
        list.extend(self.kms_key.clone().map(|key| ("KmsMasterKeyId", key)));
        list.extend(self.signature.map(|version| ("SignatureVersion", version.show().to_owned())));
        list.extend(self.tracing.map(|tracing| ("TracingConfig", tracing.show().to_owned())));
        list.extend(self.maximum_message_size.map(|size| ("MaximumMessageSize", size.to_string())));
        list.extend(self.fifo.iter().flat_map(FifoAttributes::list));
        list
    }

    /// True if a topic differs from the caller's attributes in one that the caller gives.
    pub(crate) fn differs(
        &self,
        topic: &Arn,
        given: &BTreeMap<String, String>,
        wanted: &Attributes,
    ) -> bool {
        let (present, wanted_list) = (self.list(), wanted.list());
        given.keys().any(|name| match name.as_str() {
            "Policy" => !self.policy_of(topic).says_the_same(&wanted.policy_of(topic)),
            "SignatureVersion" => {
                self.signature.unwrap_or_default() != wanted.signature.unwrap_or_default()
            }
            "MaximumMessageSize" => self.message_size() != wanted.message_size(),
            "FifoTopic" => self.fifo.is_some() != wanted.fifo.is_some(),
            name => find(&present, name) != find(&wanted_list, name),
        })
    }

    /// The policy that is in force.
    pub(crate) fn policy_of(&self, topic: &Arn) -> Policy {
        self.policy.clone().unwrap_or_else(|| Policy::default_of(topic))
    }
}

impl Scope {
    fn as_str(self) -> &'static str {
        match self {
            Scope::Topic => "Topic",
            Scope::MessageGroup => "MessageGroup",
        }
    }
}

impl FifoAttributes {
    /// The scope that is in force.
    pub(crate) fn scope(&self) -> Scope {
        self.scope.unwrap_or_default()
    }

    fn list(&self) -> Vec<(&'static str, String)> {
        let mut list = vec![
            ("FifoTopic", "true".to_owned()),
            ("ContentBasedDeduplication", self.content_based.to_string()),
        ];
        list.extend(self.scope.map(|scope| ("FifoThroughputScope", scope.as_str().to_owned())));
        let archive = self.archive.as_ref().map(|archive| archive.as_str().to_owned());
        list.extend(archive.map(|archive| ("ArchivePolicy", archive)));
        list
    }
}

impl SignatureVersion {
    fn parse(value: &str) -> Result<Self, Refused> {
        match value {
            "1" => Ok(SignatureVersion::One),
            "2" => Ok(SignatureVersion::Two),
            _ => wrong("must be 1 or 2"),
        }
    }

    /// As callers read it.
    pub(crate) fn show(self) -> &'static str {
        match self {
            SignatureVersion::One => "1",
            SignatureVersion::Two => "2",
        }
    }
}

impl Tracing {
    fn parse(value: &str) -> Result<Self, Refused> {
        match value {
            "PassThrough" => Ok(Tracing::PassThrough),
            "Active" => Ok(Tracing::Active),
            _ => wrong("must be PassThrough or Active"),
        }
    }

    fn show(self) -> &'static str {
        match self {
            Tracing::PassThrough => "PassThrough",
            Tracing::Active => "Active",
        }
    }
}

/// True if an attribute configures the logging of deliveries.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html>
fn is_feedback(name: &str) -> bool {
    let protocols = ["Application", "Firehose", "HTTP", "Lambda", "SQS"];
    let kinds = ["SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"];
    let rest = protocols.iter().find_map(|protocol| name.strip_prefix(protocol));
    rest.is_some_and(|rest| kinds.contains(&rest))
}

fn wrong<T>(reason: &str) -> Result<T, Refused> {
    Err(Refused::Value(reason.to_owned()))
}

fn find<'l>(list: &'l [(&'static str, String)], name: &str) -> Option<&'l str> {
    list.iter().find(|(index, _)| *index == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
#[path = "attributes_tests.rs"]
mod tests;
