//! The canonical form of a request: what both sides hash.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request>

use std::borrow::Cow;
use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use sha2::{Digest, Sha256};

use super::Signed;

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// The query parameter that is not part of what it signs.
const SIGNATURE: &str = "X-Amz-Signature";

/// The canonical request. `names` are those of the signed headers, in small letters.
pub(super) fn request(request: &Signed<'_>, names: &[&str]) -> String {
    let mut canonical = String::with_capacity(1024);
    canonical.push_str(request.method);
    canonical.push('\n');
    path(&mut canonical, request.path);
    canonical.push('\n');
    query(&mut canonical, request.query);
    canonical.push('\n');
    headers(&mut canonical, request, names);
    canonical.push('\n');
    canonical.push_str(&names.join(";"));
    canonical.push('\n');
    canonical.push_str(&sha256_hex(request.body));
    canonical
}

/// The SHA-256 of some bytes, in small letters.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Without `.`, `..` and empty segments, and encoded again as it was sent.
fn path(canonical: &mut String, path: &str) {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    for segment in &segments {
        canonical.push('/');
        canonical.extend(percent_encode(segment.as_bytes(), RESERVED_IN_PATH));
    }
    if segments.is_empty() || path.ends_with('/') {
        canonical.push('/');
    }
}

/// Each name and value decoded and encoded anew, in the order of names and then of values.
fn query(canonical: &mut String, query: &str) {
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (encoded(name), encoded(value))
        })
        .filter(|(name, _)| name != SIGNATURE)
        .collect();
    pairs.sort();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            canonical.push('&');
        }
        canonical.push_str(name);
        canonical.push('=');
        canonical.push_str(value);
    }
}

fn encoded(part: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if part.bytes().all(is_plain) {
        return Cow::Borrowed(part);
    }
    // A plus sign is read as a space, so that it must be signed as one: or whoever passes a request on could make
    // the one of the other.
    let spaced = part.replace('+', " ");
    let decoded: Cow<'_, [u8]> = percent_decode(spaced.as_bytes()).into();
    Cow::Owned(percent_encode(&decoded, RESERVED).to_string())
}

/// A line a header. A header that is there several times is one line of all its values.
fn headers(canonical: &mut String, request: &Signed<'_>, names: &[&str]) {
    let mut values: Vec<Option<String>> = vec![None; names.len()];
    request.headers.each(&mut |name, value| {
        if let Some(index) = names.iter().position(|known| *known == name) {
            let line = match &mut values[index] {
                Some(line) => {
                    line.push(',');
                    line
                }
                first => first.insert(String::with_capacity(value.len())),
            };
            trimmed(line, value);
        }
    });
    for (name, value) in names.iter().zip(values) {
        let elsewhere = request.authority.filter(|_| *name == "host");
        canonical.push_str(name);
        canonical.push(':');
        canonical.push_str(value.as_deref().or(elsewhere).unwrap_or_default());
        canonical.push('\n');
    }
}

/// Without white space around it, and with one space wherever there was more inside it.
fn trimmed(line: &mut String, value: &str) {
    for (index, word) in value.split_ascii_whitespace().enumerate() {
        if index > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_path(sent: &str, expected: &str) {
        let mut canonical = String::new();
        path(&mut canonical, sent);
        assert_eq!(canonical, expected, "{sent}");
    }

    fn check_query(sent: &str, expected: &str) {
        let mut canonical = String::new();
        query(&mut canonical, sent);
        assert_eq!(canonical, expected, "{sent}");
    }

    #[test]
    fn a_path_is_normalised_and_encoded_once_more() {
        check_path("", "/");
        check_path("/", "/");
        check_path("//a//b/", "/a/b/");
        check_path("/a/./../b/..", "/");
        check_path("/a/../../b", "/b");
        check_path("/000000000000/q.fifo", "/000000000000/q.fifo");
        check_path("/a%20b", "/a%2520b");
        check_path("/a$b~", "/a%24b~");
    }

    #[test]
    fn a_query_string_is_sorted_and_encoded_in_one_way() {
        check_query("", "");
        check_query("b=2&a=1&a=0&c", "a=0&a=1&b=2&c=");
        check_query("x=a%2fb&y=%7e&z=a%20b&&", "x=a%2Fb&y=~&z=a%20b");
        check_query("c+d&e=%2B", "c%20d=&e=%2B");
        check_query("X-Amz-Signature=1&X-Amz-Date=2", "X-Amz-Date=2");
        check_query("a==&b=%zz", "a=%3D&b=%25zz");
    }
}
