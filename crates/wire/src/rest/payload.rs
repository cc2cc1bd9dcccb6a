//! Writing bodies: a document of members, or one member that is the body.

use base::Timestamp;
use bytes::Bytes;
use shape::stream::EventSink;
use shape::writer::Fill;
use shape::{
    ByteStream, Encode, ListSchema, Location, MapSchema, Member, Namespace, Schema,
    TimestampFormat, Writer,
};

use super::format::{Format, Root};
use crate::events;
use crate::members::write_members;

/// A body that has been written.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) stream: Option<ByteStream>,
}

/// The body of an input or an output. XML declares the namespace, if there is one.
pub(crate) fn body(
    value: &dyn Encode,
    format: &'static dyn Format,
    namespace: Option<Namespace>,
) -> Body {
    let schema = value.schema();
    let is_at = |location| schema.members.iter().any(|member| member.location == location);
    if is_at(Location::Payload) {
        let mut writer = PayloadWriter { out: Body::default(), format, namespace, member: None };
        write_members(value, |member| member.location == Location::Payload, &mut writer);
        return writer.out;
    }
    if !is_at(Location::Body) {
        return Body::default();
    }
    let bytes = format.write(Root { name: schema.xml_name, namespace }, &mut |writer| {
        writer.structure(schema, &mut |writer| {
            write_members(value, |member| member.location == Location::Body, writer);
        });
    });
    Body { content_type: format.content_type(), bytes, stream: None }
}

/// Takes the one value that is the body.
struct PayloadWriter {
    out: Body,
    format: &'static dyn Format,
    namespace: Option<Namespace>,
    member: Option<&'static Member>,
}

impl PayloadWriter {
    fn document(&mut self, name: &'static str, write: &mut dyn FnMut(&mut dyn Writer)) {
        let own = self.member.filter(|member| member.wire_name != member.name);
        let name = own.map_or(name, |member| member.wire_name);
        let namespace = self.member.and_then(|member| member.namespace).or(self.namespace);
        self.out.bytes = self.format.write(Root { name, namespace }, write);
        self.out.content_type = self.format.content_type();
    }

    /// A value that no model has as a body: written as a document.
    fn bare(&mut self, mut write: impl FnMut(&mut dyn Writer)) {
        let name = self.member.map_or("", |member| member.wire_name);
        self.document(name, &mut write);
    }
}

impl Writer for PayloadWriter {
    fn boolean(&mut self, value: bool) {
        self.bare(|writer| writer.boolean(value));
    }

    fn integer(&mut self, value: i32) {
        self.bare(|writer| writer.integer(value));
    }

    fn long(&mut self, value: i64) {
        self.bare(|writer| writer.long(value));
    }

    fn float(&mut self, value: f32) {
        self.bare(|writer| writer.float(value));
    }

    fn double(&mut self, value: f64) {
        self.bare(|writer| writer.double(value));
    }

    fn timestamp(&mut self, value: Timestamp, format: TimestampFormat) {
        self.bare(|writer| writer.timestamp(value, format));
    }

    fn string(&mut self, value: &str) {
        self.out.bytes = value.as_bytes().to_vec();
        self.out.content_type = "text/plain";
    }

    fn blob(&mut self, value: &[u8]) {
        self.out.bytes = value.to_vec();
        self.out.content_type = "application/octet-stream";
    }

    fn stream(&mut self, value: &ByteStream) {
        self.out.content_type = "application/octet-stream";
        match value.whole() {
            Some(bytes) => self.out.bytes = Bytes::into(bytes),
            None => self.out.stream = Some(value.clone()),
        }
    }

    fn events(&mut self, value: EventSink) {
        self.out.content_type = events::CONTENT_TYPE;
        self.out.stream = Some(ByteStream::of(events::outgoing(value, self.format, None)));
    }

    fn structure(&mut self, schema: &'static Schema, fill: &mut Fill) {
        self.document(schema.xml_name, &mut |writer| writer.structure(schema, fill));
    }

    fn list(&mut self, schema: &'static ListSchema, length: usize, fill: &mut Fill) {
        let name = self.member.map_or("", |member| member.wire_name);
        self.document(name, &mut |writer| writer.list(schema, length, fill));
    }

    fn map(&mut self, schema: &'static MapSchema, length: usize, fill: &mut Fill) {
        let name = self.member.map_or("", |member| member.wire_name);
        self.document(name, &mut |writer| writer.map(schema, length, fill));
    }

    fn member(&mut self, member: &'static Member) {
        self.member = Some(member);
    }

    fn item(&mut self) {}

    fn key(&mut self, _key: &str) {}
}
