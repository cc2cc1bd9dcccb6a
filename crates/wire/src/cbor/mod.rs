//! CBOR in, CBOR out: Smithy's RPC v2, and AWS JSON's messages as CBOR (Kinesis).
//!
//! <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>

mod reader;
mod writer;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use shape::{ByteStream, Encode, Fault, Malformed, OperationModel, Reader, ServiceModel};

use crate::aws_json::{error_type, query_error_header, status};
use crate::codec::{Codec, Encoded, Incoming, request_id_header};
use crate::events;
use crate::rest::format::{CborDocuments, Format};
pub(crate) use reader::CborReader;
pub(crate) use writer::CborWriter;

/// Either protocol: they differ in their headers and in the unit of timestamps.
pub(crate) struct Cbor {
    content_type: &'static str,
    /// Whether timestamps are whole milliseconds and not seconds.
    is_millis: bool,
    /// Whether answers carry the header `smithy-protocol`.
    is_rpc_v2: bool,
}

impl Cbor {
    pub(crate) const RPC_V2: Cbor =
        Cbor { content_type: "application/cbor", is_millis: false, is_rpc_v2: true };
    pub(crate) const AWS_1_1: Cbor =
        Cbor { content_type: "application/x-amz-cbor-1.1", is_millis: true, is_rpc_v2: false };

    fn documents(&self) -> &'static dyn Format {
        match self.is_millis {
            true => &CborDocuments { is_millis: true },
            false => &CborDocuments { is_millis: false },
        }
    }

    fn encoded(&self, status: u16, request_id: &str, body: Vec<u8>) -> Encoded {
        let mut headers = vec![request_id_header(request_id)];
        if self.is_rpc_v2 {
            headers.push(("smithy-protocol".into(), "rpc-v2-cbor".to_owned()));
        }
        let body = Bytes::from(body);
        Encoded { status, content_type: self.content_type.into(), headers, body, stream: None }
    }
}

impl Codec for Cbor {
    fn read<'a>(
        &self,
        _operation: &'static OperationModel,
        request: &'a Incoming<'a>,
    ) -> Result<Box<dyn Reader + 'a>, Malformed> {
        Ok(Box::new(CborReader::new(request.body, self.is_millis)))
    }

    fn malformed(&self, malformed: Malformed) -> Fault {
        Fault::common("SerializationException", 400, malformed.0)
    }

    /// An operation without an output answers an empty body.
    fn answer(
        &self,
        _service: &'static ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Encode,
        request_id: &str,
    ) -> Encoded {
        let mut writer = CborWriter::new(self.is_millis);
        if operation.output.is_some() {
            if let Some(frames) = events::of_output(output, self.documents()) {
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
        let mut writer = CborWriter::new(self.is_millis);
        writer.error(&error_type(service, fault).concat(), fault);
        let mut encoded = self.encoded(status(service, fault), request_id, writer.finish());
        encoded.headers.extend(query_error_header(service, fault));
        encoded
    }
}
