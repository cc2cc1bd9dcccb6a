//! AWS Query: form parameters in, XML out.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>

mod parameters;
mod reader;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use shape::{Encode, Fault, Malformed, OperationModel, Reader, Sender, ServiceModel};

use crate::codec::{Codec, Encoded, Incoming, request_id_header};
use crate::members::write_members;
use crate::xml::XmlWriter;
pub(crate) use parameters::Parameters;
use reader::QueryReader;

/// The protocol.
pub(crate) struct AwsQuery;

impl Codec for AwsQuery {
    fn read<'a>(
        &self,
        _operation: &'static OperationModel,
        request: &'a Incoming<'a>,
    ) -> Result<Box<dyn Reader + 'a>, Malformed> {
        Ok(Box::new(QueryReader::new(Parameters::of(request)?)))
    }

    fn malformed(&self, malformed: Malformed) -> Fault {
        Fault::common("InvalidParameterValue", 400, malformed.0)
    }

    fn answer(
        &self,
        service: &'static ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Encode,
        request_id: &str,
    ) -> Encoded {
        let mut xml = XmlWriter::document();
        let root = [operation.name, "Response"].concat();
        xml.open_root(&root, service.xml_namespace);
        if let Some(wrapper) = operation.result_wrapper {
            xml.open(wrapper);
            output.encode(&mut xml);
            xml.close(wrapper);
        } else if operation.output.is_some() {
            output.encode(&mut xml);
        }
        xml.open("ResponseMetadata");
        xml.text("RequestId", request_id);
        xml.close("ResponseMetadata");
        xml.close(&root);
        encoded(200, xml, request_id)
    }

    fn fault(&self, service: &'static ServiceModel, fault: &Fault, request_id: &str) -> Encoded {
        let mut xml = XmlWriter::document();
        xml.open_root("ErrorResponse", service.xml_namespace);
        xml.open("Error");
        let sender = match fault.sender {
            Sender::Sender => "Sender",
            Sender::Receiver => "Receiver",
        };
        xml.text("Type", sender);
        xml.text("Code", fault.code);
        xml.text("Message", &fault.message);
        // Of the services that speak Query, only those that moved on to JSON still write it.
        if service.query_compatible {
            xml.empty("Detail");
        }
        if let Some(body) = &fault.body {
            write_members(body.members(), |_| true, &mut xml);
        }
        xml.close("Error");
        xml.text("RequestId", request_id);
        xml.close("ErrorResponse");
        encoded(fault.status, xml, request_id)
    }
}

/// Query as EC2 speaks it: lists have no element of their own, names begin with a capital letter.
///
/// <https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html>
pub(crate) struct Ec2Query;

impl Codec for Ec2Query {
    fn read<'a>(
        &self,
        _operation: &'static OperationModel,
        request: &'a Incoming<'a>,
    ) -> Result<Box<dyn Reader + 'a>, Malformed> {
        Ok(Box::new(QueryReader::ec2(Parameters::of(request)?)))
    }

    fn malformed(&self, malformed: Malformed) -> Fault {
        AwsQuery.malformed(malformed)
    }

    fn answer(
        &self,
        service: &'static ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Encode,
        request_id: &str,
    ) -> Encoded {
        let mut xml = XmlWriter::document();
        let root = [operation.name, "Response"].concat();
        xml.open_root(&root, service.xml_namespace);
        if operation.output.is_some() {
            output.encode(&mut xml);
        }
        xml.text("requestId", request_id);
        xml.close(&root);
        encoded(200, xml, request_id)
    }

    fn fault(&self, _: &'static ServiceModel, fault: &Fault, request_id: &str) -> Encoded {
        let mut xml = XmlWriter::document();
        xml.open("Response");
        xml.open("Errors");
        xml.open("Error");
        xml.text("Code", fault.code);
        xml.text("Message", &fault.message);
        if let Some(body) = &fault.body {
            write_members(body.members(), |_| true, &mut xml);
        }
        xml.close("Error");
        xml.close("Errors");
        xml.text("RequestID", request_id);
        xml.close("Response");
        encoded(fault.status, xml, request_id)
    }
}

fn encoded(status: u16, xml: XmlWriter, request_id: &str) -> Encoded {
    Encoded {
        status,
        content_type: "text/xml".into(),
        headers: vec![request_id_header(request_id)],
        body: Bytes::from(xml.finish()),
        stream: None,
    }
}
