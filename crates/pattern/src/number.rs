//! Numbers, compared by value and never rounded.

/// Digits after the decimal point that are kept.
pub const MOST_DECIMALS: u32 = 9;

/// Digits before the decimal point; numbers with more are only known to be larger.
const MOST_WHOLE: i64 = 28;

const SCALE: i128 = 10_i128.pow(MOST_DECIMALS);

/// A decimal number as a step on a ladder: a multiple of 10⁻⁹ stands on an even step, and whatever lies
/// between two of them stands on the odd step between. Patterns hold even steps only, so every comparison
/// of a message's number with a pattern's is exact, however many digits the message's has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i128);

impl Number {
    /// Less than every number of a pattern.
    pub(crate) const LEAST: Number = Number(-i128::MAX);
    /// More than every number of a pattern.
    pub(crate) const MOST: Number = Number(i128::MAX);

    /// Reads `-12.5e3` and the like; `None` for what is no number.
    pub fn parse(text: &str) -> Option<Number> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let step = step(whole, fraction, exponent);
        Some(Number(if negative { -step } else { step }))
    }

    /// Returns true if a pattern may hold it: within ±`largest`, with so many digits after the point.
    pub(crate) fn is_within(self, largest: u64) -> bool {
        self.0.unsigned_abs() <= u128::from(largest) * 2 * SCALE.unsigned_abs()
    }

    /// Returns true if no more digits stand after the decimal point than that.
    pub(crate) fn has_decimals(self, most: u32) -> bool {
        self.0 % (2 * 10_i128.pow(MOST_DECIMALS.saturating_sub(most))) == 0
    }

    /// Returns true if it is not too large to be told from others that are.
    pub(crate) fn is_kept(self) -> bool {
        self.0.abs() != i128::MAX
    }

    /// The next larger number.
    pub(crate) fn above(self) -> Number {
        Number(self.0.saturating_add(1))
    }

    /// The next smaller number.
    pub(crate) fn below(self) -> Number {
        Number(self.0.saturating_sub(1))
    }

    /// Its place in the order of all numbers.
    pub(crate) fn rank(self) -> u128 {
        self.0.cast_unsigned() ^ (1 << 127)
    }
}

/// An exponent; one that no number needs counts as very large or very small.
fn exponent_of(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size: i64 = digits.parse().unwrap_or(i64::MAX).min(i64::from(i32::MAX));
    Some(if text.starts_with('-') { -size } else { size })
}

/// The step of a number that is not negative.
fn step(whole: &str, fraction: &str, exponent: i64) -> i128 {
    let digits = whole.bytes().chain(fraction.bytes());
    let zeros = digits.clone().take_while(|digit| *digit == b'0').count();
    let mut digits = digits.skip(zeros).peekable();
    if digits.peek().is_none() {
        return 0;
    }
    let point = whole.len() as i64 - zeros as i64 + exponent;
    if point > MOST_WHOLE {
        return i128::MAX;
    }
    let mut kept: i128 = 0;
    for _ in 0..(point + i64::from(MOST_DECIMALS)).max(0) {
        kept = kept * 10 + i128::from(digits.next().unwrap_or(b'0') - b'0');
    }
    // A point far to the left leaves digits that stand behind zeros: they are behind the last one kept.
    let more = digits.any(|digit| digit != b'0');
    kept * 2 + i128::from(more)
}

/// All numbers from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Range {
    pub(crate) low: Number,
    pub(crate) high: Number,
}

impl Range {
    pub(crate) fn contains(self, number: Number) -> bool {
        self.low <= number && number <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn one_value_is_one_number_however_it_is_written() {
        for (one, other) in [
            ("301.5", "3.015e2"),
            ("0", "-0"),
            ("0", "0e999999999999999999999"),
            ("1", "0.001e3"),
            ("100", "+1E2"),
            ("5", "5.000000000000000000000000000000000000"),
            ("0.00001", "1e-5"),
        ] {
            assert_eq!(number(one), number(other), "{one} {other}");
        }
    }

    #[test]
    fn numbers_are_ordered_by_value_beyond_the_digits_that_are_kept() {
        let ordered = [
            "-1e999999999999",
            "-1e29",
            "-1e28",
            "-2",
            "-1.0000000000001",
            "-1",
            "-0.5",
            "-1e-12",
            "0",
            "1e-999999999",
            "0.000000001",
            "0.1",
            "1",
            "1.0000000000001",
            "1.000000001",
            "2",
            "1e27",
            "1e40",
        ];
        for pair in ordered.windows(2) {
            let beyond = number(pair[0]) == number(pair[1]) && !number(pair[0]).is_kept();
            assert!(beyond || number(pair[0]) < number(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in
            ["", "-", ".", "e1", "1e", "1e+", "--1", "1.2.3", "0x1", "1 ", "NaN", "inf", "١"]
        {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn range_and_precision_are_judged_by_value() {
        assert!(number("1e9").is_within(1_000_000_000));
        assert!(!number("-1000000000.00000000001").is_within(1_000_000_000));
        assert!(number("1.23450000").has_decimals(4));
        assert!(!number("1.23456").has_decimals(4));
        assert!(!number("1.0000000000001").has_decimals(9));
    }
}
