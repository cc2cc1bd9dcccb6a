//! Which messages of the archive a subscription is to get again.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-subscriber.html>

use std::time::UNIX_EPOCH;

use base::Timestamp;
use serde_json::Value;

/// A `ReplayPolicy`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ReplayPolicy {
    text: String,
    begins: Timestamp,
    ends: Option<Timestamp>,
}

impl ReplayPolicy {
    /// Reads `{"PointType":"Timestamp","StartingPoint":"2024-01-31T12:00:00Z","EndingPoint":"…"}`, where the
    /// ending point may be missing. The error is the text that AWS puts behind `Invalid parameter: `.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        ReplayPolicy::read(text).map_err(|reason| format!("ReplayPolicy: {reason}"))
    }

    fn read(text: &str) -> Result<Self, String> {
        let value = serde_json::from_str(text).map_err(|_| "failed to parse JSON.".to_owned())?;
        let Value::Object(policy) = value else { return Err("must be a JSON object.".into()) };
        let index = ["PointType", "StartingPoint", "EndingPoint"];
        if let Some(unknown) = policy.keys().find(|key| !index.contains(&key.as_str())) {
            return Err(format!("unknown key {unknown}."));
        }
        if policy.get("PointType").and_then(Value::as_str) != Some("Timestamp") {
            return Err("PointType must be Timestamp.".into());
        }
        let point = |name| policy.get(name).map(|value| time(name, value)).transpose();
        let begins = point("StartingPoint")?.ok_or("StartingPoint is missing.")?;
        let ends = point("EndingPoint")?;
        if ends.is_some_and(|ends| ends < begins) {
            return Err("EndingPoint must not be before StartingPoint.".into());
        }
        Ok(ReplayPolicy { text: text.to_owned(), begins, ends })
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Messages published from then on are wanted.
    pub(crate) fn begins(&self) -> Timestamp {
        self.begins
    }

    /// Messages published after this are not.
    pub(crate) fn ends(&self) -> Option<Timestamp> {
        self.ends
    }

    /// True if another one says the same, however it is written.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        (self.begins, self.ends) == (other.begins, other.ends)
    }
}

/// A time in UTC, as ISO 8601 has it.
fn time(name: &str, value: &Value) -> Result<Timestamp, String> {
    let read = value.as_str().and_then(|text| humantime::parse_rfc3339(text).ok());
    let millis = read.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map(|at| at.as_millis());
    let millis = millis.and_then(|millis| u64::try_from(millis).ok());
    millis
        .map(Timestamp::from_millis)
        .ok_or_else(|| format!("{name} must be a timestamp such as 2024-01-31T12:00:00.000Z."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        ReplayPolicy::parse(text).unwrap_err()
    }

    #[test]
    fn a_range_of_time_is_read_with_or_without_an_end() {
        let open = r#"{"PointType":"Timestamp","StartingPoint":"1970-01-01T00:00:01Z"}"#;
        let open = ReplayPolicy::parse(open).unwrap();
        assert_eq!((open.begins(), open.ends()), (Timestamp::from_millis(1000), None));
        let text = r#"{"PointType": "Timestamp", "StartingPoint": "1970-01-01T00:00:01.500Z",
                       "EndingPoint": "1970-01-01T00:00:02Z"}"#;
        let closed = ReplayPolicy::parse(text).unwrap();
        assert_eq!(closed.as_str(), text);
        assert_eq!(closed.begins(), Timestamp::from_millis(1500));
        assert_eq!(closed.ends(), Some(Timestamp::from_millis(2000)));
        assert!(!closed.says_the_same(&open) && closed.says_the_same(&closed.clone()));
    }

    #[test]
    fn what_it_does_not_say_right_is_named() {
        assert_eq!(refused("x"), "ReplayPolicy: failed to parse JSON.");
        assert_eq!(refused("[]"), "ReplayPolicy: must be a JSON object.");
        let start = r#""StartingPoint":"2024-01-31T12:00:00Z""#;
        let point = r#""PointType":"Timestamp""#;
        assert_eq!(refused(&format!("{{{start}}}")), "ReplayPolicy: PointType must be Timestamp.");
        assert_eq!(refused(&format!("{{{point}}}")), "ReplayPolicy: StartingPoint is missing.");
        let unknown = format!(r#"{{{point},{start},"Until":1}}"#);
        assert_eq!(refused(&unknown), "ReplayPolicy: unknown key Until.");
        for end in [r#""2024-01-31""#, r#""2024-01-31T12:00:00+01:00""#, "1706702400", "null"] {
            let text = refused(&format!(r#"{{{point},{start},"EndingPoint":{end}}}"#));
            assert!(text.starts_with("ReplayPolicy: EndingPoint must be a timestamp"), "{text}");
        }
        let reversed = format!(r#"{{{point},{start},"EndingPoint":"2024-01-31T11:00:00Z"}}"#);
        assert!(refused(&reversed).ends_with("must not be before StartingPoint."));
    }
}
