//! What a protocol has to do.

use std::borrow::Cow;

use bytes::Bytes;
use shape::{ByteStream, Encode, Fault, Malformed, OperationModel, Reader, ServiceModel};

/// A request, apart from its connection.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// The path, percent-encoded as it came.
    pub path: &'a str,
    /// The query string without its question mark; empty if there is none.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a dyn Headers,
    /// The whole body; empty if it is a stream.
    pub body: &'a Bytes,
    /// The body where it is still coming: of operations with a streaming payload.
    pub stream: Option<&'a ByteStream>,
}

/// The headers of a request.
pub trait Headers {
    /// The value of the header with this name, in whatever case either is written; of several the
    /// first. `None` also for values that are not text.
    fn get(&self, name: &str) -> Option<&str>;
    /// Calls back for each header, the name in small letters.
    fn each(&self, seen: &mut dyn FnMut(&str, &str));
}

/// For tests and other callers without a server: names in small letters.
impl<const N: usize> Headers for [(&str, &str); N] {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }

    fn each(&self, seen: &mut dyn FnMut(&str, &str)) {
        self.iter().for_each(|(name, value)| seen(name, value));
    }
}

/// A response, apart from its connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body.
    pub content_type: Cow<'static, str>,
    /// The other headers, their names in small letters.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The whole body; empty if it is a stream.
    pub body: Bytes,
    /// The body where it is made while it is sent.
    pub stream: Option<ByteStream>,
}

/// Speaks a protocol.
pub trait Codec: Send + Sync {
    /// A reader that stands before the operation's input.
    fn read<'a>(
        &self,
        operation: &'static OperationModel,
        request: &'a Incoming<'a>,
    ) -> Result<Box<dyn Reader + 'a>, Malformed>;

    /// The error that a caller of this protocol reads when the input is not what its shape says.
    fn malformed(&self, malformed: Malformed) -> Fault;

    /// The operation has succeeded.
    fn answer(
        &self,
        service: &'static ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Encode,
        request_id: &str,
    ) -> Encoded;

    /// It has not.
    fn fault(&self, service: &'static ServiceModel, fault: &Fault, request_id: &str) -> Encoded;
}

/// The header that carries the request's id in every protocol here.
pub(crate) fn request_id_header(request_id: &str) -> (Cow<'static, str>, String) {
    ("x-amzn-requestid".into(), request_id.to_owned())
}
