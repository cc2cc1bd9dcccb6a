//! Constraints, checked once for every protocol.
//!
//! [`Validated`] is a reader around a protocol's reader: it hands the same values on and notes what
//! breaks the model's constraints. Which code and message a caller then reads is the service's affair,
//! because AWS's services differ in it.

use std::fmt::Write as _;

use base::Timestamp;
use bytes::Bytes;

use crate::reader::{EachEntry, EachItem, EachMember, Malformed, Reader};
use crate::schema::{ListSchema, MapSchema, Number, Schema, Target, Text, TimestampFormat};

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

/// Most violations that one request collects.
const MOST: usize = 10;

/// A reader that checks what it hands on.
pub struct Validated<'r> {
    inner: &'r mut dyn Reader,
    target: Option<&'static Target>,
    notes: &'r mut Notes,
}

/// What has been found, and where the reader stands.
#[derive(Debug, Default)]
pub struct Notes {
    path: String,
    violations: Vec<Violation>,
}

impl Notes {
    /// What was found.
    pub fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    fn add(&mut self, value: Option<String>, constraint: Constraint) {
        if self.violations.len() < MOST {
            self.violations.push(Violation { path: self.path.clone(), value, constraint });
        }
    }

    /// Runs `inside` with a longer path.
    fn within<T>(&mut self, step: &str, inside: impl FnOnce(&mut Notes) -> T) -> T {
        let before = self.path.len();
        if before > 0 {
            self.path.push('.');
        }
        self.path.push_str(step);
        let result = inside(self);
        self.path.truncate(before);
        result
    }

    fn length(&mut self, length: u64, min: Option<u64>, max: Option<u64>, shown: &str) {
        if let Some(min) = min.filter(|&min| length < min) {
            self.add(Some(shown.to_owned()), Constraint::MinLength(min));
        }
        if let Some(max) = max.filter(|&max| length > max) {
            self.add(Some(shown.to_owned()), Constraint::MaxLength(max));
        }
    }

    fn number(&mut self, value: i64, rules: &Number) {
        if let Some(min) = rules.min.filter(|&min| value < min) {
            self.add(Some(value.to_string()), Constraint::Min(min));
        }
        if let Some(max) = rules.max.filter(|&max| value > max) {
            self.add(Some(value.to_string()), Constraint::Max(max));
        }
    }

    fn text(&mut self, value: &str, rules: &Text) {
        if rules.min.is_some() || rules.max.is_some() {
            self.length(value.chars().count() as u64, rules.min, rules.max, value);
        }
        if !rules.values.is_empty() && !rules.values.contains(&value) {
            self.add(Some(value.to_owned()), Constraint::OneOf(rules.values));
        }
        if let Some(pattern) = rules.pattern.filter(|pattern| !pattern.matches(value)) {
            self.add(Some(value.to_owned()), Constraint::Pattern(pattern.source()));
        }
    }
}

impl<'r> Validated<'r> {
    /// Reads from `inner` and notes violations in `notes`.
    pub fn new(inner: &'r mut dyn Reader, notes: &'r mut Notes) -> Self {
        Validated { inner, target: None, notes }
    }
}

impl Reader for Validated<'_> {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        self.inner.boolean()
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        let value = self.inner.integer()?;
        if let Some(Target::Integer(rules)) = self.target {
            self.notes.number(i64::from(value), rules);
        }
        Ok(value)
    }

    fn long(&mut self) -> Result<i64, Malformed> {
        let value = self.inner.long()?;
        if let Some(Target::Long(rules)) = self.target {
            self.notes.number(value, rules);
        }
        Ok(value)
    }

    fn float(&mut self) -> Result<f32, Malformed> {
        self.inner.float()
    }

    fn double(&mut self) -> Result<f64, Malformed> {
        self.inner.double()
    }

    fn string(&mut self) -> Result<String, Malformed> {
        let value = self.inner.string()?;
        if let Some(Target::String(rules)) = self.target {
            self.notes.text(&value, rules);
        }
        Ok(value)
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let value = self.inner.blob()?;
        if let Some(Target::Blob(rules)) = self.target {
            self.notes.length(value.len() as u64, rules.min, rules.max, "[bytes]");
        }
        Ok(value)
    }

    fn timestamp(&mut self, format: TimestampFormat) -> Result<Timestamp, Malformed> {
        self.inner.timestamp(format)
    }

    fn structure(&mut self, schema: &'static Schema, each: &mut EachMember) -> Result<(), Malformed> {
        let notes = &mut *self.notes;
        let mut seen = 0_u128;
        self.inner.structure(schema, &mut |index, reader| {
            let member = &schema.members[index];
            seen |= 1_u128.checked_shl(index as u32).unwrap_or(0);
            notes.within(&lower_camel(member.name), |notes| {
                each(index, &mut Validated { inner: reader, target: Some(&member.target), notes })
            })
        })?;
        for (index, member) in schema.members.iter().enumerate().filter(|(_, m)| m.required) {
            if seen & 1_u128.checked_shl(index as u32).unwrap_or(0) == 0 {
                notes.within(&lower_camel(member.name), |notes| notes.add(None, Constraint::Required));
            }
        }
        Ok(())
    }

    fn list(&mut self, schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let notes = &mut *self.notes;
        let mut count = 0_u64;
        self.inner.list(schema, &mut |reader| {
            count += 1;
            notes.within(&format!("{count}.member"), |notes| {
                each(&mut Validated { inner: reader, target: Some(&schema.member), notes })
            })
        })?;
        let (min, max) = schema.length;
        notes.length(count, min, max, "[list]");
        Ok(())
    }

    fn map(&mut self, schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let notes = &mut *self.notes;
        let mut count = 0_u64;
        self.inner.map(schema, &mut |key, reader| {
            count += 1;
            notes.text(&key, &schema.key);
            let step = format!("{key}.member");
            notes.within(&step, |notes| {
                each(key, &mut Validated { inner: reader, target: Some(&schema.value), notes })
            })
        })?;
        let (min, max) = schema.length;
        notes.length(count, min, max, "[map]");
        Ok(())
    }
}

/// `QueueUrl` as AWS's messages write it: `queueUrl`.
fn lower_camel(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
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
