//! A request and its response, whole: what the front works on, with or without a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Method, StatusCode, Uri};
use serde_json::json;

/// A request that has arrived whole.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Its method.
    pub(crate) method: Method,
    /// Path and query; over HTTP/2 also the authority, which HTTP/1.1 has in `Host`.
    pub(crate) uri: Uri,
    /// Its headers as they came, `Content-Encoding` of a decompressed body included.
    pub(crate) headers: HeaderMap,
    /// Its body, decompressed.
    pub(crate) body: Bytes,
    /// The address it came from.
    pub(crate) peer: SocketAddr,
    /// What it came through.
    pub(crate) transport: Transport,
}

/// What a request came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// TCP as it is.
    Clear,
    /// TLS.
    Tls,
}

impl Transport {
    /// What the URLs of such requests begin with.
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Transport::Clear => "http",
            Transport::Tls => "https",
        }
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers but for `Date` and `Content-Length`, which the connection adds.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

/// Whoever answers requests. The future is dropped when the caller goes away: nothing that must be
/// finished may depend on its being polled to the end.
pub(crate) trait Handler: Send + Sync + 'static {
    /// Answers one request.
    fn handle(&self, request: Request) -> impl Future<Output = Response> + Send;

    /// Whether a request for this must be answered also when the program has more to do than it can.
    fn is_vital(&self, _: &Uri) -> bool {
        false
    }
}

impl<H: Handler> Handler for Arc<H> {
    fn handle(&self, request: Request) -> impl Future<Output = Response> + Send {
        H::handle(self, request)
    }

    fn is_vital(&self, uri: &Uri) -> bool {
        H::is_vital(self, uri)
    }
}

impl Response {
    /// A response with a body of some type.
    pub(crate) fn new(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Response { status, headers, body: body.into() }
    }

    /// A response without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Response { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// A JSON document.
    pub(crate) fn json(status: StatusCode, document: &serde_json::Value) -> Self {
        Response::new(status, "application/json", document.to_string())
    }

    /// An error from before anybody knows which protocol the caller speaks. It is written as JSON
    /// with AWS's two members, which the SDKs' current protocols read.
    pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Self {
        Response::json(status, &json!({ "__type": code, "message": message }))
    }
}
