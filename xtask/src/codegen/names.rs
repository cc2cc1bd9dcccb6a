//! Names of the models as Rust writes them.

/// What generated code refers to by its short name, so that no shape may take it.
const TAKEN: [&str; 32] = [
    "BTreeMap",
    "Box",
    "ByteStream",
    "Bytes",
    "Clone",
    "Copy",
    "Debug",
    "Decode",
    "Default",
    "Encode",
    "Err",
    "Events",
    "ListSchema",
    "Location",
    "Malformed",
    "MapSchema",
    "Member",
    "None",
    "Number",
    "Ok",
    "Option",
    "PartialEq",
    "Reader",
    "Result",
    "Some",
    "String",
    "Target",
    "Text",
    "Timestamp",
    "TimestampFormat",
    "Vec",
    "Writer",
];

/// Words that no identifier can be, and those that can with `r#` before them.
const NEVER: [&str; 4] = ["crate", "self", "super", "Self"];
const KEYWORDS: [&str; 46] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "virtual",
    "where", "while",
];

/// A structure's name as a type: `Tag`, `OptionShape`.
pub(super) fn type_name(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    let mut text: String =
        first.into_iter().chain(chars.filter(char::is_ascii_alphanumeric)).collect();
    if TAKEN.contains(&text.as_str()) || NEVER.contains(&text.as_str()) {
        text.push_str("Shape");
    }
    text
}

/// A member's name as a field: `md5_of_body`, `r#type`.
pub(super) fn field(name: &str) -> String {
    let text = words(name).join("_");
    if NEVER.contains(&text.as_str()) {
        format!("{text}_")
    } else if KEYWORDS.contains(&text.as_str()) || text == "yield" {
        format!("r#{text}")
    } else {
        text
    }
}

/// A shape's name as a static: `QUEUE_DOES_NOT_EXIST`.
pub(super) fn upper(name: &str) -> String {
    words(name).join("_").to_ascii_uppercase()
}

/// A text as a literal.
pub(super) fn quoted(text: &str) -> String {
    let hashes = "#".repeat(if text.contains('"') { 1 } else { 0 });
    if text.contains("\"#") || text.contains('\r') {
        return format!("{text:?}");
    }
    let raw = if text.contains(['\\', '"']) { "r" } else { "" };
    format!("{raw}{hashes}\"{text}\"{hashes}")
}

/// The words of a name: `MD5OfBody` has three, `QueueARNs` two.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, &char) in chars.iter().enumerate() {
        if !char.is_ascii_alphanumeric() || begins_word(&chars, index) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| char.is_ascii_alphanumeric()) {
            word.push(char.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn begins_word(chars: &[char], index: usize) -> bool {
    let upper = |at: usize| chars.get(at).is_some_and(char::is_ascii_uppercase);
    let lower = |at: usize| chars.get(at).is_some_and(char::is_ascii_lowercase);
    if index == 0 || !upper(index) {
        return false;
    }
    // The plural of an acronym: the `s` of `ARNs` belongs to it.
    let plural = chars.get(index + 1) == Some(&'s') && !lower(index + 2);
    !upper(index - 1) || (lower(index + 1) && !plural)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_the_words_that_they_are_made_of() {
        for (name, expected) in [
            ("QueueUrl", "queue_url"),
            ("queueUrls", "queue_urls"),
            ("MD5OfMessageBody", "md5_of_message_body"),
            ("QueueOwnerAWSAccountId", "queue_owner_aws_account_id"),
            ("AWSAccountIds", "aws_account_ids"),
            ("StreamARNs", "stream_arns"),
            ("S3OutputKey", "s3_output_key"),
            ("SAMLAssertionType", "saml_assertion_type"),
            ("x-amz-meta", "x_amz_meta"),
            ("Type", "r#type"),
            ("Self", "self_"),
        ] {
            assert_eq!(field(name), expected, "{name}");
        }
        assert_eq!(upper("KMSOptInRequired"), "KMS_OPT_IN_REQUIRED");
        assert_eq!(type_name("assumedRoleUser"), "AssumedRoleUser");
        assert_eq!(type_name("Option"), "OptionShape");
    }

    #[test]
    fn literals_say_what_the_text_says() {
        assert_eq!(quoted("a"), r#""a""#);
        assert_eq!(quoted(r"[\w]"), r#"r"[\w]""#);
        assert_eq!(quoted("\""), r###"r#"""#"###);
        assert_eq!(quoted("\"#"), r###""\"#""###);
    }
}
