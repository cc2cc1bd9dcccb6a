//! Texts that many receivers share.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A text that many receivers may get, with room for one value that receivers derive from it.
pub struct Text {
    text: Box<str>,
    derived: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Text {
    /// A text from which nothing has been derived yet.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Text { text: text.into(), derived: OnceLock::new() }
    }

    /// A text behind a pointer, as deliveries carry it.
    pub fn shared(text: impl Into<Box<str>>) -> Arc<Self> {
        Arc::new(Text::new(text))
    }

    /// A value that receivers compute from the text, such as a digest: computed by the first receiver and kept
    /// with the text. The first type that is asked for is kept; one of another type is computed each time.
    pub fn derived<T: Copy + Send + Sync + 'static>(&self, compute: impl Fn(&str) -> T) -> T {
        let kept = self.derived.get_or_init(|| Box::new(compute(&self.text)));
        kept.downcast_ref().copied().unwrap_or_else(|| compute(&self.text))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// Texts are equal if they say the same, whatever was derived from them.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Text {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_value_is_computed_once_for_all_receivers() {
        let text = Text::shared("hello");
        let other = Arc::clone(&text);
        assert_eq!(text.derived(|text| [text.len() as u8; 16]), [5; 16]);
        assert_eq!(other.derived(|_| -> [u8; 16] { panic!("it is known") }), [5; 16]);
        assert_eq!(*text, Text::new("hello"));
    }

    #[test]
    fn values_of_other_types_are_right_too() {
        let text = Text::new("hello");
        assert_eq!(text.derived(str::len), 5);
        assert!(text.derived(|text| text.starts_with('h')));
        assert_eq!(text.derived(|_| -> usize { panic!("it is known") }), 5);
    }
}
