//! Dialects: the operators that a service's patterns may use, and their limits.

/// A word that stands for a comparison, as in `{"prefix": "ab"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `anything-but`: a value is there and is none of those named.
    AnythingBut,
    /// `cidr`: an IP address within a block.
    Cidr,
    /// `equals-ignore-case`.
    EqualsIgnoreCase,
    /// `exists`: the field is there, or is not.
    Exists,
    /// `numeric`: `=`, `<`, `<=`, `>`, `>=` and ranges.
    Numeric,
    /// `prefix`.
    Prefix,
    /// `suffix`.
    Suffix,
    /// `wildcard`: `*` stands for any text.
    Wildcard,
}

impl Operator {
    /// All of them.
    pub const ALL: [Operator; 8] = [
        Operator::AnythingBut,
        Operator::Cidr,
        Operator::EqualsIgnoreCase,
        Operator::Exists,
        Operator::Numeric,
        Operator::Prefix,
        Operator::Suffix,
        Operator::Wildcard,
    ];

    /// The word itself.
    pub fn name(self) -> &'static str {
        match self {
            Operator::AnythingBut => "anything-but",
            Operator::Cidr => "cidr",
            Operator::EqualsIgnoreCase => "equals-ignore-case",
            Operator::Exists => "exists",
            Operator::Numeric => "numeric",
            Operator::Prefix => "prefix",
            Operator::Suffix => "suffix",
            Operator::Wildcard => "wildcard",
        }
    }

    /// The operator of that name, whether or not a dialect has it.
    pub(crate) fn named(name: &str) -> Option<Operator> {
        Operator::ALL.into_iter().find(|operator| operator.name() == name)
    }
}

/// The numbers that patterns may hold. Those of events may have any size and precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// They go from minus this to this, both included; at most 10²⁷.
    pub largest: u64,
    /// Digits after the decimal point; at most [`MOST_DECIMALS`](crate::MOST_DECIMALS).
    pub decimals: u32,
    /// True if a number that is written as it is, without an operator, may be larger: account numbers.
    pub larger_if_plain: bool,
}

/// The meaning of `"exists": true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// The field has a value, `null` and empty text included.
    AnyValue,
    /// The field has a value that is neither `null` nor empty text.
    SomeContent,
}

/// The meaning of `"exists": false`, besides that the field has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// Always.
    FromAnyEvent,
    /// Only when the event has another field.
    FromEventsWithFields,
}

/// The rules for patterns of one service. The ready ones are in [`dialects`](crate::dialects).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The operators that it knows.
    pub operators: &'static [Operator],
    /// Those that may stand within `anything-but`.
    pub within_anything_but: &'static [Operator],
    /// True if `{"prefix": {"equals-ignore-case": "ab"}}` is known, and the same with a suffix.
    pub affixes_ignoring_case: bool,
    /// True if `$or` has its meaning.
    pub or: bool,
    /// True if fields may lie within fields.
    pub nesting: bool,
    /// The meaning of an existing field.
    pub existing: Existing,
    /// The meaning of a missing field.
    pub missing: Missing,
    /// The numbers that it takes.
    pub numbers: Numbers,
    /// The longest text, in bytes.
    pub most_bytes: usize,
    /// The deepest nesting of objects and arrays, those of expressions included.
    pub most_depth: usize,
    /// The most fields on the outermost level. With `$or`, each of the alternatives may
    /// name so many.
    pub most_keys: Option<usize>,
    /// The most combinations of values: the numbers of values of all fields, multiplied, each
    /// also with the level that the field lies on, counted from one. Alternatives are added up.
    pub most_combinations: Option<u64>,
    /// The most alternatives of `$or` when everything is multiplied out.
    pub most_alternatives: usize,
}
