//! The dates of signatures.

use std::time::UNIX_EPOCH;

use base::{Span, Timestamp};

use crate::time;

/// How far the caller's clock may be off, and how long a signature in a header is good.
pub(super) const SKEW: Span = Span::from_seconds(15 * 60);

/// When a request says that it was signed: `20150830T123600Z`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignedAt {
    pub(super) text: String,
    pub(super) at: Timestamp,
}

impl SignedAt {
    /// Reads `20150830T123600Z`, and what the `Date` header may be as well: `Sun, 30 Aug 2015 12:36:00 GMT`.
    pub(super) fn read(text: &str) -> Option<Self> {
        match basic(text) {
            Some(at) => Some(SignedAt { text: text.to_owned(), at }),
            None => {
                let time = httpdate::parse_http_date(text).ok()?;
                let millis = time.duration_since(UNIX_EPOCH).ok()?.as_millis();
                let at = Timestamp::from_millis(u64::try_from(millis).ok()?);
                Some(SignedAt { text: written(at), at })
            }
        }
    }

    /// `20150830`.
    pub(super) fn day(&self) -> &str {
        self.text.get(..8).unwrap_or_default()
    }
}

/// A moment as signatures write it, without its milliseconds.
pub(super) fn written(at: Timestamp) -> String {
    let whole = Timestamp::from_millis(at.seconds().saturating_mul(1000));
    time::iso8601(whole).chars().filter(|c| !matches!(c, '-' | ':')).collect()
}

fn basic(text: &str) -> Option<Timestamp> {
    let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    if !digits(0..8) || bytes[8] != b'T' || !digits(9..15) || bytes[15] != b'Z' {
        return None;
    }
    let (date, of_day) = (&text[..8], &text[9..15]);
    let extended = format!(
        "{}-{}-{}T{}:{}:{}Z",
        &date[..4],
        &date[4..6],
        &date[6..],
        &of_day[..2],
        &of_day[2..4],
        &of_day[4..]
    );
    let since_1970 = humantime::parse_rfc3339(&extended).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(since_1970.as_secs() * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_both_forms_and_written_in_one() {
        let at = Timestamp::from_millis(1_440_938_160_000);
        let expected = SignedAt { text: "20150830T123600Z".into(), at };
        assert_eq!(SignedAt::read("20150830T123600Z"), Some(expected.clone()));
        assert_eq!(SignedAt::read("Sun, 30 Aug 2015 12:36:00 GMT"), Some(expected.clone()));
        assert_eq!(expected.day(), "20150830");
        assert_eq!(written(at + Span::from_millis(999)), "20150830T123600Z");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "20150830", "20150830T123600", "20151330T123600Z", "2015083OT123600Z", "é"]
        {
            assert_eq!(SignedAt::read(text), None, "{text}");
        }
    }
}
