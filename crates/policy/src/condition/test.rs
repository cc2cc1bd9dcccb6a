//! The values that a policy compares a key with, compiled.

use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::cidr::Cidr;
use super::date;
use super::operator::{Comparison, Order};
use crate::context::Known;
use crate::pattern::Case;
use crate::template::{Match, Syntax, Template};

/// A comparison with the values of a policy.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Text(Vec<Template>),
    Number(Order, Vec<f64>),
    Date(Order, Vec<i64>),
    Bool(Vec<bool>),
    Binary(Vec<Vec<u8>>),
    Ip(Vec<Cidr>),
    Arn(Vec<ArnPattern>),
    Null(Vec<bool>),
}

/// A pattern of an ARN: each of the six parts is compared by itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ArnPattern(Vec<Template>);

impl Test {
    /// Compiles the values of one key. The error says what is wrong with the first that is wrong.
    pub(super) fn parse(
        comparison: Comparison,
        values: &[&str],
        variables: bool,
    ) -> Result<Test, String> {
        let text = |wildcards, case| {
            let syntax = Syntax { wildcards, variables, case };
            each(values, |value| Template::parse(value, syntax)).map(Test::Text)
        };
        Ok(match comparison {
            Comparison::String => text(false, Case::Matters)?,
            Comparison::StringIgnoreCase => text(false, Case::Ignored)?,
            Comparison::StringLike => text(true, Case::Matters)?,
            Comparison::Numeric(order) => Test::Number(order, all(values, number, "a number")?),
            Comparison::Date(order) => Test::Date(order, all(values, date::parse, "a moment")?),
            Comparison::Bool => Test::Bool(all(values, truth, "true or false")?),
            Comparison::Binary => Test::Binary(all(values, binary, "in base 64")?),
            Comparison::Ip => {
                Test::Ip(all(values, Cidr::parse, "an IP address or a range of them")?)
            }
            Comparison::Arn => {
                Test::Arn(each(values, |value| ArnPattern::parse(value, variables))?)
            }
            Comparison::Null => Test::Null(all(values, truth, "true or false")?),
        })
    }

    /// Compares a value of the request with the policy's. A value of another kind does not match.
    pub(super) fn matches(&self, value: &str, known: &Known<'_>) -> Match {
        match self {
            Test::Text(templates) => any(templates, |t| t.matches(value, known)),
            Test::Arn(patterns) => any(patterns, |pattern| pattern.matches(value, known)),
            Test::Number(order, numbers) => {
                let found = number(value);
                found.is_some_and(|found| numbers.iter().any(|n| order.holds(found, *n))).into()
            }
            Test::Date(order, dates) => {
                let found = date::parse(value);
                found.is_some_and(|found| dates.iter().any(|date| order.holds(found, *date))).into()
            }
            Test::Bool(truths) => truth(value).is_some_and(|found| truths.contains(&found)).into(),
            Test::Binary(values) => {
                binary(value).is_some_and(|found| values.contains(&found)).into()
            }
            Test::Ip(ranges) => {
                let found: Option<IpAddr> = value.parse().ok();
                found.is_some_and(|found| ranges.iter().any(|range| range.contains(found))).into()
            }
            Test::Null(truths) => truths.contains(&false).into(),
        }
    }
}

impl ArnPattern {
    fn parse(text: &str, variables: bool) -> Result<Self, String> {
        let syntax = Syntax { wildcards: true, variables, case: Case::Matters };
        if text == "*" {
            return Ok(ArnPattern(Vec::new()));
        }
        let parts = Template::parse_parts(text, syntax, 6)?;
        let whole_arn_is_variable = matches!(&*parts, [only] if only.is_variable());
        if parts.len() == 6 || whole_arn_is_variable {
            Ok(ArnPattern(parts))
        } else {
            Err(format!("{text:?} has not the six parts of an ARN"))
        }
    }

    fn matches(&self, value: &str, known: &Known<'_>) -> Match {
        let parts = value.splitn(6, ':').count();
        match &*self.0 {
            _ if parts < 6 => Match::No,
            [] => Match::Yes,
            [whole] => whole.matches(value, known),
            patterns => {
                let pairs = patterns.iter().zip(value.splitn(6, ':'));
                pairs.map(|(pattern, part)| pattern.matches(part, known)).min().unwrap_or(Match::No)
            }
        }
    }
}

fn any<T>(values: &[T], matches: impl Fn(&T) -> Match) -> Match {
    values.iter().map(matches).max().unwrap_or(Match::No)
}

fn each<T>(values: &[&str], parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    values.iter().map(|value| parse(value)).collect()
}

fn all<T>(values: &[&str], parse: fn(&str) -> Option<T>, what: &str) -> Result<Vec<T>, String> {
    each(values, |value| parse(value).ok_or_else(|| format!("{value:?} is not {what}")))
}

fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

fn truth(text: &str) -> Option<bool> {
    match () {
        () if text.eq_ignore_ascii_case("true") => Some(true),
        () if text.eq_ignore_ascii_case("false") => Some(false),
        () => None,
    }
}

fn binary(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}
