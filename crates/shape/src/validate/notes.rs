//! Where a reader stands, and what it has found so far.

use super::violation::{Constraint, Violation};
use crate::schema::{Number, Text};

/// Most violations that one request collects.
const MOST: usize = 10;
/// Most characters of a wrong value that are shown to its sender.
const MOST_SHOWN: usize = 1024;

/// What has been found, and where the reader stands.
#[derive(Debug, Default)]
pub struct Notes {
    /// From the outermost structure inwards; made a text only for a violation.
    path: Vec<Step>,
    violations: Vec<Violation>,
}

/// A step from a structure, a list or a map to what is in it.
#[derive(Debug)]
pub(super) enum Step {
    Member(&'static str),
    /// The first is 1.
    Item(usize),
    Entry(String),
}

impl Notes {
    /// What was found.
    pub fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// Notes a missing value.
    pub(super) fn missing(&mut self) {
        self.add(None, Constraint::Required);
    }

    fn wrong(&mut self, shown: &str, constraint: Constraint) {
        let end = shown.char_indices().nth(MOST_SHOWN).map_or(shown.len(), |(end, _)| end);
        self.add(Some(shown[..end].to_owned()), constraint);
    }

    fn add(&mut self, value: Option<String>, constraint: Constraint) {
        if self.violations.len() < MOST {
            self.violations.push(Violation { path: self.rendered(), value, constraint });
        }
    }

    /// Runs `inside` one step further.
    pub(super) fn within<T>(&mut self, step: Step, inside: impl FnOnce(&mut Notes) -> T) -> T {
        self.path.push(step);
        let result = inside(self);
        self.path.pop();
        result
    }

    pub(super) fn length(
        &mut self,
        length: u64,
        (min, max): (Option<u64>, Option<u64>),
        shown: &str,
    ) {
        if let Some(min) = min.filter(|&min| length < min) {
            self.wrong(shown, Constraint::MinLength(min));
        }
        if let Some(max) = max.filter(|&max| length > max) {
            self.wrong(shown, Constraint::MaxLength(max));
        }
    }

    pub(super) fn number(&mut self, value: i64, rules: &Number) {
        if let Some(min) = rules.min.filter(|&min| value < min) {
            self.wrong(&value.to_string(), Constraint::Min(min));
        }
        if let Some(max) = rules.max.filter(|&max| value > max) {
            self.wrong(&value.to_string(), Constraint::Max(max));
        }
    }

    /// The limits of a model fit into a double without loss: they are below 2^53.
    pub(super) fn real(&mut self, value: f64, rules: &Number) {
        if let Some(min) = rules.min.filter(|&min| value < min as f64) {
            self.wrong(&value.to_string(), Constraint::Min(min));
        }
        if let Some(max) = rules.max.filter(|&max| value > max as f64) {
            self.wrong(&value.to_string(), Constraint::Max(max));
        }
    }

    pub(super) fn text(&mut self, value: &str, rules: &Text) {
        if rules.min.is_some() || rules.max.is_some() {
            self.length(value.chars().count() as u64, (rules.min, rules.max), value);
        }
        if !rules.values.is_empty() && !rules.values.contains(&value) {
            self.wrong(value, Constraint::OneOf(rules.values));
        }
        if let Some(pattern) = rules.pattern.filter(|pattern| !pattern.matches(value)) {
            self.wrong(value, Constraint::Pattern(pattern.source()));
        }
    }

    fn rendered(&self) -> String {
        let steps: Vec<String> = self.path.iter().map(Step::rendered).collect();
        steps.join(".")
    }
}

impl Step {
    fn rendered(&self) -> String {
        match self {
            Step::Member(name) => lower_camel(name),
            Step::Item(number) => format!("{number}.member"),
            Step::Entry(key) => format!("{key}.member"),
        }
    }
}

/// `QueueUrl` as AWS's messages write it: `queueUrl`.
fn lower_camel(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
