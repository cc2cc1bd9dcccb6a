//! AWS JSON 1.0 and 1.1: JSON in, JSON out, one path, the operation in a header.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>

mod escape;
pub(crate) mod reader;
pub(crate) mod writer;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use bytes::Bytes;
use shape::{ByteStream, Encode, Fault, Malformed, OperationModel, Reader, Sender, ServiceModel};

use crate::codec::{Codec, Encoded, Incoming, request_id_header};
use crate::events;
use crate::rest::format::JsonDocuments;
use reader::JsonReader;
use writer::JsonWriter;

/// Either version: they differ in their content type.
pub(crate) struct AwsJson {
    content_type: &'static str,
}

/// Where the names of errors stand that no model has.
const COMMON_ERRORS: &str = "com.amazon.coral.service#";

impl AwsJson {
    pub(crate) const V1_0: AwsJson = AwsJson { content_type: "application/x-amz-json-1.0" };
    pub(crate) const V1_1: AwsJson = AwsJson { content_type: "application/x-amz-json-1.1" };

    fn encoded(&self, status: u16, request_id: &str, body: Vec<u8>) -> Encoded {
        Encoded {
            status,
            content_type: self.content_type.into(),
            headers: vec![request_id_header(request_id)],
            body: Bytes::from(body),
            stream: None,
        }
    }
}

impl Codec for AwsJson {
    fn read<'a>(
        &self,
        _operation: &'static OperationModel,
        request: &'a Incoming<'a>,
    ) -> Result<Box<dyn Reader + 'a>, Malformed> {
        Ok(Box::new(JsonReader::new(request.body)))
    }

    fn malformed(&self, malformed: Malformed) -> Fault {
        Fault::common("SerializationException", 400, malformed.0)
    }

    /// An operation without an output answers an empty body, as SQS does: SDKs read nothing from it.
    fn answer(
        &self,
        _service: &'static ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Encode,
        request_id: &str,
    ) -> Encoded {
        let mut writer = JsonWriter::default();
        if operation.output.is_some() {
            if let Some(frames) = events::of_output(output, &JsonDocuments) {
                let mut encoded = self.encoded(200, request_id, Vec::new());
                encoded.content_type = events::CONTENT_TYPE.into();
                encoded.stream = Some(ByteStream::of(frames));
                return encoded;
            }
            output.encode(&mut writer);
        }
        self.encoded(200, request_id, writer.finish())
    }

    fn fault(&self, service: &'static ServiceModel, fault: &Fault, request_id: &str) -> Encoded {
        let mut writer = JsonWriter::default();
        writer.error(&error_type(service, fault), fault);
        let mut encoded = self.encoded(status(service, fault), request_id, writer.finish());
        encoded.headers.extend(query_error_header(service, fault));
        encoded
    }
}

/// The header that tells clients of a service that once spoke Query which code that had.
pub(crate) fn query_error_header(
    service: &ServiceModel,
    fault: &Fault,
) -> Option<(Cow<'static, str>, String)> {
    let sender = match fault.sender {
        Sender::Sender => "Sender",
        Sender::Receiver => "Receiver",
    };
    let is_compatible = service.query_compatible;
    is_compatible.then(|| ("x-amzn-query-error".into(), format!("{};{sender}", fault.code)))
}

/// The name of an error with its namespace, in two parts.
pub(crate) fn error_type(service: &'static ServiceModel, fault: &Fault) -> [&'static str; 2] {
    let is_modelled = service.error(fault.name).is_some();
    [if is_modelled { service.error_namespace } else { COMMON_ERRORS }, fault.name]
}

/// The statuses in the model of a service that also speaks Query are those of Query; its JSON knows
/// 400 and 500 only.
pub(crate) fn status(service: &'static ServiceModel, fault: &Fault) -> u16 {
    match fault.sender {
        _ if !service.query_compatible || service.error(fault.name).is_none() => fault.status,
        Sender::Sender => 400,
        Sender::Receiver => 500,
    }
}
