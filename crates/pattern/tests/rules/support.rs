//! Patterns and events in few words.

use pattern::{Dialect, Event, Pattern};

/// A pattern that is one.
pub(crate) fn pattern(text: &str, dialect: &Dialect) -> Pattern {
    Pattern::parse(text, dialect).unwrap_or_else(|refused| panic!("{text}: {refused}"))
}

/// A document that is an event.
pub(crate) fn document(text: &str) -> Event {
    Event::document(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Compares the documents that a pattern matches with those that it should match.
pub(crate) fn check(dialect: &Dialect, text: &str, matching: &[&str], others: &[&str]) {
    let pattern = pattern(text, dialect);
    for event in matching {
        assert!(pattern.matches(&document(event)), "{text} matches {event}");
    }
    for event in others {
        assert!(!pattern.matches(&document(event)), "{text} does not match {event}");
    }
}
