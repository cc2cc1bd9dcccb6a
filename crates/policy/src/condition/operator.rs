//! The names of condition operators.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

/// A condition operator, parsed from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(super) quantifier: Quantifier,
    pub(super) comparison: Comparison,
    /// True if it holds for values that do not match.
    pub(super) negated: bool,
    /// True if it holds when the key is missing.
    pub(super) if_exists: bool,
}

/// The quantifier over a key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    /// Of the one value. Should there be several: whether one matches; negated, whether none does.
    Plain,
    /// Of every value, and of no values.
    ForAllValues,
    /// Of a value at least.
    ForAnyValue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    String,
    StringIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// The order of a request's value and a policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// Reads a name; none is none of AWS's.
    pub(crate) fn parse(name: &str) -> Option<Operator> {
        let (quantifier, rest) = match name.split_once(':') {
            None => (Quantifier::Plain, name),
            Some(("ForAllValues", rest)) => (Quantifier::ForAllValues, rest),
            Some(("ForAnyValue", rest)) => (Quantifier::ForAnyValue, rest),
            Some(_) => return None,
        };
        let if_exists = rest.ends_with("IfExists");
        let (comparison, negated) = comparison(rest.strip_suffix("IfExists").unwrap_or(rest))?;
        let plain = quantifier == Quantifier::Plain && !if_exists;
        if comparison == Comparison::Null && !plain {
            return None;
        }
        Some(Operator { quantifier, comparison, negated, if_exists })
    }
}

fn comparison(name: &str) -> Option<(Comparison, bool)> {
    let plain = match name {
        "StringEquals" => Comparison::String,
        "StringEqualsIgnoreCase" => Comparison::StringIgnoreCase,
        "StringLike" => Comparison::StringLike,
        "Bool" => Comparison::Bool,
        "BinaryEquals" => Comparison::Binary,
        "IpAddress" => Comparison::Ip,
        "ArnEquals" | "ArnLike" => Comparison::Arn,
        "Null" => Comparison::Null,
        "StringNotEquals" => return Some((Comparison::String, true)),
        "StringNotEqualsIgnoreCase" => return Some((Comparison::StringIgnoreCase, true)),
        "StringNotLike" => return Some((Comparison::StringLike, true)),
        "NotIpAddress" => return Some((Comparison::Ip, true)),
        "ArnNotEquals" | "ArnNotLike" => return Some((Comparison::Arn, true)),
        name => return ordered(name),
    };
    Some((plain, false))
}

fn ordered(name: &str) -> Option<(Comparison, bool)> {
    let (make, order): (fn(Order) -> Comparison, _) = match name.strip_prefix("Numeric") {
        Some(order) => (Comparison::Numeric, order),
        None => (Comparison::Date, name.strip_prefix("Date")?),
    };
    let (order, negated) = match order {
        "Equals" => (Order::Equal, false),
        "NotEquals" => (Order::Equal, true),
        "LessThan" => (Order::Less, false),
        "LessThanEquals" => (Order::LessOrEqual, false),
        "GreaterThan" => (Order::Greater, false),
        "GreaterThanEquals" => (Order::GreaterOrEqual, false),
        _ => return None,
    };
    Some((make(order), negated))
}

impl Order {
    pub(super) fn holds<T: PartialOrd>(self, found: T, wanted: T) -> bool {
        match self {
            Order::Equal => found == wanted,
            Order::Less => found < wanted,
            Order::LessOrEqual => found <= wanted,
            Order::Greater => found > wanted,
            Order::GreaterOrEqual => found >= wanted,
        }
    }
}
