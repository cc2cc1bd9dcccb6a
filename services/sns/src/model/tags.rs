//! Tags of a topic.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-tags.html>

use std::collections::BTreeMap;

use api::types::Tag;

use crate::error::Error;
use crate::limits;

/// Values by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// Reads what a caller gives. (Lengths are checked with the model's constraints.)
pub(crate) fn parse(given: Vec<Tag>) -> Result<Tags, Error> {
    let mut tags = Tags::new();
    for Tag { key, value } in given {
        check(&key)?;
        check(&value)?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            let reason = "aws: prefixed tag key names are not allowed for external use.";
            return Err(Error::because("Tags", reason));
        }
        if tags.insert(key, value).is_some() {
            return Err(Error::invalid("Duplicated keys are not allowed."));
        }
    }
    if tags.len() > limits::TAGS {
        return Err(Error::TagLimitExceeded);
    }
    Ok(tags)
}

/// The tags of a topic to which `given` are added: a key that is there already gets the new value.
pub(crate) fn with(present: &Tags, given: &Tags) -> Result<Tags, Error> {
    let mut tags = present.clone();
    tags.extend(given.clone());
    if tags.len() > limits::TAGS { Err(Error::TagLimitExceeded) } else { Ok(tags) }
}

/// The tags as callers read them.
pub(crate) fn list(tags: &Tags) -> Vec<Tag> {
    let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
    tags.iter().map(tag).collect()
}

fn check(text: &str) -> Result<(), Error> {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if text.chars().all(allowed) {
        return Ok(());
    }
    let reason = "Tag keys and values can only contain letters, digits, whitespace and the characters _ . : / = + - @";
    Err(Error::because("Tags", reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Vec<Tag> {
        pairs
            .iter()
            .map(|(key, value)| Tag { key: (*key).into(), value: (*value).into() })
            .collect()
    }

    #[test]
    fn a_new_value_replaces_the_old_one() {
        let present = parse(given(&[("a", "1"), ("b", "2")])).unwrap();
        let added = parse(given(&[("b", "3"), ("c", "")])).unwrap();
        let expected = parse(given(&[("a", "1"), ("b", "3"), ("c", "")])).unwrap();
        assert_eq!(with(&present, &added), Ok(expected));
    }

    #[test]
    fn duplicates_the_reserved_prefix_and_strange_characters_are_refused() {
        let refused = |pairs: &[(&str, &str)]| parse(given(pairs)).unwrap_err().to_string();
        let duplicated = "Invalid parameter: Duplicated keys are not allowed.";
        assert_eq!(refused(&[("a", "1"), ("a", "2")]), duplicated);
        assert!(refused(&[("AWS:a", "1")]).contains("not allowed for external use"));
        assert!(refused(&[("a?", "1")]).contains("letters, digits"));
    }

    #[test]
    fn fifty_are_the_most() {
        let some = |range: std::ops::Range<usize>| {
            range.map(|n| Tag { key: n.to_string(), value: String::new() }).collect()
        };
        let fifty = parse(some(0..50)).unwrap();
        assert_eq!(parse(some(0..51)), Err(Error::TagLimitExceeded));
        assert_eq!(with(&fifty, &parse(some(50..51)).unwrap()), Err(Error::TagLimitExceeded));
    }
}
