//! Delivery policies: the retries of deliveries to HTTP and HTTPS endpoints.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>

use serde_json::{Map, Value, json};

use crate::limits;

const FUNCTIONS: [&str; 4] = ["arithmetic", "exponential", "geometric", "linear"];

/// The numbers of attempts that are made at once, with the shortest delay, and with the longest.
const PHASES: [&str; 3] = ["numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries"];

/// The other parameters of retries.
const RETRY_MEMBERS: [&str; 4] =
    ["minDelayTarget", "maxDelayTarget", "numRetries", "backoffFunction"];

/// The content types that a request may have.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
const CONTENT_TYPES: [&str; 14] = [
    "text/css",
    "text/csv",
    "text/html",
    "text/plain",
    "text/plain; charset=UTF-8",
    "text/xml",
    "application/atom+xml",
    "application/json",
    "application/octet-stream",
    "application/soap+xml",
    "application/x-www-form-urlencoded",
    "application/xhtml+xml",
    "application/xml",
    "text/plain;charset=UTF-8",
];

/// Checks the `DeliveryPolicy` of a topic.
/// <https://docs.aws.amazon.com/sns/latest/dg/set-topic-attributes-delivery-policy-json.html>
pub(super) fn check(text: &str) -> Result<(), String> {
    let policy: Value =
        serde_json::from_str(text).map_err(|_| "failed to parse JSON.".to_owned())?;
    let policy = object("policy", &policy)?;
    for (name, value) in policy {
        match name.as_str() {
            "http" => check_http(object("http", value)?)?,
            unknown => return Err(format!("Unexpected JSON member: {unknown}")),
        }
    }
    Ok(())
}

fn check_http(http: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in http {
        match name.as_str() {
            "defaultHealthyRetryPolicy" => check_retries(object(name, value)?)?,
            "disableSubscriptionOverrides" if value.is_boolean() => {}
            "disableSubscriptionOverrides" => return Err(format!("{name} must be a boolean")),
            "defaultThrottlePolicy" => check_throttle(object(name, value)?)?,
            "defaultRequestPolicy" => check_request(object(name, value)?)?,
            unknown => return Err(format!("http: Unexpected JSON member: {unknown}")),
        }
    }
    Ok(())
}

fn check_retries(policy: &Map<String, Value>) -> Result<(), String> {
    let number = |name: &str, default: u64| match policy.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Number(value)) => {
            value.as_u64().ok_or_else(|| format!("{name} must be a non-negative integer"))
        }
        Some(other) => Err(format!(
            "http.defaultHealthyRetryPolicy.{name} type mismatch, expecting integer, received a {}",
            kind(other)
        )),
    };
    let (shortest, longest) = (number("minDelayTarget", 20)?, number("maxDelayTarget", 20)?);
    let retries = number("numRetries", 3)?;
    if !limits::RETRY_DELAY.contains(&shortest) || !limits::RETRY_DELAY.contains(&longest) {
        return Err("minDelayTarget and maxDelayTarget must be between 1 and 3600 seconds".into());
    }
    if shortest > longest {
        return Err("maxDelayTarget must not be less than minDelayTarget".into());
    }
    if !limits::RETRIES.contains(&retries) {
        return Err("numRetries must be between 0 and 100".into());
    }
    let phases: Vec<u64> = PHASES.iter().map(|name| number(name, 0)).collect::<Result<_, _>>()?;
    if phases.iter().fold(0_u64, |sum, phase| sum.saturating_add(*phase)) > retries {
        return Err("numRetries must be at least the sum of the retries of all phases".into());
    }
    if let Some(function) = policy.get("backoffFunction").filter(|function| !function.is_null())
        && !function.as_str().is_some_and(|function| FUNCTIONS.contains(&function))
    {
        return Err(format!("backoffFunction must be one of {}", FUNCTIONS.join(", ")));
    }
    let index =
        |name: &&String| PHASES.contains(&name.as_str()) || RETRY_MEMBERS.contains(&name.as_str());
    match policy.keys().find(|name| !index(name)) {
        Some(unknown) => Err(format!("Unexpected JSON member: {unknown}")),
        None => Ok(()),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "map",
    }
}

fn check_throttle(policy: &Map<String, Value>) -> Result<(), String> {
    let rate = policy.get("maxReceivesPerSecond").filter(|rate| !rate.is_null());
    match rate {
        Some(rate) if rate.as_u64().is_none_or(|rate| rate == 0) => {
            Err("maxReceivesPerSecond must be a positive integer".into())
        }
        _ => Ok(()),
    }
}

fn check_request(policy: &Map<String, Value>) -> Result<(), String> {
    match policy.get("headerContentType").map(Value::as_str) {
        Some(Some(kind)) if CONTENT_TYPES.contains(&kind) => Ok(()),
        None => Ok(()),
        _ => Err("headerContentType is not supported".into()),
    }
}

fn object<'v>(name: &str, value: &'v Value) -> Result<&'v Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{name} must be a JSON object"))
}

/// The policy in force for a topic: its own, and AWS's defaults where that says nothing.
pub(crate) fn effective(own: Option<&str>) -> String {
    let mut http = json!({
        "defaultHealthyRetryPolicy": {
            "minDelayTarget": 20,
            "maxDelayTarget": 20,
            "numRetries": 3,
            "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0,
            "numMinDelayRetries": 0,
            "backoffFunction": "linear",
        },
        "disableSubscriptionOverrides": false,
        "defaultRequestPolicy": { "headerContentType": "text/plain; charset=UTF-8" },
    });
    let own: Value = own.and_then(|own| serde_json::from_str(own).ok()).unwrap_or_default();
    for (name, value) in own["http"].as_object().into_iter().flatten() {
        match (http[name].as_object_mut(), value.as_object()) {
            (Some(present), Some(given)) => present.extend(given.clone()),
            _ => http[name] = value.clone(),
        }
    }
    json!({ "http": http }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(text: &str) -> Result<(), String> {
        check(&format!(r#"{{"http":{{"defaultHealthyRetryPolicy":{text}}}}}"#))
    }

    #[test]
    fn delays_retries_and_functions_are_as_aws_allows_them() {
        for good in [
            "{}",
            r#"{"minDelayTarget":1,"maxDelayTarget":3600,"numRetries":100}"#,
            r#"{"numRetries":5,"numNoDelayRetries":2,"numMaxDelayRetries":3,"backoffFunction":"geometric"}"#,
        ] {
            assert_eq!(retries(good), Ok(()), "{good}");
        }
        for bad in [
            r#"{"minDelayTarget":0}"#,
            r#"{"maxDelayTarget":3601}"#,
            r#"{"minDelayTarget":21}"#,
            r#"{"numRetries":101}"#,
            r#"{"numRetries":"3"}"#,
            r#"{"numNoDelayRetries":2,"numMinDelayRetries":2}"#,
            r#"{"backoffFunction":"none"}"#,
            r#"{"colour":1}"#,
            "3",
        ] {
            assert!(retries(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_rest_of_a_policy_is_checked_too() {
        let http = |text: &str| check(&format!(r#"{{"http":{text}}}"#));
        assert_eq!(http(r#"{"defaultThrottlePolicy":{"maxReceivesPerSecond":1}}"#), Ok(()));
        assert!(http(r#"{"defaultThrottlePolicy":{"maxReceivesPerSecond":0}}"#).is_err());
        assert_eq!(http(r#"{"defaultRequestPolicy":{"headerContentType":"text/csv"}}"#), Ok(()));
        assert!(http(r#"{"defaultRequestPolicy":{"headerContentType":"video/x"}}"#).is_err());
        assert!(http(r#"{"disableSubscriptionOverrides":"yes"}"#).is_err());
        for bad in ["", "[]", r#"{"ftp":{}}"#] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_policy_leaves_out_is_awss_default() {
        let own = r#"{"http":{"defaultHealthyRetryPolicy":{"numRetries":5},"disableSubscriptionOverrides":true}}"#;
        let effective: Value = serde_json::from_str(&effective(Some(own))).unwrap();
        let policy = &effective["http"]["defaultHealthyRetryPolicy"];
        assert_eq!((&policy["numRetries"], &policy["minDelayTarget"]), (&json!(5), &json!(20)));
        assert_eq!(effective["http"]["disableSubscriptionOverrides"], json!(true));
        assert!(super::effective(None).contains(r#""numRetries":3"#));
    }
}
