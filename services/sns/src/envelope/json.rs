//! Documents as AWS writes them: a member a line, with spaces around colons.

use std::fmt::Write;

/// An object that is being written.
pub(super) struct Document(String);

impl Document {
    /// One that begins with its type.
    pub(super) fn new(kind: &str) -> Self {
        let mut document = Document("{".to_owned());
        document.push("Type", kind);
        document
    }

    /// Adds a member whose value is a text.
    pub(super) fn member(mut self, name: &str, value: &str) -> Self {
        self.0.push(',');
        self.push(name, value);
        self
    }

    /// Adds a member, if there is a value.
    pub(super) fn optional(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.member(name, value),
            None => self,
        }
    }

    /// The document so far; whoever goes on ends it with [`END`].
    pub(super) fn into_unfinished(self) -> String {
        self.0
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        self.0 + END
    }

    fn push(&mut self, name: &str, value: &str) {
        // Writing to a text cannot fail.
        _ = write!(self.0, "\n  \"{name}\" : {}", text(value));
    }
}

/// The end of a document.
pub(super) const END: &str = "\n}";

/// A text with its quotes and escapes.
pub(super) fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}
