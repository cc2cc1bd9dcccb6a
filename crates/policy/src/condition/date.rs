//! Moments as policies write them.

use std::time::UNIX_EPOCH;

/// Milliseconds since 1970 of a moment that is written as seconds since 1970 or in one of the W3C's forms of
/// ISO 8601, from a year and a month on. A day alone begins at midnight in UTC. What lies before 1970 is no
/// moment.
///
/// <https://www.w3.org/TR/NOTE-datetime>
pub(super) fn parse(text: &str) -> Option<i64> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse::<i64>().ok()?.checked_mul(1000);
    }
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let Some(time) = time else {
        return match day.len() {
            7 => utc(&format!("{day}-01"), "00:00:00"),
            _ => utc(day, "00:00:00"),
        };
    };
    let (time, offset) = zone(time)?;
    let seconds = if time.len() == 5 { ":00" } else { "" };
    utc(day, &format!("{time}{seconds}")).map(|moment| moment - offset)
}

fn utc(day: &str, time: &str) -> Option<i64> {
    let moment = humantime::parse_rfc3339(&format!("{day}T{time}Z")).ok()?;
    i64::try_from(moment.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// A time of the day and how many milliseconds its zone is ahead of UTC.
fn zone(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((time, 0));
    }
    let at = text.rfind(['+', '-'])?;
    let (time, offset) = text.split_at(at);
    let (hours, minutes) = offset[1..].split_once(':')?;
    let number = |text: &str, most: i64| -> Option<i64> {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|number| digits && *number <= most)
    };
    let minutes = number(hours, 23)? * 60 + number(minutes, 59)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    Some((time, sign * minutes * 60_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_w3c_and_seconds_are_moments() {
        for (text, expected) in [
            ("0", 0),
            ("1577836801", 1_577_836_801_000),
            ("2020-01", 1_577_836_800_000),
            ("2020-01-01", 1_577_836_800_000),
            ("2020-01-01T00:00Z", 1_577_836_800_000),
            ("2020-01-01T00:00:01Z", 1_577_836_801_000),
            ("2020-01-01T00:00:01.25Z", 1_577_836_801_250),
            ("2020-01-01T01:30:00+01:30", 1_577_836_800_000),
            ("2019-12-31T16:00-08:00", 1_577_836_800_000),
            ("2024-02-29", 1_709_164_800_000),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "soon",
            "2020-13-01",
            "2023-02-29",
            "2020-01-01T",
            "2020-01-01T25:00:00Z",
            "2020-01-01T00:00:00",
            "2020-01-01T00:00:00+1:00",
            "2020-01-01T00:00:00+24:00",
            "-5",
            "99999999999999999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
