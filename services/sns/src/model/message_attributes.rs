//! Attributes that a publisher puts beside a message.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html>

use std::collections::BTreeMap;

use api::types::MessageAttributeValue;
use bytes::Bytes;

use crate::error::Error;
use crate::limits;

/// An attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// `String`, `String.Array`, `Number` or `Binary`, perhaps with a label: `Number.float`.
    pub(crate) kind: String,
    pub(crate) value: AttributeValue,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttributeValue {
    Text(String),
    Bytes(Bytes),
}

/// Attributes by name.
pub(crate) type MessageAttributes = BTreeMap<String, Attribute>;

/// Reads and checks what a publisher gives. There may be any number of them within the size of a message.
pub(crate) fn parse(
    given: BTreeMap<String, MessageAttributeValue>,
) -> Result<MessageAttributes, Error> {
    let attribute = |(name, value): (String, MessageAttributeValue)| {
        check_name(&name)?;
        let attribute = Attribute::parse(&name, value)?;
        Ok((name, attribute))
    };
    given.into_iter().map(attribute).collect()
}

/// The bytes that attributes add to a message's size: names, types and values.
pub(crate) fn size(attributes: &MessageAttributes) -> usize {
    let one = |(name, attribute): (&String, &Attribute)| {
        name.len() + attribute.kind.len() + attribute.value.len()
    };
    attributes.iter().map(one).sum()
}

impl AttributeValue {
    fn len(&self) -> usize {
        match self {
            AttributeValue::Text(text) => text.len(),
            AttributeValue::Bytes(bytes) => bytes.len(),
        }
    }
}

impl Attribute {
    fn parse(name: &str, given: MessageAttributeValue) -> Result<Self, Error> {
        let kind = given.data_type;
        if kind.is_empty() {
            return wrong(format!(
                "The message attribute '{name}' must contain non-empty message attribute type."
            ));
        }
        let (value, field) = match kind.split('.').next() {
            Some("String" | "Number") => (given.string_value.map(AttributeValue::Text), "String"),
            Some("Binary") => (given.binary_value.map(AttributeValue::Bytes), "Binary"),
            _ => {
                return wrong(format!(
                    "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."
                ));
            }
        };
        let Some(value) = value else {
            return wrong(format!(
                "The message attribute '{name}' with type '{kind}' must use field '{field}'."
            ));
        };
        if value.len() == 0 {
            return wrong(format!(
                "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
            ));
        }
        check_kind(name, &kind, &value)?;
        Ok(Attribute { kind, value })
    }
}

fn check_kind(name: &str, kind: &str, value: &AttributeValue) -> Result<(), Error> {
    if kind.len() > limits::ATTRIBUTE_NAME {
        return wrong(format!(
            "The message attribute '{name}' has a type that is longer than {} characters.",
            limits::ATTRIBUTE_NAME
        ));
    }
    match value {
        AttributeValue::Text(text) if kind.starts_with("Number") && !is_number(text) => {
            wrong(format!("Could not cast message attribute '{name}' value to number."))
        }
        _ => Ok(()),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite) && !text.starts_with('+')
}

fn check_name(name: &str) -> Result<(), Error> {
    let lower = name.to_ascii_lowercase();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let reason = if name.is_empty() || name.len() > limits::ATTRIBUTE_NAME {
        "must be between 1 and 256 characters long"
    } else if !name.bytes().all(allowed) {
        "can only contain the characters A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.)"
    } else if lower.starts_with("aws.") || lower.starts_with("amazon.") {
        "cannot start with the reserved prefixes AWS. and Amazon."
    } else if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        "cannot start or end with a period, or have successive periods"
    } else {
        return Ok(());
    };
    wrong(format!("The message attribute name '{name}' is invalid: it {reason}."))
}

fn wrong<T>(text: String) -> Result<T, Error> {
    Err(Error::InvalidValue(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: &str, value: &str) -> MessageAttributeValue {
        MessageAttributeValue {
            data_type: kind.into(),
            string_value: Some(value.into()),
            binary_value: None,
        }
    }

    fn one(name: &str, value: MessageAttributeValue) -> Result<MessageAttributes, Error> {
        parse(BTreeMap::from([(name.to_owned(), value)]))
    }

    #[test]
    fn names_types_and_values_are_checked() {
        let refused = |name, value| one(name, value).unwrap_err().to_string();
        let long = "n".repeat(257);
        for name in ["AWS.x", "amazon.x", ".x", "x.", "a..b", "ä", "", &long] {
            assert!(refused(name, text("String", "v")).contains("is invalid"), "{name}");
        }
        assert!(refused("n", text("Text", "v")).contains("supported type prefixes"));
        assert!(refused("n", text("", "v")).contains("non-empty message attribute type"));
        assert!(refused("n", text("String", "")).contains("non-empty message attribute value"));
        assert!(refused("n", text("Number", "one")).contains("to number"));
        assert!(refused("n", text("Binary", "v")).contains("must use field 'Binary'"));
    }

    #[test]
    fn every_kind_is_taken_with_a_label_too_and_so_are_many() {
        for (kind, value) in
            [("String", "v"), ("String.Array", r#"["a",1,null]"#), ("Number.float", "-1.5e3")]
        {
            assert!(one("n", text(kind, value)).is_ok(), "{kind}");
        }
        let bytes = MessageAttributeValue {
            data_type: "Binary.png".into(),
            string_value: None,
            binary_value: Some(Bytes::from_static(b"x")),
        };
        assert_eq!(size(&one("n", bytes).unwrap()), 1 + 10 + 1);
        let many = (0..25).map(|n| (format!("n{n}"), text("String", "v"))).collect();
        assert_eq!(parse(many).unwrap().len(), 25);
    }
}
