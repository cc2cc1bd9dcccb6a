//! Text without the difference between capital and small letters.

/// A text in small letters, character by character.
pub(crate) fn fold(text: &str) -> String {
    folded(text).collect()
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// Returns true if a text, folded, is this one.
pub(crate) fn equals(text: &str, wanted: &str) -> bool {
    folded(text).eq(wanted.chars())
}

/// Returns true if a text, folded, begins with this one.
pub(crate) fn folded_prefix(text: &str, wanted: &str) -> bool {
    let mut folded = folded(text);
    wanted.chars().all(|character| folded.next() == Some(character))
}

/// Returns true if a text, folded, ends with this one.
pub(crate) fn folded_suffix(text: &str, wanted: &str) -> bool {
    let mut folded = text.chars().rev().flat_map(|character| {
        let small: Vec<char> = character.to_lowercase().collect();
        small.into_iter().rev()
    });
    wanted.chars().rev().all(|character| folded.next() == Some(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_makes_no_difference_in_any_alphabet() {
        for (one, other) in
            [("STRASSE", "strasse"), ("ÄÖÜ", "äöü"), ("ДА", "да"), ("İ", "i\u{307}")]
        {
            assert!(equals(one, &fold(other)), "{one}");
            assert!(folded_prefix(&format!("{one}x"), &fold(other)), "{one}");
            assert!(folded_suffix(&format!("x{one}"), &fold(other)), "{one}");
        }
        assert!(!equals("ß", &fold("ss")));
        assert!(!folded_prefix("a", "ab") && !folded_suffix("b", "ab"));
    }
}
