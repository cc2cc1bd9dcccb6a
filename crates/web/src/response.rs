//! Responses, before the connection adds `Date` and the framing.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::body::Body;
use crate::tenant::Tenant;

/// A response.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers but for `Date`, `Content-Length` and `Transfer-Encoding`, which the connection adds.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// The account of the caller; `None` if it has not proven who it is.
    pub tenant: Option<Tenant>,
}

impl Response {
    /// A response with a body of a media type.
    pub fn new(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Response::of(status, headers, body)
    }

    /// A response with these headers.
    pub fn of(status: StatusCode, headers: HeaderMap, body: impl Into<Body>) -> Self {
        Response { status, headers, body: body.into(), tenant: None }
    }

    /// A response without a body.
    pub fn empty(status: StatusCode) -> Self {
        Response::of(status, HeaderMap::new(), Bytes::new())
    }

    /// A JSON document.
    pub fn json(status: StatusCode, document: &serde_json::Value) -> Self {
        Response::new(status, "application/json", document.to_string())
    }
}
