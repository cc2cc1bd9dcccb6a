//! Requests: their head, and their body as a whole or as a stream.

use std::net::SocketAddr;

use bytes::Bytes;
use hyper::header::{HOST, HeaderMap};
use hyper::{Method, Uri};

use crate::body::RequestBody;

/// The head of a request, and the connection that it came over.
#[derive(Clone, Debug)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// Path and query; over HTTP/2 also the authority, which HTTP/1.1 has in `Host`.
    pub uri: Uri,
    /// The headers as they came.
    pub headers: HeaderMap,
    /// The address of the client.
    pub peer: SocketAddr,
    /// The transport of the connection.
    pub transport: Transport,
}

/// A request that has arrived whole.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query; over HTTP/2 also the authority, which HTTP/1.1 has in `Host`.
    pub uri: Uri,
    /// The headers as they came, `Content-Encoding` of a decompressed body included.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
    /// The body as it was sent: the bytes that a signature covers.
    pub sent: Bytes,
    /// The address of the client.
    pub peer: SocketAddr,
    /// The transport of the connection.
    pub transport: Transport,
}

/// A request whose body is still arriving.
#[derive(Debug)]
pub struct StreamedRequest {
    /// The head.
    pub head: Head,
    /// The body, as it is sent: a content encoding is not taken off.
    pub body: RequestBody,
}

/// The transport of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP in clear.
    Clear,
    /// TLS.
    Tls,
}

impl Transport {
    /// The scheme of URLs that lead here.
    pub const fn scheme(self) -> &'static str {
        match self {
            Transport::Clear => "http",
            Transport::Tls => "https",
        }
    }
}

/// The host that a request names, with its port, if there is one.
pub(crate) fn named_host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Option<&'r str> {
    let authority = uri.authority().map(|authority| authority.as_str());
    authority.or_else(|| headers.get(HOST).and_then(|host| host.to_str().ok()))
}
