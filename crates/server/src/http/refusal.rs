//! Why a request never reached the handler.

use hyper::StatusCode;

use super::exchange::Response;

/// A request that was refused while it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its line and headers are longer than allowed.
    HeadTooLarge,
    /// Its body is longer than allowed, as sent or as decompressed.
    BodyTooLarge,
    /// Its body took longer than allowed.
    BodyTooSlow,
    /// Its body broke off, or is not framed as HTTP demands.
    BodyBroken,
    /// Its body is compressed in a way that is not known here.
    UnknownEncoding,
    /// Its body is not the gzip that its header says.
    NotGzip,
    /// Too many bytes of other bodies are held already.
    NoRoom,
}

impl Refusal {
    /// All of them, in the order of their metrics.
    pub(crate) const ALL: [Refusal; 7] = [
        Refusal::HeadTooLarge,
        Refusal::BodyTooLarge,
        Refusal::BodyTooSlow,
        Refusal::BodyBroken,
        Refusal::UnknownEncoding,
        Refusal::NotGzip,
        Refusal::NoRoom,
    ];

    /// Its name in metrics.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Refusal::HeadTooLarge => "head_too_large",
            Refusal::BodyTooLarge => "body_too_large",
            Refusal::BodyTooSlow => "body_too_slow",
            Refusal::BodyBroken => "body_broken",
            Refusal::UnknownEncoding => "unknown_encoding",
            Refusal::NotGzip => "not_gzip",
            Refusal::NoRoom => "no_room",
        }
    }

    /// What the caller reads. The codes are those that AWS's services use at their outer edge.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
    pub(super) fn response(self) -> Response {
        let (status, code, message) = match self {
            Refusal::HeadTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "RequestHeaderSectionTooLarge",
                "The request's line and headers are larger than this server accepts.",
            ),
            Refusal::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLarge",
                "The request's body is larger than this server accepts.",
            ),
            Refusal::BodyTooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeout",
                "The request's body did not arrive in time.",
            ),
            Refusal::BodyBroken => (
                StatusCode::BAD_REQUEST,
                "IncompleteBody",
                "The request's body did not arrive whole.",
            ),
            Refusal::UnknownEncoding => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UnsupportedContentEncoding",
                "The request's Content-Encoding is not supported; gzip is.",
            ),
            Refusal::NotGzip => (
                StatusCode::BAD_REQUEST,
                "InvalidContentEncoding",
                "The request's body is not valid gzip.",
            ),
            Refusal::NoRoom => (
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "Too many request bodies are arriving at the same time.",
            ),
        };
        Response::error(status, code, message)
    }
}
