//! Values of attributes, which callers write as text.

use std::ops::RangeInclusive;

use base::Span;

use crate::error::Error;

/// A number within a range.
pub(super) fn number(
    name: &'static str,
    value: &str,
    range: RangeInclusive<i64>,
) -> Result<i64, Error> {
    let number = value.trim().parse::<i64>().ok().filter(|number| range.contains(number));
    number.ok_or(Error::InvalidAttributeValue(name))
}

/// A number of seconds within a range.
pub(super) fn seconds(
    name: &'static str,
    value: &str,
    range: RangeInclusive<i64>,
) -> Result<Span, Error> {
    Ok(Span::from_seconds(number(name, value, range)?.unsigned_abs()))
}
