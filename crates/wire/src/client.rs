//! The clients' half of the protocols, for tests: requests are written, answers are read.

use bytes::Bytes;
use shape::{
    ByteStream, Encode, Location, Malformed, OperationModel, Protocol, Reader, ServiceModel,
};

use crate::Encoded;
use crate::aws_json::reader::JsonReader;
use crate::aws_json::writer::JsonWriter;
use crate::cbor::{CborReader, CborWriter};
use crate::codec::Headers;
use crate::rest::bound::{self, Bound, bound};
use crate::rest::format::{Format, RestDocuments, XmlDocuments};
use crate::rest::payload;
use crate::rest::reader::{Parts, RestReader};
use crate::rest::{self, template};
use crate::xml::XmlReader;

/// A request, as it goes over the wire.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The query string.
    pub query: String,
    /// The headers, their names in small letters.
    pub headers: Lines,
    /// The body, if it is whole.
    pub body: Bytes,
    /// The body, if it is not.
    pub stream: Option<ByteStream>,
}

/// Headers.
#[derive(Clone, Debug, Default)]
pub struct Lines(pub Vec<(String, String)>);

impl Headers for Lines {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn each(&self, seen: &mut dyn FnMut(&str, &str)) {
        self.0.iter().for_each(|(name, value)| seen(name, value));
    }
}

impl Request {
    /// The request as a server sees it.
    pub fn incoming(&self) -> crate::Incoming<'_> {
        crate::Incoming {
            method: self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
            stream: self.stream.as_ref(),
        }
    }
}

/// Writes a request for an operation. (Query's parameters are not written here.)
pub fn request(
    protocol: Protocol,
    service: &'static ServiceModel,
    operation: &'static OperationModel,
    input: &dyn Encode,
) -> Request {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let target = [service.target_prefix, ".", operation.name].concat();
    let rpc = |content_type: &str, body: Vec<u8>| Request {
        method: "POST",
        path: "/".to_owned(),
        headers: Lines(vec![header("content-type", content_type), header("x-amz-target", &target)]),
        body: Bytes::from(body),
        ..Request::default()
    };
    match protocol {
        Protocol::RestJson => rest_request(service, operation, input, &RestDocuments),
        Protocol::RestXml => rest_request(service, operation, input, &XmlDocuments),
        Protocol::RpcV2Cbor => {
            let path = format!("/service/{}/operation/{}", service.target_prefix, operation.name);
            let headers = [
                header("smithy-protocol", "rpc-v2-cbor"),
                header("content-type", "application/cbor"),
            ];
            Request { path, headers: Lines(headers.into()), ..rpc("", cbor(input, false)) }
        }
        Protocol::AwsCbor11 => rpc("application/x-amz-cbor-1.1", cbor(input, true)),
        Protocol::AwsJson10 => rpc("application/x-amz-json-1.0", json(input)),
        Protocol::AwsJson11 | Protocol::AwsQuery | Protocol::Ec2Query => {
            rpc("application/x-amz-json-1.1", json(input))
        }
    }
}

fn json(input: &dyn Encode) -> Vec<u8> {
    let mut writer = JsonWriter::default();
    input.encode(&mut writer);
    writer.finish()
}

fn cbor(input: &dyn Encode, is_millis: bool) -> Vec<u8> {
    let mut writer = CborWriter::new(is_millis);
    input.encode(&mut writer);
    writer.finish()
}

fn rest_request(
    service: &'static ServiceModel,
    operation: &'static OperationModel,
    input: &dyn Encode,
    format: &'static dyn Format,
) -> Request {
    let bound = bound(input);
    let mut query: Vec<String> = template::constants(operation.uri)
        .map(
            |(name, value)| {
                if value.is_empty() { name.to_owned() } else { [name, "=", value].concat() }
            },
        )
        .collect();
    query.extend(bound.iter().filter(|bound| bound.member.location == Location::Query).map(
        |bound| {
            let name = bound.key.as_deref().unwrap_or(bound.member.wire_name);
            [encoded(name), "=".to_owned(), encoded(&bound.text)].concat()
        },
    ));
    let path = path(operation, &bound);
    let body = payload::body(input, format, rest::namespace(service));
    let mut headers = bound::headers(bound);
    if !body.content_type.is_empty() && !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push(("content-type".to_owned(), body.content_type.to_owned()));
    }
    Request {
        method: operation.method,
        path,
        query: query.join("&"),
        headers: Lines(headers),
        body: Bytes::from(body.bytes),
        stream: body.stream,
    }
}

fn path(operation: &OperationModel, bound: &[Bound]) -> String {
    let label = |name: &str| {
        let mut labels = bound.iter().filter(|bound| bound.member.location == Location::Uri);
        labels.find(|bound| bound.member.wire_name == name).map_or("", |bound| &bound.text)
    };
    let parts = template::parts(operation.uri).map(|part| match part {
        template::Part::Literal(literal) => literal.to_owned(),
        template::Part::Label(name) => encoded(label(name)),
        template::Part::Greedy(name) => {
            label(name).split('/').map(encoded).collect::<Vec<_>>().join("/")
        }
    });
    ["/", &parts.collect::<Vec<_>>().join("/")].concat()
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Calls back with a reader that stands before the output in an answer.
///
/// # Errors
/// The answer is not what the output's shape says.
pub fn answer(
    protocol: Protocol,
    operation: &'static OperationModel,
    answer: &Encoded,
    read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let rest = |format: &'static dyn Format,
                read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>| {
        let mut headers: Vec<(String, String)> =
            answer.headers.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        headers.push(("content-type".to_owned(), answer.content_type.to_string()));
        let headers = Lines(headers);
        let parts = Parts {
            path: "",
            template: "",
            query: "",
            headers: &headers,
            status: Some(answer.status),
            body: &answer.body,
            stream: answer.stream.as_ref(),
        };
        read(&mut RestReader::new(parts, format))
    };
    match protocol {
        Protocol::AwsJson10 | Protocol::AwsJson11 => read(&mut JsonReader::new(&answer.body)),
        Protocol::RpcV2Cbor => read(&mut CborReader::new(&answer.body, false)),
        Protocol::AwsCbor11 => read(&mut CborReader::new(&answer.body, true)),
        Protocol::AwsQuery | Protocol::Ec2Query => {
            let reader = XmlReader::new(&answer.body)?;
            read(&mut match operation.result_wrapper {
                Some(wrapper) => reader.below(wrapper),
                None => reader,
            })
        }
        Protocol::RestJson => rest(&RestDocuments, read),
        Protocol::RestXml => rest(&XmlDocuments, read),
    }
}
