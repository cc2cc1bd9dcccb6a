//! Texts with variables, such as `${aws:username}`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use crate::context::{Key, Known};
use crate::pattern::{Case, Pattern, Token, token};

/// The special characters that a text of a policy may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// True if `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// True if `${…}` is a variable: in policies of version 2012-10-17.
    pub(crate) variables: bool,
    pub(crate) case: Case,
}

/// A text of a policy, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Template {
    /// The same in every request.
    Fixed(Pattern),
    /// Made anew in every request.
    Variable(Box<[Piece]>, Case),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Tokens(Vec<Token>),
    /// The value of a key in the request, or else the default.
    Variable(Key, Option<Box<str>>),
}

/// The outcome of comparing a value with a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Match {
    No,
    /// The policy's text has a variable of which the request says nothing.
    Unresolved,
    Yes,
}

impl Match {
    /// Returns true if the value matches or, negated, does not match. AWS says that what cannot be resolved makes a
    /// statement invalid; whatever it was meant to say, here it never allows anything.
    pub(crate) fn holds(self, negated: bool, denies: bool) -> bool {
        match self {
            Match::Yes => !negated,
            Match::No => negated,
            Match::Unresolved => negated && denies,
        }
    }
}

impl From<bool> for Match {
    fn from(yes: bool) -> Self {
        if yes { Match::Yes } else { Match::No }
    }
}

impl Template {
    pub(crate) fn parse(text: &str, syntax: Syntax) -> Result<Template, String> {
        Ok(Template::of(pieces(text, syntax)?, syntax.case))
    }

    /// One template for each part between colons, of which there are `parts`; the last one has the others.
    pub(crate) fn parse_parts(
        text: &str,
        syntax: Syntax,
        parts: usize,
    ) -> Result<Vec<Template>, String> {
        let mut split: Vec<Vec<Piece>> = vec![Vec::new()];
        for piece in pieces(text, syntax)? {
            let Piece::Tokens(mut tokens) = piece else {
                split.extend_last(piece);
                continue;
            };
            while split.len() < parts
                && let Some(colon) = tokens.iter().position(|token| *token == Token::Char(':'))
            {
                let rest = tokens.split_off(colon + 1);
                tokens.pop();
                split.extend_last(Piece::Tokens(std::mem::replace(&mut tokens, rest)));
                split.push(Vec::new());
            }
            split.extend_last(Piece::Tokens(tokens));
        }
        Ok(split.into_iter().map(|pieces| Template::of(pieces, syntax.case)).collect())
    }

    fn of(pieces: Vec<Piece>, case: Case) -> Template {
        if pieces.iter().any(|piece| matches!(piece, Piece::Variable(..))) {
            return Template::Variable(pieces.into(), case);
        }
        let tokens = pieces.into_iter().flat_map(|piece| match piece {
            Piece::Tokens(tokens) => tokens,
            Piece::Variable(..) => Vec::new(),
        });
        Template::Fixed(Pattern::new(&tokens.collect::<Vec<_>>(), case))
    }

    pub(crate) fn is_variable(&self) -> bool {
        matches!(self, Template::Variable(..))
    }

    pub(crate) fn matches(&self, text: &str, known: &Known<'_>) -> Match {
        match self {
            Template::Fixed(pattern) => pattern.matches(text).into(),
            Template::Variable(pieces, case) => match resolve(pieces, *case, known) {
                Some(pattern) => pattern.matches(text).into(),
                None => Match::Unresolved,
            },
        }
    }
}

trait ExtendLast {
    fn extend_last(&mut self, piece: Piece);
}

impl ExtendLast for Vec<Vec<Piece>> {
    fn extend_last(&mut self, piece: Piece) {
        if let Some(last) = self.last_mut() {
            last.push(piece);
        }
    }
}

/// Puts values in the place of variables. A value's own `*` is no wildcard, and a key with several values
/// is no variable.
fn resolve(pieces: &[Piece], case: Case, known: &Known<'_>) -> Option<Pattern> {
    let mut tokens = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Tokens(own) => tokens.extend_from_slice(own),
            Piece::Variable(key, default) => {
                let values = key.values(known);
                let value = match values.as_slice() {
                    [value] => value,
                    [] => default.as_deref()?,
                    _ => return None,
                };
                tokens.extend(value.chars().map(Token::Char));
            }
        }
    }
    Some(Pattern::new(&tokens, case))
}

fn pieces(text: &str, syntax: Syntax) -> Result<Vec<Piece>, String> {
    let meaning = if syntax.wildcards { token } else { Token::Char };
    let mut pieces = Vec::new();
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${").filter(|_| syntax.variables) {
        tokens.extend(rest[..at].chars().map(meaning));
        let (variable, behind) = variable(&rest[at + 2..])?;
        rest = behind;
        match variable {
            "*" | "?" | "$" => tokens.extend(variable.chars().map(Token::Char)),
            name => {
                pieces.push(Piece::Tokens(std::mem::take(&mut tokens)));
                pieces.push(named(name)?);
            }
        }
    }
    tokens.extend(rest.chars().map(meaning));
    pieces.push(Piece::Tokens(tokens));
    Ok(pieces)
}

/// Splits at the closing brace, which is not one between quotation marks.
fn variable(text: &str) -> Result<(&str, &str), String> {
    let mut quoted = false;
    for (at, char) in text.char_indices() {
        match char {
            '\'' => quoted = !quoted,
            '}' if !quoted => return Ok((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    Err(format!("the variable ${{{text} does not end"))
}

fn named(text: &str) -> Result<Piece, String> {
    let (name, default) = match text.split_once(',') {
        Some((name, default)) => (name, Some(default.trim())),
        None => (text, None),
    };
    let unquoted = |text: &str| Some(text.strip_prefix('\'')?.strip_suffix('\'')?.into());
    let default = match default {
        Some(default) => Some(
            unquoted(default).ok_or(format!("the default in ${{{text}}} is not in quotes: '…'"))?,
        ),
        None => None,
    };
    let key = Key::parse(name.trim()).ok_or(format!("${{{text}}} is no variable"))?;
    Ok(Piece::Variable(key, default))
}
