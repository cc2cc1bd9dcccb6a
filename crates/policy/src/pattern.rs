//! Texts with wildcards: `*` stands for any characters, `?` for one.

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// This character.
    Char(char),
    /// Any one character.
    One,
    /// Any characters, or none.
    Many,
}

/// The treatment of case (of ASCII's letters).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// They differ.
    Matters,
    /// They do not.
    Ignored,
}

/// A text with wildcards, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The prefix of every text that matches.
    prefix: Box<str>,
    rest: Box<[Token]>,
    case: Case,
}

impl Pattern {
    /// A text in which `*` and `?` are wildcards.
    pub fn with_wildcards(text: &str, case: Case) -> Self {
        let tokens: Vec<Token> = text.chars().map(token).collect();
        Pattern::new(&tokens, case)
    }

    pub(crate) fn new(tokens: &[Token], case: Case) -> Self {
        let literal = |token: &Token| match token {
            Token::Char(char) => Some(*char),
            Token::One | Token::Many => None,
        };
        let prefix: String = tokens.iter().map_while(literal).collect();
        let mut rest = tokens[prefix.chars().count()..].to_vec();
        rest.dedup_by(|a, b| *a == Token::Many && *b == Token::Many);
        Pattern { prefix: prefix.into(), rest: rest.into(), case }
    }

    /// Returns true if the pattern is the whole text's. At most the product of both lengths is looked at.
    pub fn matches(&self, text: &str) -> bool {
        let Some((start, rest)) = text.split_at_checked(self.prefix.len()) else { return false };
        let begins = match self.case {
            Case::Matters => *start == *self.prefix,
            Case::Ignored => start.eq_ignore_ascii_case(&self.prefix),
        };
        begins && self.rest_matches(rest)
    }

    /// Goes forward, and when it is stuck lets the last `*` take one character more. Giving an earlier
    /// one more is never needed: the last one could have taken that too.
    fn rest_matches(&self, text: &str) -> bool {
        let (mut token, mut rest) = (0, text);
        let mut last_many = None;
        loop {
            let mut after = rest.chars();
            match (self.rest.get(token), after.next()) {
                (None, None) => return true,
                (Some(Token::Many), _) if token + 1 == self.rest.len() => return true,
                (Some(Token::Many), _) => {
                    token += 1;
                    last_many = Some((token, rest));
                    continue;
                }
                (Some(Token::One), Some(_)) => {
                    (token, rest) = (token + 1, after.as_str());
                    continue;
                }
                (Some(Token::Char(wanted)), Some(found)) if self.same(*wanted, found) => {
                    (token, rest) = (token + 1, after.as_str());
                    continue;
                }
                (Some(_), None) => return false,
                _ => {}
            }
            let Some((behind, from)) = last_many else { return false };
            let mut shorter = from.chars();
            shorter.next();
            (token, rest) = (behind, shorter.as_str());
            last_many = Some((behind, rest));
        }
    }

    fn same(&self, a: char, b: char) -> bool {
        match self.case {
            Case::Matters => a == b,
            Case::Ignored => a.eq_ignore_ascii_case(&b),
        }
    }
}

/// The token of a character in a text with wildcards.
pub(crate) fn token(char: char) -> Token {
    match char {
        '*' => Token::Many,
        '?' => Token::One,
        char => Token::Char(char),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reference matcher, as plain as possible.
    fn model(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', pattern_rest)), _) => {
                model(pattern_rest, text)
                    || text.split_first().is_some_and(|(_, rest)| model(pattern, rest))
            }
            (Some(('?', pattern)), Some((_, text))) => model(pattern, text),
            (Some((wanted, pattern)), Some((found, text))) => {
                wanted == found && model(pattern, text)
            }
            _ => false,
        }
    }

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::with_wildcards(pattern, Case::Matters).matches(text)
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_model(pattern in "[ab?*é]{0,8}", text in "[abé]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&pattern, &text), model(&chars(&pattern), &chars(&text)));
        }

        #[test]
        fn case_is_ignored_when_it_is_to_be(pattern in "[aB?*]{0,6}", text in "[AbB]{0,8}") {
            let ignoring = Pattern::with_wildcards(&pattern, Case::Ignored).matches(&text);
            prop_assert_eq!(ignoring, matches(&pattern.to_lowercase(), &text.to_lowercase()));
        }
    }

    #[test]
    fn a_question_mark_is_one_character_however_many_bytes_it_has() {
        assert!(matches("a?c", "aéc"));
        assert!(!matches("a??c", "aéc"));
        assert!(!matches("a", "é"));
    }

    #[test]
    fn many_wildcards_do_not_take_exponential_time() {
        let text = "a".repeat(5_000);
        assert!(!matches(&format!("{}b", "a*".repeat(500)), &text));
        assert!(matches(&"*a?".repeat(500), &text));
    }
}
