//! The reasons why a text is no pattern, in enough detail for a service to word its own error.

use std::sync::Arc;

use crate::Operator;

/// A text that is no pattern of its dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", self.prefix())]
pub struct Refused {
    /// The names that lead to the place, from the outermost in; empty for the pattern as a whole. `$or`
    /// that means alternatives is not among them.
    pub place: Vec<Arc<str>>,
    /// The offset in bytes of what follows the value that is wrong, or of the error in the JSON.
    pub at: usize,
    /// The reason.
    pub reason: Reason,
}

impl Refused {
    fn prefix(&self) -> String {
        if self.place.is_empty() { String::new() } else { format!("{}: ", self.place.join(".")) }
    }

    /// Line and column of [`at`](Self::at) in the text, counted from one; columns are characters.
    pub fn line_and_column(&self, text: &str) -> (usize, usize) {
        let at = self.at.min(text.len());
        let before = String::from_utf8_lossy(&text.as_bytes()[..at]);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
        (line, column)
    }
}

/// A reason why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// The text is longer than so many bytes.
    #[error("the text is longer than {most} bytes")]
    TooLong {
        /// The dialect's limit.
        most: usize,
    },
    /// Objects and arrays go deeper into each other than so many levels.
    #[error("values nest more than {most} levels deep")]
    TooDeep {
        /// The dialect's limit.
        most: usize,
    },
    /// The pattern is not an object.
    #[error("a pattern is an object")]
    NotAnObject,
    /// An object has no members.
    #[error("an object without members")]
    EmptyObject,
    /// A field has no values, or an operator none to compare with.
    #[error("an array without values")]
    EmptyArray,
    /// An object has a member twice.
    #[error("the name stands there twice")]
    DuplicateKey,
    /// A field is followed by something that is neither an object nor an array.
    #[error("must be an object or an array")]
    NotObjectOrArray,
    /// A field lies within a field, and the dialect's fields do not.
    #[error("a field cannot lie within another")]
    Nested,
    /// A value is itself an array.
    #[error("a value is a string, a number, true, false, null or an expression")]
    NotAValue,
    /// An expression has no operator.
    #[error("an expression without an operator")]
    NoOperator,
    /// An expression has more than one member.
    #[error("an expression has one operator")]
    MoreThanOneOperator,
    /// The dialect has no such operator.
    #[error("unknown operator {0}")]
    UnknownOperator(Arc<str>),
    /// The dialect has no such operator within `anything-but`.
    #[error("unknown operator {0} within anything-but")]
    UnknownWithinAnythingBut(Arc<str>),
    /// An operator needs another kind of value.
    #[error("{} needs {needs}", operator.name())]
    WrongOperand {
        /// The operator.
        operator: Operator,
        /// The kind of value that it needs.
        needs: Operand,
    },
    /// An operator within `anything-but` has empty text, which every text begins and ends with.
    #[error("{} needs text that is not empty", .0.name())]
    EmptyOperand(Operator),
    /// A list of `anything-but` has both text and numbers.
    #[error("anything-but has either text or numbers")]
    Mixed,
    /// An expression with `numeric` is not well formed.
    #[error("numeric: {0}")]
    Numeric(BadNumeric),
    /// A number is too small or too large.
    #[error("a number beyond {largest}")]
    NumberOutOfRange {
        /// The dialect's limit, of negative numbers too.
        largest: u64,
    },
    /// A number has too many digits after the decimal point.
    #[error("a number with more than {decimals} digits after the decimal point")]
    NumberTooPrecise {
        /// The dialect's limit.
        decimals: u32,
    },
    /// An operand of `wildcard` is not well formed.
    #[error("wildcard: {0}")]
    Wildcard(BadWildcard),
    /// An operand of `cidr` is no address and mask.
    #[error("{0} is no address block")]
    Cidr(Arc<str>),
    /// There are more fields than so many.
    #[error("more than {most} fields")]
    TooManyKeys {
        /// The dialect's limit.
        most: usize,
    },
    /// There are more combinations of values than so many.
    #[error("more than {most} combinations")]
    TooManyCombinations {
        /// The dialect's limit.
        most: u64,
    },
    /// `$or` comes to more alternatives than so many.
    #[error("more than {most} alternatives")]
    TooManyAlternatives {
        /// The dialect's limit.
        most: usize,
    },
}

/// The kind of value that an operator needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Operand {
    /// Text.
    #[error("text")]
    Text,
    /// `true` or `false`.
    #[error("true or false")]
    Bool,
    /// An array.
    #[error("an array")]
    Array,
    /// Text, a number, an array of either, or an expression.
    #[error("text, a number, an array of either, or an expression")]
    TextsOrNumbers,
    /// Text or an array of texts.
    #[error("text or an array of texts")]
    Texts,
}

/// A reason why the value of `numeric` is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNumeric {
    /// The first is not text, or the third is not.
    #[error("an operator is text")]
    OperatorNotText,
    /// The first operator is none of `=`, `<`, `<=`, `>` and `>=`.
    #[error("unknown operator {0}")]
    UnknownOperator(Arc<str>),
    /// The second operator is neither `<` nor `<=`.
    #[error("a range ends with < or <=, not {0}")]
    BadSecondOperator(Arc<str>),
    /// The value behind that operator is not a number.
    #[error("{0} needs a number")]
    NotANumber(Arc<str>),
    /// More follows where nothing can.
    #[error("too many elements")]
    TooMany,
    /// The range ends before it begins.
    #[error("the bottom must be less than the top")]
    BottomNotLess,
}

/// A reason why the value of `wildcard` is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWildcard {
    /// One `*` follows another.
    #[error("one * follows another")]
    Consecutive,
    /// A backslash stands before something else than `*` or a backslash.
    #[error("a backslash stands before * or a backslash only")]
    Escape,
}
