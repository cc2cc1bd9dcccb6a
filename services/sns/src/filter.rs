//! What a filter policy may look like.
//!
//! This is the one place at which filter policies are read: which grammar they have is decided here.
//! <https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html>

use serde_json::Value;

use crate::limits;
use crate::model::subscription_attributes::FilterScope;

/// Checks a filter policy: a JSON object whose keys have lists of conditions, in the body's scope also
/// objects of such. The error is the reason, as the caller reads it.
pub(crate) fn check(text: &str, scope: FilterScope) -> Result<(), String> {
    if text.len() > limits::FILTER_POLICY {
        return Err("FilterPolicy: Filter policy is too large".into());
    }
    let policy = serde_json::from_str::<Value>(text);
    let policy = policy.map_err(|_| "FilterPolicy: failed to parse JSON.".to_owned())?;
    if !policy.is_object() {
        return Err("FilterPolicy: Filter policy must be an object".into());
    }
    check_keys(&policy, scope)
}

/// The depth is bounded by the parser.
fn check_keys(policy: &Value, scope: FilterScope) -> Result<(), String> {
    for (key, conditions) in policy.as_object().into_iter().flatten() {
        match conditions {
            Value::Array(conditions) if conditions.is_empty() => {
                return Err("FilterPolicy: Empty arrays are not allowed".into());
            }
            Value::Array(_) => {}
            Value::Object(_) if scope == FilterScope::MessageBody => check_keys(conditions, scope)?,
            Value::Object(_) => {
                return Err(
                    "Filter policy scope MessageAttributes does not support nested filter policy"
                        .into(),
                );
            }
            _ => return Err(format!("FilterPolicy: \"{key}\" must be an object or an array")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_lists_and_bodies_have_objects_too() {
        use FilterScope::{MessageAttributes, MessageBody};
        for scope in [MessageAttributes, MessageBody] {
            assert_eq!(check(r#"{"a":["b",{"prefix":"c"}]}"#, scope), Ok(()));
            for bad in ["", "3", "[]", r#"{"a":"b"}"#, r#"{"a":[]}"#, r#"{"a":null}"#] {
                assert!(check(bad, scope).is_err(), "{bad}");
            }
        }
        let nested = r#"{"a":{"b":["c"]}}"#;
        assert_eq!(check(nested, MessageBody), Ok(()));
        assert!(check(nested, MessageAttributes).unwrap_err().contains("nested"));
    }
}
