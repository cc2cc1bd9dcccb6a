//! `/_millpond/clock`: time, moved by hand.

use base::{Span, Timestamp};
use futures::future::BoxFuture;
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{duration, failure};
use web::Response;

/// A node whose time is moved by hand.
pub(crate) trait ManualClock: Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;

    /// Moves time forward; answers the new time when everything that became due is done.
    fn advance(&self, by: Span) -> BoxFuture<'_, Timestamp>;
}

/// The furthest that one request may go, in seconds: a hundred years.
const FURTHEST: u64 = 36_525 * 86_400;

/// What a request to move says: one of the two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: Option<Amount>,
    advance_seconds: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "an advance is a number of seconds or a duration such as \"PT30S\"")]
enum Amount {
    Seconds(f64),
    Text(String),
}

pub(super) fn read(clock: Option<&dyn ManualClock>) -> Response {
    match clock {
        Some(clock) => shown(clock.now()),
        None => not_manual(),
    }
}

pub(super) async fn advance(clock: Option<&dyn ManualClock>, body: &[u8]) -> Response {
    let Some(clock) = clock else { return not_manual() };
    match span(body) {
        Ok(by) => shown(clock.advance(by).await),
        Err(reason) => failure(StatusCode::BAD_REQUEST, &reason),
    }
}

fn shown(now: Timestamp) -> Response {
    Response::json(StatusCode::OK, &json!({ "now": rfc3339(now), "millis": now.millis() }))
}

fn not_manual() -> Response {
    failure(
        StatusCode::NOT_FOUND,
        "Time follows the system's clock; start with --clock manual to move it.",
    )
}

fn span(body: &[u8]) -> Result<Span, String> {
    let asked: Advance = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let span = match (asked.advance, asked.advance_seconds) {
        (Some(Amount::Text(text)), None) => duration::parse(&text)?,
        (Some(Amount::Seconds(seconds)), None) | (None, Some(seconds)) => from_seconds(seconds)?,
        (None, None) => return Err("say how far to go: {\"advance\": \"PT30S\"}".to_owned()),
        (Some(_), Some(_)) => return Err("say advance or advance_seconds, not both".to_owned()),
    };
    if span > Span::from_seconds(FURTHEST) {
        return Err("one step may be a hundred years long".to_owned());
    }
    Ok(span)
}

fn from_seconds(seconds: f64) -> Result<Span, String> {
    if seconds.is_nan() || seconds < 0.0 {
        return Err("time only moves forward".to_owned());
    }
    // The conversion saturates.
    let millis = (seconds * 1000.0).round() as u64;
    Ok(Span::from_millis(millis))
}

/// A moment as RFC 3339 writes it, in UTC and to the millisecond.
fn rfc3339(at: Timestamp) -> String {
    let (days, second) = (at.seconds() / 86_400, at.seconds() % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second, millis) =
        (second / 3600, second / 60 % 60, second % 60, at.millis() % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day of a number of days after 1970-01-01, in the Gregorian calendar: years are
/// counted from March, so that the leap day is the last of its year, in eras of 400 years.
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let january_or_february = u64::from(month <= 2);
    (era * 400 + year + january_or_february, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_the_calendar() {
        let check = |millis, text| assert_eq!(rfc3339(Timestamp::from_millis(millis)), text);
        check(0, "1970-01-01T00:00:00.000Z");
        check(951_782_400_000, "2000-02-29T00:00:00.000Z");
        check(1_767_225_599_999, "2025-12-31T23:59:59.999Z");
        check(4_107_542_400_001, "2100-03-01T00:00:00.001Z");
    }

    #[test]
    fn a_step_is_a_duration_or_seconds() {
        let check = |body: &str, millis| {
            assert_eq!(span(body.as_bytes()), Ok(Span::from_millis(millis)), "{body}");
        };
        check(r#"{"advance": "PT30S"}"#, 30_000);
        check(r#"{"advance": 30}"#, 30_000);
        check(r#"{"advance_seconds": 0.25}"#, 250);
    }

    #[test]
    fn what_is_no_step_is_refused_with_a_reason() {
        for body in [
            "",
            "{}",
            "[1]",
            r#"{"advance": -1}"#,
            r#"{"advance": true}"#,
            r#"{"advance": "soon"}"#,
            r#"{"advance": 1, "advance_seconds": 1}"#,
            r#"{"forward": 1}"#,
            r#"{"advance": 1e300}"#,
        ] {
            assert!(span(body.as_bytes()).is_err_and(|reason| !reason.is_empty()), "{body}");
        }
    }
}
