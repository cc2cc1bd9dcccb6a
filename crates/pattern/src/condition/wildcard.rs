//! Text with any text in places.

use std::sync::Arc;

use crate::refused::BadWildcard;

/// The texts between the stars: the first is what a text begins with, the last what it ends with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wildcard {
    first: Arc<str>,
    between: Box<[Arc<str>]>,
    last: Arc<str>,
}

/// A text with stars, compiled.
pub(crate) enum WildcardText {
    /// There are none.
    Without(String),
    /// There are some.
    With(Wildcard),
}

impl Wildcard {
    /// Reads `a*b`; `\*` is a star and `\\` a backslash.
    pub(crate) fn parse(text: &str) -> Result<WildcardText, BadWildcard> {
        let mut parts = vec![String::new()];
        let mut characters = text.chars();
        let mut after_star = false;
        while let Some(character) = characters.next() {
            if character == '*' {
                if after_star {
                    return Err(BadWildcard::Consecutive);
                }
                parts.push(String::new());
                after_star = true;
                continue;
            }
            after_star = false;
            let literal = match character {
                '\\' => match characters.next() {
                    Some(escaped @ ('*' | '\\')) => escaped,
                    _ => return Err(BadWildcard::Escape),
                },
                other => other,
            };
            if let Some(part) = parts.last_mut() {
                part.push(literal);
            }
        }
        let last = parts.pop().unwrap_or_default();
        if parts.is_empty() {
            return Ok(WildcardText::Without(last));
        }
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or_default().into();
        let between = parts.map(Arc::from).collect();
        Ok(WildcardText::With(Wildcard { first, between, last: last.into() }))
    }

    /// The prefix of every text that matches.
    pub(crate) fn first(&self) -> &Arc<str> {
        &self.first
    }

    /// The suffix of every text that matches.
    pub(crate) fn last(&self) -> &Arc<str> {
        &self.last
    }

    /// Returns true if a text is of this kind. Each part is looked for where it comes first, so nothing is ever
    /// looked for twice.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some(mut rest) = text.strip_prefix(&*self.first) else { return false };
        let Some(middle) = rest.strip_suffix(&*self.last) else { return false };
        rest = middle;
        self.between.iter().all(|part| match rest.find(&**part) {
            Some(place) => {
                rest = &rest[place + part.len()..];
                true
            }
            None => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(wildcard: &str, text: &str) -> bool {
        match Wildcard::parse(wildcard).unwrap() {
            WildcardText::Without(exact) => exact == text,
            WildcardText::With(wildcard) => wildcard.matches(text),
        }
    }

    #[test]
    fn a_star_is_any_text_and_parts_do_not_overlap() {
        for (wildcard, text, expected) in [
            ("*", "", true),
            ("a*", "a", true),
            ("*.png", "dir/x.png", true),
            ("dir/*.png", "dir/.png", true),
            ("dir/*.png", "dir.png", false),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true),
            ("*a*b*", "xaxbx", true),
            ("*a*b*", "xbxax", false),
            ("a*a*a", "aa", false),
            ("plain", "plain", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "axb", false),
            ("a\\\\*", "a\\b", true),
        ] {
            assert_eq!(matches(wildcard, text), expected, "{wildcard} {text}");
        }
    }

    #[test]
    fn what_is_no_wildcard_is_refused() {
        let refused = |text| Wildcard::parse(text).err();
        assert_eq!(refused("a**b"), Some(BadWildcard::Consecutive));
        assert_eq!(refused("a\\b"), Some(BadWildcard::Escape));
        assert_eq!(refused("a\\"), Some(BadWildcard::Escape));
        assert_eq!(refused("*\\**"), None);
    }
}
