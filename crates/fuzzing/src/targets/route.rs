//! Which operation a request is for: lines with `X-Amz-Target`, the content type and the query string, then
//! the body; the target stands for a path too.

use bytes::Bytes;
use wire::{Hint, Incoming, RouteTable};

use super::request;

/// Finds the operation. Whoever names a target is never taken for a caller of Query.
pub fn run(bytes: &[u8]) {
    let (target, rest) = request::line(bytes);
    let (content_type, rest) = request::line(rest);
    let (query, body) = request::line(rest);
    let body = Bytes::copy_from_slice(body);
    let headers = [("x-amz-target", target.as_str()), ("content-type", content_type.as_str())];
    let served = [&api_sqs::MODEL, &api_sns::MODEL, &api_sts::MODEL];
    let table = RouteTable::new(served, catalog::SERVICES.iter().copied());
    if let Ok(found) = table.find(&request::incoming(&query, &headers, &body), Hint::default()) {
        let named = format!("{}.{}", found.service.target_prefix, found.operation.name);
        assert_eq!(named, target);
    }
    let without = [("content-type", content_type.as_str())];
    let request = Incoming { path: &target, ..request::incoming(&query, &without, &body) };
    for signed_for in ["", "s3", "lambda", "apigateway", "sqs"] {
        for method in ["GET", "POST", "PUT"] {
            let hint = Hint { signed_for, ..Hint::default() };
            if let Ok(found) = table.find(&Incoming { method, ..request }, hint) {
                assert!(found.service.operation(found.operation.name).is_some());
            }
        }
    }
}
