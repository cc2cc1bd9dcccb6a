//! Refusals: the reasons why a request does not reach its handler.

use hyper::header::HeaderMap;
use hyper::{StatusCode, Uri};

use crate::response::Response;

/// The reason why a request was refused while it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its line and headers are longer than allowed.
    HeadTooLarge,
    /// A header that decides what the request is, or where it ends, is there twice.
    HeaderTwice,
    /// It names no host.
    NoHost,
    /// Its host is neither a name nor an address.
    BadHost,
    /// It names two hosts.
    OtherHost,
    /// Its target is neither a path nor a URL of HTTP.
    BadTarget,
    /// It wants a connection to somebody else.
    NoProxy,
    /// Its body is sent in a way that is not known here.
    UnknownCoding,
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
    /// Too many bytes of other requests and answers are held already.
    NoRoom,
    /// Too many other requests are being answered already.
    TooMany,
    /// It was not answered in time: the disk stands still, or nearly so.
    NoAnswer,
    /// No endpoint takes its path.
    NotFound,
    /// Its endpoint does not take its method.
    WrongMethod,
    /// It comes from a web page that may not call its endpoint.
    ForeignPage,
    /// It names a host that is not this machine's, though it comes from this machine.
    ForeignHost,
    /// It does not ask for the upgrade that its endpoint offers.
    NoUpgrade,
}

/// The words of a caller's protocol for refusals, chosen by the head of a request before anything else of it is read.
pub type Wording = fn(&Uri, &HeaderMap) -> fn(Refusal) -> Response;

impl Refusal {
    /// All of them, in the order of their metrics.
    pub const ALL: [Refusal; 21] = [
        Refusal::HeadTooLarge,
        Refusal::HeaderTwice,
        Refusal::NoHost,
        Refusal::BadHost,
        Refusal::OtherHost,
        Refusal::BadTarget,
        Refusal::NoProxy,
        Refusal::UnknownCoding,
        Refusal::BodyTooLarge,
        Refusal::BodyTooSlow,
        Refusal::BodyBroken,
        Refusal::UnknownEncoding,
        Refusal::NotGzip,
        Refusal::NoRoom,
        Refusal::TooMany,
        Refusal::NoAnswer,
        Refusal::NotFound,
        Refusal::WrongMethod,
        Refusal::ForeignPage,
        Refusal::ForeignHost,
        Refusal::NoUpgrade,
    ];

    /// Its name in metrics.
    pub const fn reason(self) -> &'static str {
        match self {
            Refusal::HeadTooLarge => "head_too_large",
            Refusal::HeaderTwice => "header_twice",
            Refusal::NoHost => "no_host",
            Refusal::BadHost => "bad_host",
            Refusal::OtherHost => "other_host",
            Refusal::BadTarget => "bad_target",
            Refusal::NoProxy => "no_proxy",
            Refusal::UnknownCoding => "unknown_coding",
            Refusal::BodyTooLarge => "body_too_large",
            Refusal::BodyTooSlow => "body_too_slow",
            Refusal::BodyBroken => "body_broken",
            Refusal::UnknownEncoding => "unknown_encoding",
            Refusal::NotGzip => "not_gzip",
            Refusal::NoRoom => "no_room",
            Refusal::TooMany => "too_many",
            Refusal::NoAnswer => "no_answer",
            Refusal::NotFound => "not_found",
            Refusal::WrongMethod => "wrong_method",
            Refusal::ForeignPage => "foreign_page",
            Refusal::ForeignHost => "foreign_host",
            Refusal::NoUpgrade => "no_upgrade",
        }
    }

    /// Returns true if nothing more may be read from its connection: where the next request begins, or whose it
    /// is, is in doubt.
    pub(crate) const fn is_ambiguous(self) -> bool {
        matches!(
            self,
            Refusal::HeaderTwice
                | Refusal::NoHost
                | Refusal::BadHost
                | Refusal::OtherHost
                | Refusal::BadTarget
                | Refusal::NoProxy
                | Refusal::UnknownCoding
        )
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        match self {
            Refusal::HeaderTwice
            | Refusal::NoHost
            | Refusal::BadHost
            | Refusal::OtherHost
            | Refusal::BadTarget
            | Refusal::BodyBroken
            | Refusal::NotGzip => StatusCode::BAD_REQUEST,
            Refusal::NoProxy | Refusal::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::NotFound => StatusCode::NOT_FOUND,
            Refusal::ForeignPage | Refusal::ForeignHost => StatusCode::FORBIDDEN,
            Refusal::NoUpgrade => StatusCode::UPGRADE_REQUIRED,
            Refusal::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Refusal::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::UnknownEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Refusal::UnknownCoding => StatusCode::NOT_IMPLEMENTED,
            Refusal::NoRoom | Refusal::TooMany | Refusal::NoAnswer => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// The text for the caller.
    pub const fn message(self) -> &'static str {
        match self {
            Refusal::HeadTooLarge => {
                "The request's line and headers are larger than this server accepts."
            }
            Refusal::HeaderTwice => "A header that a request has only once is there twice.",
            Refusal::NoHost => "The request has no Host header.",
            Refusal::BadHost => "The request's Host header is neither a name nor an address.",
            Refusal::OtherHost => "The request's target and its Host header name different hosts.",
            Refusal::BadTarget => {
                "The request's target is neither a path nor a URL of this server."
            }
            Refusal::NoProxy => "This server is no proxy.",
            Refusal::UnknownCoding => {
                "The request's Transfer-Encoding is not supported; chunked is."
            }
            Refusal::BodyTooLarge => "The request's body is larger than this server accepts.",
            Refusal::BodyTooSlow => "The request's body did not arrive in time.",
            Refusal::BodyBroken => "The request's body did not arrive whole.",
            Refusal::UnknownEncoding => "The request's Content-Encoding is not supported; gzip is.",
            Refusal::NotGzip => "The request's body is not valid gzip.",
            Refusal::NoRoom => "Too many bytes are held for other requests at the moment.",
            Refusal::TooMany => "Too many other requests are being answered at the moment.",
            Refusal::NoAnswer => {
                "There was no answer in time: whether the request was carried out is not known."
            }
            Refusal::NotFound => "There is nothing at this path.",
            Refusal::WrongMethod => "There is something at this path, but not for this method.",
            Refusal::ForeignPage => {
                "Requests from web pages are refused unless their origin is given with --allow-origin."
            }
            Refusal::ForeignHost => {
                "Requests from this machine are refused if they name a foreign host, since a web page may \
                 have sent them. Give the host with --allow-host or --public-url."
            }
            Refusal::NoUpgrade => "This path speaks WebSocket: ask for the upgrade.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_stands_where_its_metric_does() {
        for (place, refusal) in Refusal::ALL.into_iter().enumerate() {
            assert_eq!(refusal as usize, place, "{}", refusal.reason());
        }
    }
}
