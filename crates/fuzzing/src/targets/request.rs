//! Requests made of bytes.

use bytes::Bytes;
use wire::{Headers, Incoming};

/// The text in bytes; what is none is replaced.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first line, and what follows it.
pub(crate) fn line(bytes: &[u8]) -> (String, &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b'\n');
    match end {
        Some(end) => (text(&bytes[..end]), &bytes[end + 1..]),
        None => (text(bytes), &[]),
    }
}

/// A request to `/`.
pub(crate) fn incoming<'a>(
    query: &'a str,
    headers: &'a dyn Headers,
    body: &'a Bytes,
) -> Incoming<'a> {
    Incoming { method: "POST", path: "/", query, headers, body, stream: None }
}
