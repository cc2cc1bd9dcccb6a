//! Durations as ISO 8601 writes them: `PT30S`, `P14D`, `P1DT2H30M`, `P2W`.

use base::Span;

/// Reads a duration. Years and months are refused: how long they are depends on when they begin.
pub(super) fn parse(text: &str) -> Result<Span, String> {
    total(text).ok_or_else(|| {
        format!(
            "{text:?} is not a duration in weeks, days, hours, minutes and seconds, such as PT30S"
        )
    })
}

fn total(text: &str) -> Option<Span> {
    let rest = text.strip_prefix('P')?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None if rest.is_empty() => return None,
        None => (rest, ""),
    };
    let date = sum(date, &[('W', 604_800), ('D', 86_400)])?;
    let time = sum(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    date.checked_add(time).map(Span::from_millis)
}

/// The milliseconds of numbers with units, each at most once and in their order.
fn sum(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut total: u64 = 0;
    let mut units = units.iter();
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = (&text[..end], text[end..].chars().next()?);
        let (_, seconds) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(millis(number)?.checked_mul(*seconds)?)?;
        text = &text[end + unit.len_utf8()..];
    }
    Some(total)
}

/// A number with at most three decimals, in thousandths.
fn millis(number: &str) -> Option<u64> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || decimals.is_empty() || decimals.len() > 3 {
        return None;
    }
    let thousandths: u64 = format!("{decimals:0<3}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_sums_of_their_parts() {
        let check = |text, millis| assert_eq!(parse(text), Ok(Span::from_millis(millis)), "{text}");
        check("PT30S", 30_000);
        check("PT0.25S", 250);
        check("P14D", 14 * 86_400_000);
        check("P1DT2H30M", 86_400_000 + 9_000_000);
        check("P2W", 14 * 86_400_000);
        check("PT0S", 0);
    }

    #[test]
    fn other_texts_are_no_durations() {
        for text in [
            "",
            "P",
            "PT",
            "P1DT",
            "30S",
            "PT30",
            "P1Y",
            "P1M",
            "PT1S1H",
            "PT1S1S",
            "PT.5S",
            "PT1.S",
            "PT1.2345S",
            "PT1..2S",
            "P-1D",
            "PT1é",
            "PT99999999999999999999S",
            "P18446744073709551615D",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
