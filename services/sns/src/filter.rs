//! Filter policies: which messages a subscription gets.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html>

use std::cmp::Ordering;
use std::sync::Arc;

use pattern::dialects::{SNS_ATTRIBUTES, SNS_BODY};
use pattern::{BadNumeric, Event, Operand, Operator, Pattern, Reason, Refused};

use crate::model::message_attributes::{AttributeValue, MessageAttributes};
use crate::model::subscription_attributes::FilterScope;

/// A filter policy as it was written, and what it comes to. Equal are those of one text and scope.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    text: String,
    scope: FilterScope,
    pattern: Arc<Pattern>,
}

impl Filter {
    /// Reads a filter policy. The error is the reason, as the caller reads it.
    pub(crate) fn parse(text: &str, scope: FilterScope) -> Result<Self, String> {
        let dialect = match scope {
            FilterScope::MessageAttributes => &SNS_ATTRIBUTES,
            FilterScope::MessageBody => &SNS_BODY,
        };
        let pattern = Pattern::parse(text, dialect).map_err(|refused| say(&refused, text))?;
        Ok(Filter { text: text.to_owned(), scope, pattern: Arc::new(pattern) })
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The part of a message that it is compared with.
    pub(crate) fn scope(&self) -> FilterScope {
        self.scope
    }

    /// The compiled pattern.
    pub(crate) fn pattern(&self) -> &Arc<Pattern> {
        &self.pattern
    }

    fn key(&self) -> (&str, FilterScope) {
        (&self.text, self.scope)
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Filter {}

impl Ord for Filter {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Filter {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What filters of attributes are compared with. Attributes of bytes, and lists that are none, do not
/// count.
/// <https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html>
pub(crate) fn attributes_event(attributes: &MessageAttributes) -> Event {
    let mut event = Event::attributes();
    for (name, attribute) in attributes {
        let AttributeValue::Text(text) = &attribute.value else { continue };
        let added = match attribute.kind.as_str() {
            "String.Array" => event.clone().array(name, text),
            kind if kind.starts_with("Number") => event.clone().number(name, text),
            _ => Ok(event.clone().text(name, text)),
        };
        event = added.unwrap_or(event);
    }
    event.build()
}

/// What filters of bodies are compared with: none if the body is no JSON object, and then no filter takes it.
pub(crate) fn body_event(body: &str) -> Option<Event> {
    Event::document(body.as_bytes()).ok()
}

/// The text of AWS's error.
fn say(refused: &Refused, text: &str) -> String {
    let what = match &refused.reason {
        Reason::Nested => {
            return "Filter policy scope MessageAttributes does not support nested filter policy"
                .into();
        }
        Reason::TooLong { .. } => return "FilterPolicy: Filter policy is too large".into(),
        Reason::TooManyKeys { most } => {
            return format!("FilterPolicy: Filter policy can not have more than {most} keys");
        }
        Reason::TooManyCombinations { .. } | Reason::TooManyAlternatives { .. } => {
            return "FilterPolicy: Filter policy is too complex".into();
        }
        Reason::NotAnObject => return "FilterPolicy: Filter policy must be an object".into(),
        Reason::Syntax(_) => "failed to parse JSON.".to_owned(),
        reason => describe(refused, reason),
    };
    let (line, column) = refused.line_and_column(text);
    format!("FilterPolicy: {what}\n at line: {line}, column: {column}")
}

fn describe(refused: &Refused, reason: &Reason) -> String {
    let field = refused.place.last().map_or("", |name| &**name);
    match reason {
        Reason::EmptyArray => "Empty arrays are not allowed".into(),
        Reason::EmptyObject => "Empty objects are not allowed".into(),
        Reason::NotObjectOrArray => format!("\"{field}\" must be an object or an array"),
        Reason::NotAValue => "Match value must be String, number, true, false, or null".into(),
        Reason::UnknownOperator(name) | Reason::UnknownWithinAnythingBut(name) => {
            format!("Unrecognized match type {name}")
        }
        Reason::MoreThanOneOperator => "Only one key allowed in match expression".into(),
        Reason::NoOperator => "Empty match expression".into(),
        Reason::WrongOperand { operator, needs } => operand(*operator, *needs),
        Reason::Numeric(bad) => numeric(bad),
        Reason::NumberOutOfRange { largest } => {
            format!("Value must be between -{largest} and {largest}, inclusive")
        }
        other => other.to_string(),
    }
}

fn operand(operator: Operator, needs: Operand) -> String {
    let name = operator.name();
    match needs {
        Operand::Text => format!("{name} match pattern must be a string"),
        Operand::Bool => format!("{name} match pattern must be either true or false."),
        Operand::Array => format!("Value of {name} must be an array."),
        Operand::TextsOrNumbers | Operand::Texts => {
            format!("{name} match pattern must be {needs}")
        }
    }
}

fn numeric(bad: &BadNumeric) -> String {
    match bad {
        BadNumeric::OperatorNotText => "Invalid member in numeric match".into(),
        BadNumeric::UnknownOperator(operator) => {
            format!("Unrecognized numeric range operator: {operator}")
        }
        BadNumeric::BadSecondOperator(operator) => {
            format!("Bad numeric range operator: {operator}")
        }
        BadNumeric::NotANumber(operator) => format!("Value of {operator} must be numeric"),
        BadNumeric::TooMany => "Too many elements in numeric expression".into(),
        BadNumeric::BottomNotLess => "Bottom must be less than top".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::message_attributes::Attribute;
    use FilterScope::{MessageAttributes as Attributes, MessageBody as Body};

    fn refused(text: &str, scope: FilterScope) -> String {
        Filter::parse(text, scope).expect_err(text)
    }

    #[test]
    fn keys_have_lists_and_bodies_have_objects_too() {
        for scope in [Attributes, Body] {
            assert!(Filter::parse(r#"{"a":["b",{"prefix":"c"}]}"#, scope).is_ok());
            for bad in ["", "3", "[]", r#"{"a":"b"}"#, r#"{"a":[]}"#, r#"{"a":null}"#] {
                assert!(Filter::parse(bad, scope).is_err(), "{bad}");
            }
        }
        let nested = r#"{"a":{"b":["c"]}}"#;
        assert!(Filter::parse(nested, Body).is_ok());
        assert!(refused(nested, Attributes).contains("does not support nested"));
    }

    #[test]
    fn what_is_wrong_is_said_as_aws_says_it() {
        for (text, expected) in [
            (r#"{"a":[{"like":"b"}]}"#, "FilterPolicy: Unrecognized match type like\n at line: 1"),
            (r#"{"a":[]}"#, "FilterPolicy: Empty arrays are not allowed\n"),
            (r#"{"a":"b"}"#, "FilterPolicy: \"a\" must be an object or an array\n"),
            (
                r#"{"a":[["b"]]}"#,
                "FilterPolicy: Match value must be String, number, true, false, or null",
            ),
            (
                r#"{"a":[{"exists":3}]}"#,
                "FilterPolicy: exists match pattern must be either true or false.",
            ),
            (r#"{"a":[{"numeric":3}]}"#, "FilterPolicy: Value of numeric must be an array."),
            (
                r#"{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}"#,
                "FilterPolicy: Filter policy can not have more than 5 keys",
            ),
            ("{", "FilterPolicy: failed to parse JSON."),
        ] {
            let said = refused(text, Attributes);
            assert!(said.starts_with(expected), "{text}: {said}");
        }
    }

    #[test]
    fn attributes_are_compared_by_their_types() {
        let text = |kind: &str, value: &str| Attribute {
            kind: kind.into(),
            value: AttributeValue::Text(value.into()),
        };
        let given = [
            ("s", text("String", "5")),
            ("n", text("Number.int", "5")),
            ("l", text("String.Array", r#"["x",7,null]"#)),
            ("broken", text("String.Array", "x")),
        ];
        let attributes = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let event = attributes_event(&attributes);
        for (filter, expected) in [
            (r#"{"s":["5"]}"#, true),
            (r#"{"s":[5]}"#, false),
            (r#"{"n":[{"numeric":["=",5]}]}"#, true),
            (r#"{"n":["5"]}"#, false),
            (r#"{"l":["x"]}"#, true),
            (r#"{"l":[7]}"#, true),
            (r#"{"broken":[{"exists":true}]}"#, false),
        ] {
            let filter = Filter::parse(filter, Attributes).unwrap();
            assert_eq!(filter.pattern().matches(&event), expected, "{}", filter.as_str());
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_for_no_filter() {
        assert!(body_event(r#"{"a":{"b":3}}"#).is_some());
        assert!(body_event("hello").is_none() && body_event("[1]").is_none());
    }
}
