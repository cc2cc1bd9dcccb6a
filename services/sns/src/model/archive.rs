//! How long a FIFO topic is to keep what was published.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/message-archiving-and-replay-topic-owner.html>

use serde_json::Value;

use crate::limits;

/// Reads an `ArchivePolicy`: `{"MessageRetentionPeriod": "<days>"}`, or `{}` for none.
pub(super) fn parse(text: &str) -> Result<Option<String>, String> {
    let value: Value =
        serde_json::from_str(text).map_err(|_| "failed to parse JSON.".to_owned())?;
    let Value::Object(policy) = value else { return Err("must be a JSON object.".into()) };
    if policy.is_empty() {
        return Ok(None);
    }
    if let Some(unknown) = policy.keys().find(|key| *key != "MessageRetentionPeriod") {
        return Err(format!("unknown key {unknown}."));
    }
    let days = match &policy["MessageRetentionPeriod"] {
        Value::Number(days) => days.as_u64(),
        Value::String(days) => days.parse().ok(),
        _ => None,
    };
    match days {
        Some(days) if limits::ARCHIVE_DAYS.contains(&days) => Ok(Some(text.to_owned())),
        _ => Err("MessageRetentionPeriod must be between 1 and 365 days.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_three_hundred_and_sixty_five_days_are_kept() {
        for good in ["1", "\"30\"", "365"] {
            let text = format!(r#"{{"MessageRetentionPeriod":{good}}}"#);
            assert_eq!(parse(&text), Ok(Some(text.clone())));
        }
        assert_eq!(parse("{}"), Ok(None));
        for bad in ["0", "366", "\"x\"", "-1", "null", "1.5"] {
            let refused = parse(&format!(r#"{{"MessageRetentionPeriod":{bad}}}"#)).unwrap_err();
            assert!(refused.contains("between 1 and 365"), "{bad}: {refused}");
        }
        for bad in ["", "3", r#"{"Days":3}"#] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
