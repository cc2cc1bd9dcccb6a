//! REST: members in the path, the query string, headers and the status; the rest in a JSON or XML body.
//!
//! <https://smithy.io/2.0/spec/http-bindings.html>

pub(crate) mod bound;
pub(crate) mod format;
pub(crate) mod payload;
pub(crate) mod reader;
pub(crate) mod template;
mod texts;

pub(crate) use texts::{misplaced, nothing_else};

#[cfg(test)]
mod tests;

use bytes::Bytes;
use shape::{Encode, Fault, Location, Malformed, Namespace, OperationModel, Reader, ServiceModel};

use crate::codec::{Codec, Encoded, Incoming, request_id_header};
use bound::{Bound, bound};
use format::{Format, RestDocuments, XmlDocuments};
use reader::{Parts, RestReader};

/// Either protocol: they differ in their documents.
pub(crate) struct Rest {
    pub(crate) format: &'static dyn Format,
    /// The code of the error for inputs that are not what their shape says.
    malformed: &'static str,
    /// The header with the request's id, and the one with an error's name, if there is one.
    request_id: &'static str,
    error_type: Option<&'static str>,
}

impl Rest {
    pub(crate) const JSON: Rest = Rest {
        format: &RestDocuments,
        malformed: "SerializationException",
        request_id: "x-amzn-requestid",
        error_type: Some("x-amzn-errortype"),
    };
    pub(crate) const XML: Rest = Rest {
        format: &XmlDocuments,
        malformed: "MalformedXML",
        request_id: "x-amz-request-id",
        error_type: None,
    };

    fn encoded(&self, status: u16, bound: Vec<Bound>, request_id: &str) -> Encoded {
        let (_, id) = request_id_header(request_id);
        let mut headers = vec![(self.request_id.into(), id)];
        let mut content_type = None;
        for (name, value) in bound::headers(bound) {
            if name == "content-type" {
                content_type = Some(value);
            } else {
                headers.push((name.into(), value));
            }
        }
        let content_type = content_type.unwrap_or_default().into();
        Encoded { status, content_type, headers, body: Bytes::new(), stream: None }
    }
}

impl Codec for Rest {
    fn read<'a>(
        &self,
        operation: &'static OperationModel,
        request: &'a Incoming<'a>,
    ) -> Result<Box<dyn Reader + 'a>, Malformed> {
        Ok(Box::new(RestReader::new(Parts::of(request, operation.uri), self.format)))
    }

    fn malformed(&self, malformed: Malformed) -> Fault {
        Fault::common(self.malformed, 400, malformed.0)
    }

    fn answer(
        &self,
        service: &'static ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Encode,
        request_id: &str,
    ) -> Encoded {
        let bound = bound(output);
        let mut codes = bound.iter().filter(|bound| bound.member.location == Location::StatusCode);
        let status = codes.next().and_then(|code| code.text.parse().ok());
        let mut encoded = self.encoded(status.unwrap_or(operation.status), bound, request_id);
        if operation.output.is_none() {
            return encoded;
        }
        let body = payload::body(output, self.format, namespace(service));
        if encoded.content_type.is_empty() {
            encoded.content_type = body.content_type.into();
        }
        (encoded.body, encoded.stream) = (Bytes::from(body.bytes), body.stream);
        encoded
    }

    fn fault(&self, service: &'static ServiceModel, fault: &Fault, request_id: &str) -> Encoded {
        let bound = fault.body.as_ref().map(|body| bound(body.members())).unwrap_or_default();
        let mut encoded = self.encoded(fault.status, bound, request_id);
        let name = self.error_type.map(|header| (header.into(), fault.name.to_owned()));
        encoded.headers.extend(name);
        encoded.content_type = self.format.content_type().into();
        encoded.body = Bytes::from(self.format.fault(service, fault, request_id));
        encoded
    }
}

/// The namespace that the documents of a service declare.
pub(crate) fn namespace(service: &ServiceModel) -> Option<Namespace> {
    let uri = service.xml_namespace;
    (!uri.is_empty()).then_some(Namespace { prefix: "", uri })
}
