//! The policies of dead letters: where a queue's go, and whose a queue takes.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>

use base::Arn;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::limits;

/// `RedrivePolicy`: where messages go that were received too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedrivePolicy {
    /// The dead-letter queue.
    pub(crate) target: Arn,
    /// How often a message is received before it goes there.
    pub(crate) max_receive_count: u32,
}

/// `RedriveAllowPolicy`: which queues may send their dead letters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RedriveAllowPolicy {
    /// Any of the same account and region.
    AllowAll,
    /// None.
    DenyAll,
    /// These.
    ByQueue(Vec<Arn>),
}

const REDRIVE: &str = "RedrivePolicy";
const ALLOW: &str = "RedriveAllowPolicy";

impl RedrivePolicy {
    /// Reads a policy as callers write it.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let map = object(REDRIVE, text)?;
        let mandatory = |name: &str| {
            map.get(name).ok_or_else(|| {
                let reason =
                    format!("Redrive policy does not contain mandatory attribute: {name}.");
                invalid(REDRIVE, text, &reason)
            })
        };
        let target = mandatory("deadLetterTargetArn")?;
        let count = mandatory("maxReceiveCount")?;
        let target = queue_arn(target)
            .ok_or_else(|| invalid(REDRIVE, text, "Invalid value for deadLetterTargetArn."))?;
        let number = count.as_i64().or_else(|| count.as_str()?.trim().parse().ok());
        let number = number.filter(|number| limits::MAX_RECEIVE_COUNT.contains(number));
        let number = number.ok_or_else(|| {
            let shown = count.as_str().map_or_else(|| count.to_string(), str::to_owned);
            let reason = format!(
                "Invalid value for maxReceiveCount: {shown}, valid values are from 1 to 1000 both inclusive."
            );
            invalid(REDRIVE, text, &reason)
        })?;
        Ok(RedrivePolicy { target, max_receive_count: number.unsigned_abs() as u32 })
    }

    /// The policy as callers read it, and as [`RedrivePolicy::parse`] reads it again.
    pub(crate) fn show(&self) -> String {
        json!({
            "deadLetterTargetArn": self.target.as_str(),
            "maxReceiveCount": self.max_receive_count,
        })
        .to_string()
    }

    /// A refusal of this policy.
    pub(crate) fn refuse(&self, reason: &str) -> Error {
        invalid(REDRIVE, &self.show(), reason)
    }
}

impl RedriveAllowPolicy {
    /// Reads a policy as callers write it.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let map = object(ALLOW, text)?;
        let sources = map.get("sourceQueueArns");
        match (map.get("redrivePermission").and_then(Value::as_str), sources) {
            (Some("allowAll"), None) => Ok(RedriveAllowPolicy::AllowAll),
            (Some("denyAll"), None) => Ok(RedriveAllowPolicy::DenyAll),
            (Some("byQueue"), Some(sources)) => by_queue(sources)
                .ok_or_else(|| invalid(ALLOW, text, "sourceQueueArns has one to ten queue ARNs.")),
            (Some("byQueue"), None) => {
                Err(invalid(ALLOW, text, "byQueue needs the queues in sourceQueueArns."))
            }
            (Some("allowAll" | "denyAll"), Some(_)) => {
                Err(invalid(ALLOW, text, "sourceQueueArns can be given with byQueue only."))
            }
            _ => {
                let reason = "redrivePermission must be allowAll, denyAll or byQueue.";
                Err(invalid(ALLOW, text, reason))
            }
        }
    }

    /// The policy as callers read it, and as [`RedriveAllowPolicy::parse`] reads it again.
    pub(crate) fn show(&self) -> String {
        match self {
            RedriveAllowPolicy::AllowAll => json!({ "redrivePermission": "allowAll" }),
            RedriveAllowPolicy::DenyAll => json!({ "redrivePermission": "denyAll" }),
            RedriveAllowPolicy::ByQueue(sources) => {
                let sources: Vec<&str> = sources.iter().map(Arn::as_str).collect();
                json!({ "redrivePermission": "byQueue", "sourceQueueArns": sources })
            }
        }
        .to_string()
    }

    /// Whether a queue may send its dead letters here.
    pub(crate) fn allows(&self, source: &Arn) -> bool {
        match self {
            RedriveAllowPolicy::AllowAll => true,
            RedriveAllowPolicy::DenyAll => false,
            RedriveAllowPolicy::ByQueue(sources) => sources.contains(source),
        }
    }
}

fn by_queue(sources: &Value) -> Option<RedriveAllowPolicy> {
    let sources: Vec<Arn> =
        sources.as_array()?.iter().map(queue_arn).collect::<Option<Vec<_>>>()?;
    let fits = limits::REDRIVE_SOURCES.contains(&sources.len());
    fits.then_some(RedriveAllowPolicy::ByQueue(sources))
}

fn queue_arn(value: &Value) -> Option<Arn> {
    value.as_str()?.parse().ok().filter(|arn: &Arn| arn.service() == "sqs")
}

fn object(parameter: &'static str, text: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(text).map_err(|_| invalid(parameter, text, "It is not a JSON object."))
}

fn invalid(parameter: &'static str, value: &str, reason: &str) -> Error {
    Error::InvalidValue { parameter, value: value.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DLQ: &str = "arn:aws:sqs:us-east-1:000000000000:dlq";

    fn redrive(target: Value, count: Value) -> Result<RedrivePolicy, Error> {
        let text = json!({ "deadLetterTargetArn": target, "maxReceiveCount": count });
        RedrivePolicy::parse(&text.to_string())
    }

    #[test]
    fn a_count_may_be_a_number_or_a_text_and_is_shown_as_a_number() {
        for count in [json!(3), json!("3")] {
            let policy = redrive(json!(DLQ), count).unwrap();
            assert_eq!((policy.target.as_str(), policy.max_receive_count), (DLQ, 3));
            let shown = format!(r#"{{"deadLetterTargetArn":"{DLQ}","maxReceiveCount":3}}"#);
            assert_eq!(policy.show(), shown);
            assert_eq!(RedrivePolicy::parse(&shown), Ok(policy));
        }
    }

    #[test]
    fn counts_are_from_one_to_a_thousand() {
        assert!(redrive(json!(DLQ), json!(1)).is_ok() && redrive(json!(DLQ), json!(1000)).is_ok());
        for bad in [json!(0), json!(1001), json!(-1), json!("x"), json!(1.5), json!(null)] {
            let refused = redrive(json!(DLQ), bad.clone()).unwrap_err().to_string();
            assert!(refused.ends_with("valid values are from 1 to 1000 both inclusive."), "{bad}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_the_policy() {
        let refused = |text: &str| RedrivePolicy::parse(text).unwrap_err().to_string();
        assert_eq!(
            refused(r#"{"maxReceiveCount":3}"#),
            "Value {\"maxReceiveCount\":3} for parameter RedrivePolicy is invalid. \
             Reason: Redrive policy does not contain mandatory attribute: deadLetterTargetArn."
        );
        let no_count = format!(r#"{{"deadLetterTargetArn":"{DLQ}"}}"#);
        assert!(refused(&no_count).ends_with("mandatory attribute: maxReceiveCount."));
        for bad in [json!("x"), json!("arn:aws:sns:us-east-1:000000000000:t"), json!(3)] {
            assert!(redrive(bad.clone(), json!(3)).is_err(), "{bad}");
        }
        for bad in ["{", "3", "[]"] {
            assert!(RedrivePolicy::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_queue_takes_dead_letters_from_whom_its_policy_names() {
        let source: Arn = "arn:aws:sqs:us-east-1:000000000000:q".parse().unwrap();
        let check = |text: &str, expected: bool| {
            let policy = RedriveAllowPolicy::parse(text).unwrap();
            assert_eq!(policy.allows(&source), expected, "{text}");
            assert_eq!(RedriveAllowPolicy::parse(&policy.show()), Ok(policy));
        };
        check(r#"{"redrivePermission":"allowAll"}"#, true);
        check(r#"{"redrivePermission":"denyAll"}"#, false);
        let by = |arn: &str| json!({"redrivePermission": "byQueue", "sourceQueueArns": [arn]});
        check(&by(source.as_str()).to_string(), true);
        check(&by(DLQ).to_string(), false);
    }

    #[test]
    fn what_is_no_allow_policy_is_refused() {
        let by =
            |sources: Value| json!({"redrivePermission": "byQueue", "sourceQueueArns": sources});
        assert!(RedriveAllowPolicy::parse(&by(json!(vec![DLQ; 10])).to_string()).is_ok());
        for bad in [
            by(json!([])),
            by(json!(vec![DLQ; 11])),
            by(json!(DLQ)),
            by(json!(["x"])),
            json!({"redrivePermission": "byQueue"}),
            json!({"redrivePermission": "denyAll", "sourceQueueArns": [DLQ]}),
            json!({"redrivePermission": "some"}),
            json!({}),
            json!([]),
        ] {
            assert!(RedriveAllowPolicy::parse(&bad.to_string()).is_err(), "{bad}");
        }
    }
}
