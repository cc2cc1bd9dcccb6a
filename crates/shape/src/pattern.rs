//! Regular expressions of the models.

use std::sync::OnceLock;

use regex::Regex;

/// A regular expression of a model, compiled at its first use.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern with this source, as the model has it.
    pub const fn new(source: &'static str) -> Self {
        Pattern { source, compiled: OnceLock::new() }
    }

    /// Its source, which AWS's messages show.
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the whole text matches. A pattern that this engine cannot compile matches all: the
    /// service that needs it has its own check. (A test of `api` names every such pattern.)
    pub fn matches(&self, text: &str) -> bool {
        self.compiled().is_none_or(|regex| regex.is_match(text))
    }

    /// The compiled pattern, if it can be compiled.
    pub fn compiled(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&translated(self.source)).ok()).as_ref()
    }
}

/// The models are written for Java, where a pattern is matched against the whole text and `\w`, `\d`
/// and `\s` mean ASCII only; in Rust they mean Unicode. A class within a class is its union there.
fn translated(source: &str) -> String {
    let mut text = String::from("^(?:");
    let mut chars = source.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            text.push(char);
            continue;
        }
        match chars.next() {
            Some('w') => text.push_str("[0-9A-Za-z_]"),
            Some('W') => text.push_str("[^0-9A-Za-z_]"),
            Some('d') => text.push_str("[0-9]"),
            Some('D') => text.push_str("[^0-9]"),
            Some('s') => text.push_str(r"[ \t\n\x0B\f\r]"),
            Some('S') => text.push_str(r"[^ \t\n\x0B\f\r]"),
            Some(escaped) => text.extend(['\\', escaped]),
            None => text.push('\\'),
        }
    }
    text.push_str(")$");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_must_match() {
        let pattern = Pattern::new("a|bc");
        assert!(pattern.matches("a") && pattern.matches("bc"));
        assert!(!pattern.matches("ab") && !pattern.matches("bcd") && !pattern.matches("a\n"));
    }

    #[test]
    fn short_classes_mean_ascii_inside_and_outside_of_brackets() {
        let inside = Pattern::new(r"[\w+=,.@-]*");
        assert!(inside.matches("a_Z+9-") && !inside.matches("é") && !inside.matches("a b"));
        let outside = Pattern::new(r"\d{2}\S");
        assert!(outside.matches("12é") && !outside.matches("1٢x") && !outside.matches("12 "));
    }

    #[test]
    fn a_pattern_that_cannot_be_compiled_matches_all() {
        let pattern = Pattern::new("(?=a)b");
        assert!(pattern.compiled().is_none());
        assert!(pattern.matches("anything"));
    }
}
