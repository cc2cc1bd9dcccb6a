//! Structured messages: a text for each protocol.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::error::Error;

/// The bodies of a structured message by protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Structured {
    pub(crate) default: String,
    /// For protocols that get something else.
    pub(crate) others: BTreeMap<String, String>,
}

/// Protocols that a structured message may have a text for.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html>
const PROTOCOLS: [&str; 8] =
    ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sqs"];

/// Reads a structured message. What is not a text is left out, and so are keys that are no protocols.
pub(crate) fn parse(message: &str) -> Result<Structured, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(message);
    let members = serde::Deserializer::deserialize_map(&mut deserializer, Members);
    let members = members.and_then(|members| deserializer.end().map(|()| members));
    let members = members
        .map_err(|_| Error::invalid("Message Structure - JSON message body failed to parse"))?;
    let texts = members.into_iter().filter_map(|(key, value)| match value {
        Value::String(text) => Some((key, text)),
        _ => None,
    });
    let mut texts: BTreeMap<String, String> = texts.collect();
    let Some(default) = texts.remove("default") else {
        return Err(Error::invalid("Message Structure - No default entry in JSON message body"));
    };
    texts.retain(|key, _| PROTOCOLS.contains(&key.as_str()) || key == "sms");
    Ok(Structured { default, others: texts })
}

/// Reads an object whose keys are distinct.
struct Members;

impl<'de> serde::de::Visitor<'de> for Members {
    type Value = BTreeMap<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if members.insert(key, value).is_some() {
                return Err(serde::de::Error::custom("a key is there twice"));
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_gets_its_text_and_others_the_default() {
        let message = r#"{"default":"d","sqs":"q","http":3,"colour":"red"}"#;
        let structured = parse(message).unwrap();
        assert_eq!(structured.default, "d");
        assert_eq!(structured.others, BTreeMap::from([("sqs".into(), "q".into())]));
    }

    #[test]
    fn without_a_default_or_without_json_there_is_no_message() {
        for bad in ["{}", r#"{"sqs":"q"}"#, r#"{"default":3}"#] {
            let refused = parse(bad).unwrap_err().to_string();
            assert_eq!(
                refused,
                "Invalid parameter: Message Structure - No default entry in JSON message body"
            );
        }
        for bad in ["", "3", "[]", "{", r#"{"default":"a","default":"b"}"#, r#"{"default":"a"} x"#]
        {
            let refused = parse(bad).unwrap_err().to_string();
            assert!(refused.ends_with("JSON message body failed to parse"), "{bad}: {refused}");
        }
    }
}
