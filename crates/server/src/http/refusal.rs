//! Why a request never reached the handler, and what its caller reads.

use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{StatusCode, Uri};

use super::exchange::Response;

/// A request that was refused while it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its line and headers are longer than allowed.
    HeadTooLarge,
    /// A header that decides what the request is, or where it ends, is there twice.
    HeaderTwice,
    /// It names no host.
    NoHost,
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
}

/// The two ways in which AWS's protocols write errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    Json,
    Xml,
}

impl Words {
    /// What the caller of such a request reads: forms and addresses with an `Action` are answered in XML.
    pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Words {
        let form = b"application/x-www-form-urlencoded";
        let is_form = headers.get(CONTENT_TYPE).is_some_and(|value| {
            let start = value.as_bytes().get(..form.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(form))
        });
        let has_action = || uri.query().is_some_and(|query| query.contains("Action="));
        let is_query = !headers.contains_key("x-amz-target") && (is_form || has_action());
        if is_query { Words::Xml } else { Words::Json }
    }
}

impl Refusal {
    /// All of them, in the order of their metrics.
    pub(crate) const ALL: [Refusal; 15] = [
        Refusal::HeadTooLarge,
        Refusal::HeaderTwice,
        Refusal::NoHost,
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
    ];

    /// Its name in metrics.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Refusal::HeadTooLarge => "head_too_large",
            Refusal::HeaderTwice => "header_twice",
            Refusal::NoHost => "no_host",
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
        }
    }

    /// Whether nothing more may be read from its connection: where the next request begins, or whose it
    /// is, is in doubt.
    pub(super) const fn is_ambiguous(self) -> bool {
        matches!(
            self,
            Refusal::HeaderTwice
                | Refusal::NoHost
                | Refusal::OtherHost
                | Refusal::BadTarget
                | Refusal::NoProxy
                | Refusal::UnknownCoding
        )
    }

    /// Its status.
    const fn status(self) -> StatusCode {
        match self {
            Refusal::HeaderTwice
            | Refusal::NoHost
            | Refusal::OtherHost
            | Refusal::BadTarget
            | Refusal::BodyBroken
            | Refusal::NotGzip => StatusCode::BAD_REQUEST,
            Refusal::NoProxy => StatusCode::METHOD_NOT_ALLOWED,
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

    /// AWS's code for it.
    /// <https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html>
    ///
    /// Throttling has the status 503 and a code that means it: SDKs of every age try again after the
    /// first, and those that slow down because of it know the second.
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
    const fn code(self) -> &'static str {
        match self {
            Refusal::BodyTooLarge => "RequestEntityTooLargeException",
            Refusal::BodyTooSlow => "RequestTimeoutException",
            Refusal::NoRoom | Refusal::TooMany => "ThrottlingException",
            Refusal::NoAnswer => "ServiceUnavailable",
            _ => "MalformedHttpRequestException",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Refusal::HeadTooLarge => {
                "The request's line and headers are larger than this server accepts."
            }
            Refusal::HeaderTwice => "A header that a request has only once is there twice.",
            Refusal::NoHost => "The request has no Host header.",
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
        }
    }

    /// What the caller reads.
    pub(super) fn response(self, words: Words) -> Response {
        let (status, code, message) = (self.status(), self.code(), self.message());
        match words {
            Words::Json => Response::error(status, code, message),
            Words::Xml => {
                let kind = if status.is_server_error() { "Receiver" } else { "Sender" };
                let error = format!(
                    "<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code>\
                     <Message>{message}</Message></Error></ErrorResponse>"
                );
                Response::new(status, "text/xml", error)
            }
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

    #[test]
    fn a_form_is_answered_in_xml_and_the_rest_in_json() {
        let words = |uri: &'static str, name: &'static str, value: &'static str| {
            let value = hyper::header::HeaderValue::from_static(value);
            let headers = [(hyper::header::HeaderName::from_static(name), value)];
            Words::of(&Uri::from_static(uri), &headers.into_iter().collect())
        };
        let form = "Application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(words("/", "content-type", form), Words::Xml);
        assert_eq!(words("/?Action=ListQueues", "accept", "*/*"), Words::Xml);
        assert_eq!(words("/?Action=ListQueues", "x-amz-target", "a.b"), Words::Json);
        assert_eq!(words("/", "content-type", "application/x-amz-json-1.0"), Words::Json);
        let xml = Refusal::NoRoom.response(Words::Xml).body;
        let text = std::str::from_utf8(&xml).expect("it is text");
        assert!(text.contains("<Type>Receiver</Type><Code>ThrottlingException</Code>"), "{text}");
    }
}
