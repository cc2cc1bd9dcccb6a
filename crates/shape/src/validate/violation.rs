//! What breaks the model's constraints, and how AWS says it.

use std::fmt::Write as _;

/// A value that its constraint does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where it stands, in AWS's notation: `entries.1.member.id`.
    pub path: String,
    /// The value as text, `None` when it is missing.
    pub value: Option<String>,
    /// What it breaks.
    pub constraint: Constraint,
}

/// A constraint of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// It must be there.
    Required,
    /// At least that long.
    MinLength(u64),
    /// At most that long.
    MaxLength(u64),
    /// At least that large.
    Min(i64),
    /// At most that large.
    Max(i64),
    /// It must match this regular expression.
    Pattern(&'static str),
    /// It must be one of these.
    OneOf(&'static [&'static str]),
}

/// AWS's usual text for violations: `1 validation error detected: Value null at 'name' failed to
/// satisfy constraint: Member must not be null`.
pub fn describe(violations: &[Violation]) -> String {
    let count = violations.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut text = format!("{count} validation error{plural} detected: ");
    for (index, violation) in violations.iter().enumerate() {
        if index > 0 {
            text.push_str("; ");
        }
        match &violation.value {
            Some(value) => _ = write!(text, "Value '{value}'"),
            None => text.push_str("Value null"),
        }
        _ = write!(text, " at '{}' failed to satisfy constraint: Member must ", violation.path);
        violation.constraint.describe(&mut text);
    }
    text
}

impl Constraint {
    fn describe(&self, text: &mut String) {
        let written = match self {
            Constraint::Required => write!(text, "not be null"),
            Constraint::MinLength(min) => {
                write!(text, "have length greater than or equal to {min}")
            }
            Constraint::MaxLength(max) => write!(text, "have length less than or equal to {max}"),
            Constraint::Min(min) => write!(text, "have value greater than or equal to {min}"),
            Constraint::Max(max) => write!(text, "have value less than or equal to {max}"),
            Constraint::Pattern(source) => {
                write!(text, "satisfy regular expression pattern: {source}")
            }
            Constraint::OneOf(values) => {
                write!(text, "satisfy enum value set: [{}]", values.join(", "))
            }
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
}
