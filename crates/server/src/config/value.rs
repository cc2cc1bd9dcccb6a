//! The kinds of values that settings have.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base::Timestamp;
use hyper::Uri;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A number of bytes: `65536`, `64KiB`, `2MiB`, `1GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) usize);

/// A length of time that is not zero: `250ms`, `10s`, `2m`, `1h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period(pub(super) Duration);

/// A moment in RFC 3339: `2030-01-01T00:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Timestamp);

/// A scheme and a host, with a port or without, and nothing behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl(String);

impl PublicUrl {
    /// The URL without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, with its port if there is one.
    pub(crate) fn host(&self) -> Option<&str> {
        self.0.split_once("://").map(|(_, host)| host)
    }
}

impl FromStr for Bytes {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = split(text);
        let factor = match unit {
            "" => Some(1),
            "KiB" => Some(1 << 10),
            "MiB" => Some(1 << 20),
            "GiB" => Some(1 << 30),
            _ => None,
        };
        let bytes = || number.parse::<usize>().ok()?.checked_mul(factor?);
        bytes().map(Bytes).ok_or_else(|| "bytes are written as 65536, 64KiB or 2MiB".to_owned())
    }
}

impl FromStr for Period {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = split(text);
        let millis = match unit {
            "ms" => Some(1),
            "s" => Some(1000),
            "m" => Some(60_000),
            "h" => Some(3_600_000),
            _ => None,
        };
        // Longer than a century would only overflow somewhere.
        let period = || number.parse::<u32>().ok().map(u64::from)?.checked_mul(millis?);
        match period() {
            Some(millis) if millis > 0 => Ok(Period(Duration::from_millis(millis))),
            _ => Err("times are written as 250ms, 10s or 2m, and are not zero".to_owned()),
        }
    }
}

impl FromStr for Moment {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "times are written as 2030-01-01T00:00:00Z".to_owned();
        let time = humantime::parse_rfc3339(text).map_err(|_| wrong())?;
        let since = time.duration_since(std::time::UNIX_EPOCH).map_err(|_| wrong())?;
        let millis = u64::try_from(since.as_millis()).map_err(|_| wrong())?;
        Ok(Moment(Timestamp::from_millis(millis)))
    }
}

fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

impl FromStr for PublicUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "a URL is a scheme and a host, such as https://queues.example.com".to_owned();
        let url = text.strip_suffix('/').unwrap_or(text);
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let named = matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
        let bare = uri.path_and_query().is_none_or(|path| path == "/") && !url.ends_with('/');
        if named && bare && !url.contains('@') {
            Ok(PublicUrl(url.to_owned()))
        } else {
            Err(wrong())
        }
    }
}

/// Reads a value of the file that is written as text.
pub(super) fn text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(|error| invalid(&text, &error))
}

/// Reads a list of such values.
pub(super) fn texts<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parse = |text: String| text.parse().map_err(|error| invalid(&text, &error));
    texts.into_iter().map(parse).collect::<Result<_, _>>().map(Some)
}

fn invalid<E: Error>(text: &str, error: &impl fmt::Display) -> E {
    E::custom(format_args!("invalid value {text:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_binary_units() {
        let check = |text: &str, bytes| assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        check("0", 0);
        check("65536", 65536);
        check("64KiB", 65536);
        check("2MiB", 2 << 20);
        for bad in ["", "KiB", "64KB", "64 KiB", "-1", "1.5MiB", "99999999999999999999", "-"] {
            assert!(bad.parse::<Bytes>().is_err(), "{bad}");
        }
    }

    #[test]
    fn times_have_units_and_are_not_zero() {
        let check = |text: &str, millis| {
            assert_eq!(text.parse(), Ok(Period(Duration::from_millis(millis))), "{text}");
        };
        check("250ms", 250);
        check("10s", 10_000);
        check("2m", 120_000);
        check("1h", 3_600_000);
        for bad in ["", "10", "0s", "1d", "s", "-1s", "99999999999h"] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }

    #[test]
    fn moments_are_written_as_rfc_3339_has_them() {
        let check = |text: &str, millis| {
            assert_eq!(text.parse(), Ok(Moment(Timestamp::from_millis(millis))), "{text}");
        };
        check("1970-01-01T00:00:01Z", 1000);
        check("2030-01-01T00:00:00.250Z", 1_893_456_000_250);
        for bad in ["", "2030-01-01", "1893456000", "1969-12-31T00:00:00Z", "2030-13-01T00:00:00Z"]
        {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_public_url_has_a_host_and_no_path() {
        let check = |text: &str, url: &str| {
            assert_eq!(text.parse::<PublicUrl>().map(|u| u.0), Ok(url.to_owned()));
        };
        check("http://localhost:4566", "http://localhost:4566");
        check("https://queues.example.com/", "https://queues.example.com");
        for bad in ["", "localhost:4566", "ftp://a", "http://a/b", "http://a//", "http://a?b", "/"]
        {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }
}
