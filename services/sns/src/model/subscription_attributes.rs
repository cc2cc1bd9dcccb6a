//! Attributes of a subscription.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>

use std::collections::BTreeMap;

use base::Arn;

use crate::filter::Filter;
use crate::model::arn;
use crate::model::redrive::RedrivePolicy;
use crate::model::replay_policy::ReplayPolicy;

/// The attributes of a subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SubscriptionAttributes {
    /// Its endpoint gets messages as they were published (`RawMessageDelivery`).
    pub(crate) raw: bool,
    /// The filter of its messages; it gets all without one.
    pub(crate) filter: Option<Filter>,
    /// The part of a message that the filter is compared with.
    pub(crate) scope: FilterScope,
    /// The dead-letter queue.
    pub(crate) redrive: Option<RedrivePolicy>,
    /// The replay of earlier messages.
    pub(crate) replay: Option<ReplayPolicy>,
}

/// The part of a message that a filter policy is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FilterScope {
    #[default]
    MessageAttributes,
    MessageBody,
}

/// Why an attribute is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is none of this name.
    Unknown(String),
    /// The value is wrong: the whole text that AWS puts behind `Invalid parameter: `.
    Value(String),
}

impl SubscriptionAttributes {
    /// Reads attributes as callers send them for a subscription to this topic.
    pub(crate) fn parse(topic: &Arn, given: &BTreeMap<String, String>) -> Result<Self, Refused> {
        let mut attributes = SubscriptionAttributes::default();
        // What a filter may say depends on its scope.
        let (scope, others): (Vec<_>, Vec<_>) =
            given.iter().partition(|(name, _)| *name == "FilterPolicyScope");
        for (name, value) in scope.into_iter().chain(others) {
            attributes.set(topic, name, value)?;
        }
        Ok(attributes)
    }

    /// These attributes with one changed.
    pub(crate) fn with(&self, topic: &Arn, name: &str, value: &str) -> Result<Self, Refused> {
        let mut attributes = self.clone();
        attributes.set(topic, name, value)?;
        Ok(attributes)
    }

    fn set(&mut self, topic: &Arn, name: &str, value: &str) -> Result<(), Refused> {
        match name {
            "RawMessageDelivery" => match value.to_ascii_lowercase().as_str() {
                "true" => self.raw = true,
                "false" => self.raw = false,
                _ => {
                    let text = format!(
                        "RawMessageDelivery: Invalid value [{value}]. Must be true or false."
                    );
                    return Err(Refused::Value(text));
                }
            },
            "FilterPolicy" if matches!(value.trim(), "" | "{}") => self.filter = None,
            "FilterPolicy" => self.filter = Some(self.filter(value)?),
            "FilterPolicyScope" => {
                self.scope = FilterScope::parse(value)?;
                let present = self.filter.as_ref();
                self.filter = present.map(|filter| self.filter(filter.as_str())).transpose()?;
            }
            "RedrivePolicy" if matches!(value.trim(), "" | "{}") => self.redrive = None,
            "RedrivePolicy" => {
                let redrive = RedrivePolicy::parse(topic, value).map_err(Refused::Value)?;
                self.redrive = Some(redrive);
            }
            "DeliveryPolicy" => {
                let text = "Delivery policies are only supported for HTTP/S subscriptions";
                return Err(Refused::Value(format!("DeliveryPolicy: {text}")));
            }
            "ReplayPolicy" if !arn::is_fifo(topic) => {
                let text = "Only subscriptions to FIFO topics can replay messages";
                return Err(Refused::Value(format!("ReplayPolicy: {text}")));
            }
            "ReplayPolicy" if matches!(value.trim(), "" | "{}") => self.replay = None,
            "ReplayPolicy" => {
                self.replay = Some(ReplayPolicy::parse(value).map_err(Refused::Value)?);
            }
            _ => return Err(Refused::Unknown(name.to_owned())),
        }
        Ok(())
    }

    /// A filter of this text, which must be right for the scope.
    fn filter(&self, text: &str) -> Result<Filter, Refused> {
        Filter::parse(text, self.scope).map_err(Refused::Value)
    }

    /// The attributes as callers read them, and as [`SubscriptionAttributes::parse`] reads them again.
    pub(crate) fn list(&self) -> Vec<(&'static str, String)> {
        let mut list = vec![("RawMessageDelivery", self.raw.to_string())];
        if self.filter.is_some() || self.scope != FilterScope::default() {
            list.push(("FilterPolicyScope", self.scope.show().to_owned()));
        }
        let filter = self.filter.as_ref().map(|filter| filter.as_str().to_owned());
        list.extend(filter.map(|filter| ("FilterPolicy", filter)));
        let redrive = self.redrive.as_ref().map(|redrive| redrive.as_str().to_owned());
        list.extend(redrive.map(|redrive| ("RedrivePolicy", redrive)));
        let replay = self.replay.as_ref().map(|replay| replay.as_str().to_owned());
        list.extend(replay.map(|replay| ("ReplayPolicy", replay)));
        list
    }

    /// True if a subscription differs from the caller's attributes in one that the caller gives.
    pub(crate) fn differs(&self, given: &BTreeMap<String, String>, wanted: &Self) -> bool {
        given.keys().any(|name| match name.as_str() {
            "RawMessageDelivery" => self.raw != wanted.raw,
            "FilterPolicy" => json(self.filter.as_ref()) != json(wanted.filter.as_ref()),
            "FilterPolicyScope" => self.scope != wanted.scope,
            "RedrivePolicy" => self.redrive != wanted.redrive,
            "ReplayPolicy" => match (&self.replay, &wanted.replay) {
                (Some(present), Some(wanted)) => !present.says_the_same(wanted),
                (present, wanted) => present.is_some() != wanted.is_some(),
            },
            _ => false,
        })
    }
}

/// The content of a policy, however it is written.
fn json(policy: Option<&Filter>) -> Option<serde_json::Value> {
    policy.and_then(|policy| serde_json::from_str(policy.as_str()).ok())
}

impl FilterScope {
    fn parse(value: &str) -> Result<Self, Refused> {
        match value {
            "MessageAttributes" => Ok(FilterScope::MessageAttributes),
            "MessageBody" => Ok(FilterScope::MessageBody),
            _ => Err(Refused::Value(format!(
                "FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
            ))),
        }
    }

    fn show(self) -> &'static str {
        match self {
            FilterScope::MessageAttributes => "MessageAttributes",
            FilterScope::MessageBody => "MessageBody",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic() -> Arn {
        "arn:aws:sns:us-east-1:000000000000:orders".parse().unwrap()
    }

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn parse(given: &[(&str, &str)]) -> Result<SubscriptionAttributes, Refused> {
        SubscriptionAttributes::parse(&topic(), &pairs(given))
    }

    const REDRIVE: &str = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dlq"}"#;

    const REPLAY: &str = r#"{"PointType":"Timestamp","StartingPoint":"2024-01-31T12:00:00Z"}"#;

    #[test]
    fn a_subscription_to_a_fifo_topic_has_a_replay_policy_until_an_empty_one_is_set() {
        let topic: Arn = "arn:aws:sns:us-east-1:000000000000:orders.fifo".parse().unwrap();
        let parse = |value| {
            SubscriptionAttributes::parse(&topic, &pairs(&[("ReplayPolicy", value)])).unwrap()
        };
        let present = parse(REPLAY);
        assert!(present.list().contains(&("ReplayPolicy", REPLAY.to_owned())));
        let none = SubscriptionAttributes::default();
        assert_eq!(present.with(&topic, "ReplayPolicy", "{}"), Ok(none.clone()));
        let given = pairs(&[("ReplayPolicy", "")]);
        assert!(present.differs(&given, &none) && !present.differs(&given, &present));
        assert!(!present.differs(&given, &parse(&REPLAY.replace("00Z", "00.000Z"))));
    }

    #[test]
    fn what_callers_read_is_read_again() {
        let full = parse(&[
            ("RawMessageDelivery", "true"),
            ("FilterPolicy", r#"{"a":{"b":["c"]}}"#),
            ("FilterPolicyScope", "MessageBody"),
            ("RedrivePolicy", REDRIVE),
        ]);
        for attributes in [full.unwrap(), SubscriptionAttributes::default()] {
            let list = attributes.list().into_iter().map(|(name, value)| (name.to_owned(), value));
            assert_eq!(SubscriptionAttributes::parse(&topic(), &list.collect()), Ok(attributes));
        }
    }

    #[test]
    fn what_is_not_there_is_refused_by_name() {
        assert_eq!(parse(&[("Colour", "red")]), Err(Refused::Unknown("Colour".into())));
        for (name, value) in [
            ("RawMessageDelivery", "yes"),
            ("FilterPolicy", "x"),
            ("FilterPolicyScope", "Body"),
            ("RedrivePolicy", "x"),
            ("DeliveryPolicy", "{}"),
            ("ReplayPolicy", REPLAY),
        ] {
            let Err(Refused::Value(text)) = parse(&[(name, value)]) else { panic!("{name}") };
            assert!(text.starts_with(&format!("{name}: ")), "{text}");
        }
    }

    #[test]
    fn a_filter_must_fit_its_scope_also_when_that_changes() {
        let body = parse(&[("FilterPolicyScope", "MessageBody")]).unwrap();
        let nested = body.with(&topic(), "FilterPolicy", r#"{"a":{"b":["c"]}}"#).unwrap();
        assert!(nested.with(&topic(), "FilterPolicyScope", "MessageAttributes").is_err());
        let empty = nested.with(&topic(), "FilterPolicy", "{}").unwrap();
        assert!(empty.with(&topic(), "FilterPolicyScope", "MessageAttributes").is_ok());
    }

    #[test]
    fn only_what_is_given_is_compared() {
        let present = parse(&[("FilterPolicy", r#"{"a":["b"]}"#), ("RawMessageDelivery", "true")]);
        let present = present.unwrap();
        let differs =
            |given: &[(&str, &str)]| present.differs(&pairs(given), &parse(given).unwrap());
        assert!(!differs(&[]) && !differs(&[("FilterPolicy", r#"{ "a": ["b"] }"#)]));
        assert!(differs(&[("RawMessageDelivery", "false")]));
        assert!(differs(&[("FilterPolicy", r#"{"a":["c"]}"#)]));
        assert!(differs(&[("RedrivePolicy", REDRIVE)]));
        assert!(differs(&[("FilterPolicyScope", "MessageBody")]));
    }
}
