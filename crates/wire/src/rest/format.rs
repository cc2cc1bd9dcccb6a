//! The documents in bodies: JSON, XML or CBOR.

use shape::{Fault, Malformed, Namespace, Reader, ServiceModel, Writer};

use crate::aws_json::reader::JsonReader;
use crate::aws_json::writer::JsonWriter;
use crate::cbor::{CborReader, CborWriter};
use crate::members::write_members;
use crate::xml::{XmlReader, XmlWriter};

/// The outermost element of a document, where it has a name.
#[derive(Clone, Copy)]
pub(crate) struct Root {
    pub(crate) name: &'static str,
    pub(crate) namespace: Option<Namespace>,
}

/// A kind of document.
pub(crate) trait Format: Send + Sync {
    /// Its content type.
    fn content_type(&self) -> &'static str;

    /// Calls back with a reader that stands before the outermost value.
    fn read(
        &self,
        body: &[u8],
        read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>,
    ) -> Result<(), Malformed>;

    /// The document that `write` writes.
    fn write(&self, root: Root, write: &mut dyn FnMut(&mut dyn Writer)) -> Vec<u8>;

    /// An error as a document.
    fn fault(&self, service: &'static ServiceModel, fault: &Fault, request_id: &str) -> Vec<u8>;
}

/// JSON as REST services write it; events in it name members as the model does.
pub(crate) struct RestDocuments;
/// JSON as AWS JSON writes it.
pub(crate) struct JsonDocuments;
/// XML.
pub(crate) struct XmlDocuments;
/// CBOR; timestamps are milliseconds or seconds.
pub(crate) struct CborDocuments {
    pub(crate) is_millis: bool,
}

impl Format for RestDocuments {
    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn read(
        &self,
        body: &[u8],
        read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        read(&mut JsonReader::rest(body))
    }

    fn write(&self, _root: Root, write: &mut dyn FnMut(&mut dyn Writer)) -> Vec<u8> {
        let mut writer = JsonWriter::rest();
        write(&mut writer);
        writer.finish()
    }

    fn fault(&self, _: &'static ServiceModel, fault: &Fault, _: &str) -> Vec<u8> {
        let mut writer = JsonWriter::rest();
        writer.rest_error(fault);
        writer.finish()
    }
}

impl Format for JsonDocuments {
    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn read(
        &self,
        body: &[u8],
        read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        read(&mut JsonReader::new(body))
    }

    fn write(&self, _root: Root, write: &mut dyn FnMut(&mut dyn Writer)) -> Vec<u8> {
        let mut writer = JsonWriter::default();
        write(&mut writer);
        writer.finish()
    }

    fn fault(&self, _: &'static ServiceModel, fault: &Fault, _: &str) -> Vec<u8> {
        let mut writer = JsonWriter::default();
        writer.rest_error(fault);
        writer.finish()
    }
}

impl Format for CborDocuments {
    fn content_type(&self) -> &'static str {
        "application/cbor"
    }

    fn read(
        &self,
        body: &[u8],
        read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        read(&mut CborReader::new(body, self.is_millis))
    }

    fn write(&self, _root: Root, write: &mut dyn FnMut(&mut dyn Writer)) -> Vec<u8> {
        let mut writer = CborWriter::new(self.is_millis);
        write(&mut writer);
        writer.finish()
    }

    fn fault(&self, _: &'static ServiceModel, fault: &Fault, _: &str) -> Vec<u8> {
        let mut writer = CborWriter::new(self.is_millis);
        writer.error(fault.name, fault);
        writer.finish()
    }
}

impl Format for XmlDocuments {
    fn content_type(&self) -> &'static str {
        "application/xml"
    }

    fn read(
        &self,
        body: &[u8],
        read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        read(&mut XmlReader::new(body)?)
    }

    fn write(&self, root: Root, write: &mut dyn FnMut(&mut dyn Writer)) -> Vec<u8> {
        let mut writer = XmlWriter::document();
        writer.root(root.name, root.namespace);
        write(&mut writer);
        writer.finish().into_bytes()
    }

    /// Without an element around it, as S3 writes it.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
    fn fault(&self, _: &'static ServiceModel, fault: &Fault, request_id: &str) -> Vec<u8> {
        let mut writer = XmlWriter::document();
        writer.open("Error");
        writer.text("Code", fault.code);
        writer.text("Message", &fault.message);
        if let Some(body) = &fault.body {
            write_members(body.members(), |_| true, &mut writer);
        }
        writer.text("RequestId", request_id);
        writer.close("Error");
        writer.finish().into_bytes()
    }
}
