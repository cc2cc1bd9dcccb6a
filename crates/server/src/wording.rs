//! The words of AWS's protocols for requests that are refused before anybody knows their operation.

use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{StatusCode, Uri};
use serde_json::json;
use web::{Refusal, Response};

/// The words of a request's protocol: forms and addresses with an `Action` are answered in XML, everything else in JSON
/// with AWS's two members, which the SDKs' current protocols read.
pub(crate) fn wording(uri: &Uri, headers: &HeaderMap) -> fn(Refusal) -> Response {
    let form = b"application/x-www-form-urlencoded";
    let is_form = headers.get(CONTENT_TYPE).is_some_and(|value| {
        let start = value.as_bytes().get(..form.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(form))
    });
    let has_action = || uri.query().is_some_and(|query| query.contains("Action="));
    let is_query = !headers.contains_key("x-amz-target") && (is_form || has_action());
    if is_query { xml } else { json }
}

/// An error in JSON, for callers whose protocol is not known.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response {
    Response::json(status, &json!({ "__type": code, "message": message }))
}

fn json(refusal: Refusal) -> Response {
    error(refusal.status(), code(refusal), refusal.message())
}

fn xml(refusal: Refusal) -> Response {
    let (status, code, message) = (refusal.status(), code(refusal), refusal.message());
    let kind = if status.is_server_error() { "Receiver" } else { "Sender" };
    let error = format!(
        "<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         </ErrorResponse>"
    );
    Response::new(status, "text/xml", error)
}

/// AWS's code for a refusal.
/// <https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html>
///
/// Throttling has the status 503 and a code that means it: SDKs of every age try again after the first, and those that slow
/// down because of it know the second.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
const fn code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::BodyTooLarge => "RequestEntityTooLargeException",
        Refusal::BodyTooSlow => "RequestTimeoutException",
        Refusal::NoRoom | Refusal::TooMany => "ThrottlingException",
        Refusal::NoAnswer => "ServiceUnavailable",
        Refusal::ForeignPage | Refusal::ForeignHost => "AccessDenied",
        _ => "MalformedHttpRequestException",
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_form_is_answered_in_xml_and_the_rest_in_json() {
        let is_xml = |uri: &'static str, name: &'static str, value: &'static str| {
            let headers = [(HeaderName::from_static(name), HeaderValue::from_static(value))];
            let response = wording(&Uri::from_static(uri), &headers.into_iter().collect());
            let body = response(Refusal::NoRoom).body;
            let text =
                std::str::from_utf8(body.full().expect("no stream")).expect("text").to_owned();
            assert!(text.contains("ThrottlingException"), "{text}");
            text.contains("<Type>Receiver</Type><Code>")
        };
        let form = "Application/x-www-form-urlencoded; charset=utf-8";
        assert!(is_xml("/", "content-type", form));
        assert!(is_xml("/?Action=ListQueues", "accept", "*/*"));
        assert!(!is_xml("/?Action=ListQueues", "x-amz-target", "a.b"));
        assert!(!is_xml("/", "content-type", "application/x-amz-json-1.0"));
    }
}
