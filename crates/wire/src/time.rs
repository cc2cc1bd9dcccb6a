//! Moments as texts.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base::Timestamp;
use shape::{Malformed, TimestampFormat};

/// The last millisecond of the year 9999: no format here has room for more.
const LAST: u64 = 253_402_300_799_999;

/// Seconds since 1970 as the shortest decimal number: `1700000000` or `1700000000.25`.
pub(crate) fn seconds(moment: Timestamp) -> String {
    let (seconds, millis) = (moment.seconds(), moment.millis() % 1000);
    if millis == 0 {
        return seconds.to_string();
    }
    format!("{seconds}.{millis:03}").trim_end_matches('0').to_owned()
}

/// `2023-11-14T22:13:20Z`, with milliseconds where there are any.
pub(crate) fn iso8601(moment: Timestamp) -> String {
    let time = system_time(moment);
    if moment.millis().is_multiple_of(1000) {
        humantime::format_rfc3339_seconds(time).to_string()
    } else {
        humantime::format_rfc3339_millis(time).to_string()
    }
}

/// A moment in a format other than a number, or the number for [`TimestampFormat::Unix`]; the
/// protocol has said what its default is.
pub(crate) fn text(moment: Timestamp, format: TimestampFormat) -> String {
    match format {
        TimestampFormat::Default | TimestampFormat::Iso8601 => iso8601(moment),
        TimestampFormat::Unix => seconds(moment),
        TimestampFormat::Rfc822 => httpdate::fmt_http_date(system_time(moment)),
    }
}

/// Reads what [`text`] writes. A number is taken for seconds in every format.
pub(crate) fn parse(text: &str, format: TimestampFormat) -> Result<Timestamp, Malformed> {
    if let Ok(number) = text.parse::<f64>() {
        return from_seconds(number);
    }
    let time = match format {
        TimestampFormat::Rfc822 => httpdate::parse_http_date(text).ok(),
        _ => humantime::parse_rfc3339(text).ok(),
    };
    let since_1970 = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let millis = since_1970.and_then(|span| u64::try_from(span.as_millis()).ok());
    millis.map(Timestamp::from_millis).ok_or_else(|| malformed(text))
}

/// The moment that lies so many seconds after 1970.
pub(crate) fn from_seconds(seconds: f64) -> Result<Timestamp, Malformed> {
    let millis = (seconds * 1000.0).round();
    if (0.0..=LAST as f64).contains(&millis) {
        Ok(Timestamp::from_millis(millis as u64))
    } else {
        Err(malformed(&seconds.to_string()))
    }
}

fn malformed(text: &str) -> Malformed {
    let shown: String = text.chars().take(64).collect();
    Malformed(format!("{shown} is not a timestamp."))
}

fn system_time(moment: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(moment.millis().min(LAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_moment_is_written_in_each_format_and_read_back() {
        let whole = at(1_700_000_000_000);
        assert_eq!(text(whole, TimestampFormat::Default), "2023-11-14T22:13:20Z");
        assert_eq!(text(whole, TimestampFormat::Unix), "1700000000");
        assert_eq!(text(whole, TimestampFormat::Rfc822), "Tue, 14 Nov 2023 22:13:20 GMT");
        let part = at(1_700_000_000_250);
        assert_eq!(text(part, TimestampFormat::Iso8601), "2023-11-14T22:13:20.250Z");
        assert_eq!(text(part, TimestampFormat::Unix), "1700000000.25");
        for format in [TimestampFormat::Default, TimestampFormat::Iso8601, TimestampFormat::Unix] {
            assert_eq!(parse(&text(part, format), format), Ok(part), "{format:?}");
        }
        let date = text(whole, TimestampFormat::Rfc822);
        assert_eq!(parse(&date, TimestampFormat::Rfc822), Ok(whole));
    }

    #[test]
    fn what_is_no_moment_is_malformed() {
        for text in ["", "yesterday", "-1", "NaN", "inf", "1e300", "2023-13-01T00:00:00Z"] {
            assert!(parse(text, TimestampFormat::Default).is_err(), "{text}");
        }
    }

    #[test]
    fn moments_beyond_every_calendar_can_be_written() {
        assert_eq!(iso8601(Timestamp::MAX), "9999-12-31T23:59:59.999Z");
        let date = text(Timestamp::MAX, TimestampFormat::Rfc822);
        assert_eq!(date, "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    const FORMATS: [TimestampFormat; 4] = [
        TimestampFormat::Default,
        TimestampFormat::Iso8601,
        TimestampFormat::Unix,
        TimestampFormat::Rfc822,
    ];

    proptest::proptest! {
        #[test]
        fn every_moment_is_read_as_it_was_written(millis in 0..=LAST) {
            for format in FORMATS {
                let whole = matches!(format, TimestampFormat::Rfc822);
                let moment = at(if whole { millis - millis % 1000 } else { millis });
                proptest::prop_assert_eq!(parse(&text(moment, format), format), Ok(moment));
            }
        }

        #[test]
        fn any_text_is_a_moment_or_refused(
            text in "[-+0-9TZ:.eEinfa ,GMonue]{0,40}|\\PC{0,20}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,12})?Z",
        ) {
            for format in FORMATS {
                if let Ok(moment) = parse(&text, format) {
                    proptest::prop_assert!(moment.millis() <= LAST, "{}", text);
                }
            }
        }
    }
}
