//! Tags of a queue.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-tags.html>

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::error::Error;
use crate::limits;

/// Values by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// The tags of a queue to which `given` are added: a key that is there already gets the new value.
pub(crate) fn with(present: &Tags, given: &Tags, queue: &str) -> Result<Tags, Error> {
    for (key, value) in given {
        check(key, limits::TAG_KEY, "keys")?;
        check(value, limits::TAG_VALUE, "values")?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            return invalid("Tag keys cannot start with the reserved prefix aws:.".into());
        }
    }
    let mut tags = present.clone();
    tags.extend(given.clone());
    if tags.len() > limits::TAGS {
        return invalid(format!("Too many tags added for queue {queue}."));
    }
    Ok(tags)
}

fn check(text: &str, length: RangeInclusive<usize>, what: &str) -> Result<(), Error> {
    if !length.contains(&text.chars().count()) {
        return invalid(format!(
            "Tag {what} must be between {} and {} characters in length.",
            length.start(),
            length.end()
        ));
    }
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if !text.chars().all(allowed) {
        return invalid(format!(
            "Tag {what} can only contain letters, digits, whitespace and the characters _ . : / = + - @"
        ));
    }
    Ok(())
}

fn invalid<T>(text: String) -> Result<T, Error> {
    Err(Error::InvalidParameter(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
    }

    #[test]
    fn a_new_value_replaces_the_old_one() {
        let present = tags(&[("a", "1"), ("b", "2")]);
        let expected = tags(&[("a", "1"), ("b", "3"), ("c", "")]);
        assert_eq!(with(&present, &tags(&[("b", "3"), ("c", "")]), "q"), Ok(expected));
    }

    #[test]
    fn lengths_characters_and_the_reserved_prefix_are_checked() {
        let refused = |key: &str, value: &str| {
            with(&Tags::new(), &tags(&[(key, value)]), "q").unwrap_err().to_string()
        };
        let keys = "Tag keys must be between 1 and 128 characters in length.";
        assert_eq!(refused("", "v"), keys);
        assert_eq!(refused(&"k".repeat(129), "v"), keys);
        let values = "Tag values must be between 0 and 256 characters in length.";
        assert_eq!(refused("k", &"v".repeat(257)), values);
        assert!(refused("k?", "v").contains("letters, digits"));
        assert!(refused("AWS:k", "v").contains("reserved prefix"));
        let longest = tags(&[(&"ä".repeat(128), &"€ b".repeat(64).replace('€', "é"))]);
        assert_eq!(with(&Tags::new(), &longest, "q"), Ok(longest));
    }

    #[test]
    fn fifty_are_the_most() {
        let many = |count: usize| (0..count).map(|n| (format!("k{n}"), String::new())).collect();
        let fifty: Tags = with(&Tags::new(), &many(50), "q").unwrap();
        assert_eq!(with(&fifty, &tags(&[("k0", "new")]), "q").map(|tags| tags.len()), Ok(50));
        let refused = with(&fifty, &tags(&[("more", "")]), "q").unwrap_err().to_string();
        assert_eq!(refused, "Too many tags added for queue q.");
    }
}
