//! Attributes that a sender puts beside a body.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::error::Error;
use crate::limits;

/// An attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// `String`, `Number` or `Binary`, perhaps with a label: `Number.float`.
    pub(crate) kind: String,
    pub(crate) value: Value,
}

/// What an attribute says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Bytes(Bytes),
}

/// Attributes by name.
pub(crate) type Attributes = BTreeMap<String, Attribute>;

/// Reads and checks what a sender gives.
pub(crate) fn parse(
    given: BTreeMap<String, api::types::MessageAttributeValue>,
) -> Result<Attributes, Error> {
    if given.len() > limits::MESSAGE_ATTRIBUTES {
        return invalid(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{}].",
            given.len(),
            limits::MESSAGE_ATTRIBUTES
        ));
    }
    given
        .into_iter()
        .map(|(name, value)| {
            check_name(&name)?;
            let attribute = Attribute::parse(&name, value)?;
            Ok((name, attribute))
        })
        .collect()
}

/// How many bytes attributes add to a message's size: names, types and values.
pub(crate) fn size(attributes: &Attributes) -> usize {
    let one = |(name, attribute): (&String, &Attribute)| {
        name.len() + attribute.kind.len() + attribute.value.len()
    };
    attributes.iter().map(one).sum()
}

/// How many bytes an attribute adds to a message, before anything of it is checked.
pub(crate) fn given_size((name, value): (&String, &api::types::MessageAttributeValue)) -> usize {
    let text = value.string_value.as_ref().map_or(0, String::len);
    let bytes = value.binary_value.as_ref().map_or(0, Bytes::len);
    name.len() + value.data_type.len() + text + bytes
}

impl Value {
    fn len(&self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
        }
    }
}

impl Attribute {
    pub(crate) fn parse(
        name: &str,
        given: api::types::MessageAttributeValue,
    ) -> Result<Self, Error> {
        if given.string_list_values.is_some() || given.binary_list_values.is_some() {
            return invalid(
                "Message attribute list values in SendMessage operation are not supported.".into(),
            );
        }
        let kind = given.data_type;
        if kind.is_empty() {
            return invalid(format!(
                "The message attribute '{name}' must contain non-empty message attribute type."
            ));
        }
        let value = match kind.split('.').next() {
            Some("String" | "Number") => given.string_value.map(Value::Text),
            Some("Binary") => given.binary_value.map(Value::Bytes),
            _ => {
                return invalid(format!(
                    "The type of message (user) attribute '{name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String."
                ));
            }
        };
        let Some(value) = value.filter(|value| value.len() > 0) else {
            return invalid(format!(
                "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
            ));
        };
        check_kind(name, &kind, &value)?;
        Ok(Attribute { kind, value })
    }

    /// The attribute as a receiver gets it.
    pub(crate) fn into_api(self) -> api::types::MessageAttributeValue {
        let (string_value, binary_value) = match self.value {
            Value::Text(text) => (Some(text), None),
            Value::Bytes(bytes) => (None, Some(bytes)),
        };
        api::types::MessageAttributeValue {
            data_type: self.kind,
            string_value,
            binary_value,
            ..Default::default()
        }
    }
}

fn check_kind(name: &str, kind: &str, value: &Value) -> Result<(), Error> {
    if kind.len() > limits::ATTRIBUTE_NAME {
        return invalid(format!(
            "The message attribute '{name}' has a type that is longer than {} characters.",
            limits::ATTRIBUTE_NAME
        ));
    }
    if let Value::Text(text) = value {
        if kind.starts_with("Number") && !is_number(text) {
            return invalid(format!(
                "Can't cast the value of message (user) attribute '{name}' to a number."
            ));
        }
        if !crate::model::message::has_allowed_characters(text) {
            return Err(Error::InvalidMessageContents);
        }
    }
    Ok(())
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite) && !text.starts_with('+')
}

fn check_name(name: &str) -> Result<(), Error> {
    let lower = name.to_ascii_lowercase();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if name.is_empty() || name.len() > limits::ATTRIBUTE_NAME || !name.bytes().all(allowed) {
        return invalid(format!(
            "The message attribute name '{name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters, and is at most {} long.",
            limits::ATTRIBUTE_NAME
        ));
    }
    if lower.starts_with("aws.") || lower.starts_with("amazon.") {
        return invalid(format!(
            "The message attribute name '{name}' is invalid. Attribute name cannot start with a reserved prefix: AWS., Amazon."
        ));
    }
    if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return invalid(format!(
            "The message attribute name '{name}' is invalid. Attribute name cannot start or end with a period, or have successive periods."
        ));
    }
    Ok(())
}

fn invalid<T>(text: String) -> Result<T, Error> {
    Err(Error::InvalidParameter(text))
}

/// Which attributes a receiver asks for.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
pub(crate) fn select(attributes: Attributes, filters: &[String]) -> Attributes {
    if filters.is_empty() {
        return Attributes::new();
    }
    let wanted = |name: &str| {
        filters.iter().any(|filter| match filter.strip_suffix(".*") {
            _ if filter == "All" => true,
            Some(prefix) => name.starts_with(prefix),
            None => name == filter,
        })
    };
    attributes.into_iter().filter(|(name, _)| wanted(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: &str, value: &str) -> api::types::MessageAttributeValue {
        api::types::MessageAttributeValue {
            data_type: kind.into(),
            string_value: Some(value.into()),
            ..Default::default()
        }
    }

    fn refused(name: &str, value: api::types::MessageAttributeValue) -> String {
        parse(BTreeMap::from([(name.to_owned(), value)])).unwrap_err().to_string()
    }

    #[test]
    fn names_types_and_values_are_checked() {
        for name in ["AWS.x", "amazon.x", ".x", "x.", "a..b", "ä", ""] {
            assert!(refused(name, text("String", "v")).contains("is invalid"), "{name}");
        }
        assert!(refused("n", text("Text", "v")).contains("supported type prefixes"));
        assert!(refused("n", text("", "v")).contains("non-empty message attribute type"));
        assert!(refused("n", text("String", "")).contains("non-empty message attribute value"));
        assert!(refused("n", text("Number", "one")).contains("to a number"));
        assert!(refused("n", text("Binary", "v")).contains("non-empty message attribute value"));
        assert!(parse(BTreeMap::from([("n".into(), text("Number.float", "-1.5e3"))])).is_ok());
    }

    #[test]
    fn filters_are_names_prefixes_and_all() {
        let value = Attribute { kind: "String".into(), value: Value::Text("v".into()) };
        let all: Attributes =
            ["a", "bar.one", "bar.two"].map(|name| (name.to_owned(), value.clone())).into();
        let names = |filters: &[&str]| {
            let filters: Vec<String> = filters.iter().map(|f| (*f).to_owned()).collect();
            select(all.clone(), &filters).into_keys().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&[]), "");
        assert_eq!(names(&["All"]), "a bar.one bar.two");
        assert_eq!(names(&[".*"]), "a bar.one bar.two");
        assert_eq!(names(&["bar.*"]), "bar.one bar.two");
        assert_eq!(names(&["a", "none"]), "a");
    }

    #[test]
    fn ten_are_the_most() {
        let given = |count: usize| {
            parse((0..count).map(|n| (format!("n{n}"), text("String", "v"))).collect())
        };
        assert!(given(10).is_ok());
        assert_eq!(
            given(11).unwrap_err().to_string(),
            "Number of message attributes [11] exceeds the allowed maximum [10]."
        );
    }
}
