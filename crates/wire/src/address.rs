//! Which operation a request is for, as far as its protocol says it.

use std::borrow::Cow;

use shape::Protocol;

use crate::aws_query::Parameters;
use crate::codec::Incoming;

/// An operation as the caller names it. Which service it belongs to follows from the target's prefix
/// or, for an action, from the version and from whom the request is signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// JSON: `X-Amz-Target: AmazonSQS.SendMessage`.
    Target {
        /// Which JSON, by the content type.
        protocol: Protocol,
        /// What stands before the last dot.
        prefix: &'a str,
        /// The operation's name.
        operation: &'a str,
    },
    /// Query: `Action=SendMessage&Version=2012-11-05`, in the query string or in the form.
    Action {
        /// The operation's name.
        operation: Cow<'a, str>,
        /// The version of the API, if it is given.
        version: Option<Cow<'a, str>>,
    },
}

const JSON_1_1: &str = "application/x-amz-json-1.1";

/// Finds the operation's name; `None` if the request has none that a protocol here knows.
pub fn address<'a>(request: &Incoming<'a>) -> Option<Address<'a>> {
    let content_type = request.headers.get("content-type").unwrap_or_default();
    if let Some(target) = request.headers.get("x-amz-target") {
        let (prefix, operation) = target.rsplit_once('.')?;
        let newer = content_type.trim().to_ascii_lowercase().starts_with(JSON_1_1);
        let protocol = if newer { Protocol::AwsJson11 } else { Protocol::AwsJson10 };
        return Some(Address::Target { protocol, prefix, operation });
    }
    let parameters = Parameters::of(request).ok()?;
    let operation = parameters.take("Action")?;
    Some(Address::Action { operation, version: parameters.take("Version") })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::codec::Headers;

    fn found<'a>(query: &'a str, headers: &'a dyn Headers, body: &'a Bytes) -> Option<Address<'a>> {
        address(&Incoming { method: "POST", path: "/", query, headers, body })
    }

    #[test]
    fn a_target_names_the_operation_and_the_content_type_which_json_it_is() {
        let body = Bytes::new();
        let at = |content_type, expected| {
            let headers =
                [("x-amz-target", "AmazonSQS.SendMessage"), ("content-type", content_type)];
            let target = Address::Target {
                protocol: expected,
                prefix: "AmazonSQS",
                operation: "SendMessage",
            };
            assert_eq!(found("Action=Other", &headers, &body), Some(target));
        };
        at("application/x-amz-json-1.0", Protocol::AwsJson10);
        at("Application/X-Amz-Json-1.1; charset=utf-8", Protocol::AwsJson11);
        let headers = [("x-amz-target", "SendMessage")];
        assert_eq!(found("", &headers, &body), None);
    }

    #[test]
    fn an_action_is_found_in_the_form_or_in_the_query_string() {
        let none: [(&str, &str); 0] = [];
        let action = |operation: &'static str, version: Option<&'static str>| {
            Some(Address::Action { operation: operation.into(), version: version.map(Cow::from) })
        };
        let form = Bytes::from_static(b"MessageBody=x&Version=2012-11-05&Action=SendMessage");
        let expected = action("SendMessage", Some("2012-11-05"));
        assert_eq!(found("", &none, &form), expected);
        let empty = Bytes::new();
        assert_eq!(found("Action=ListQueues", &none, &empty), action("ListQueues", None));
        assert_eq!(found("QueueName=x", &none, &empty), None);
    }
}
