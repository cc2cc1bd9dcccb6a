//! Which operation a request is for: lines with `X-Amz-Target`, the content type and the query string, then
//! the body.

use bytes::Bytes;
use wire::Address;

use super::request;

/// Finds the address. Whoever names a target is never taken for a caller of Query.
pub fn run(bytes: &[u8]) {
    let (target, rest) = request::line(bytes);
    let (content_type, rest) = request::line(rest);
    let (query, body) = request::line(rest);
    let body = Bytes::copy_from_slice(body);
    let headers = [("x-amz-target", target.as_str()), ("content-type", content_type.as_str())];
    let found = wire::address(&request::incoming(&query, &headers, &body));
    if let Some(found) = found {
        let Address::Target { prefix, operation, .. } = found else { panic!("{found:?}") };
        assert_eq!(format!("{prefix}.{operation}"), target);
    }
    let without = [("content-type", content_type.as_str())];
    let found = wire::address(&request::incoming(&query, &without, &body));
    assert!(!matches!(found, Some(Address::Target { .. })));
}
