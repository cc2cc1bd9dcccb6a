//! Some members of a structure, written without the structure around them.

use base::Timestamp;
use shape::stream::EventSink;
use shape::writer::Fill;
use shape::{ByteStream, Encode, ListSchema, MapSchema, Member, Schema, TimestampFormat, Writer};

/// Writes the members of a structure that `keep` chooses.
pub(crate) fn write_members(
    value: &dyn Encode,
    keep: fn(&Member) -> bool,
    writer: &mut dyn Writer,
) {
    value.encode(&mut Members { inner: writer, keep, is_outermost: true, is_left_out: false });
}

struct Members<'w> {
    inner: &'w mut dyn Writer,
    keep: fn(&Member) -> bool,
    /// Whether the structure itself has not been entered.
    is_outermost: bool,
    /// Whether the next value belongs to a member that is not kept.
    is_left_out: bool,
}

impl Members<'_> {
    fn value(&mut self, write: impl FnOnce(&mut dyn Writer)) {
        if !std::mem::take(&mut self.is_left_out) {
            write(self.inner);
        }
    }
}

impl Writer for Members<'_> {
    fn boolean(&mut self, value: bool) {
        self.value(|writer| writer.boolean(value));
    }

    fn integer(&mut self, value: i32) {
        self.value(|writer| writer.integer(value));
    }

    fn long(&mut self, value: i64) {
        self.value(|writer| writer.long(value));
    }

    fn float(&mut self, value: f32) {
        self.value(|writer| writer.float(value));
    }

    fn double(&mut self, value: f64) {
        self.value(|writer| writer.double(value));
    }

    fn string(&mut self, value: &str) {
        self.value(|writer| writer.string(value));
    }

    fn blob(&mut self, value: &[u8]) {
        self.value(|writer| writer.blob(value));
    }

    fn timestamp(&mut self, value: Timestamp, format: TimestampFormat) {
        self.value(|writer| writer.timestamp(value, format));
    }

    fn stream(&mut self, value: &ByteStream) {
        self.value(|writer| writer.stream(value));
    }

    fn events(&mut self, value: EventSink) {
        self.value(|writer| writer.events(value));
    }

    fn structure(&mut self, schema: &'static Schema, fill: &mut Fill) {
        if std::mem::take(&mut self.is_outermost) {
            return fill(self);
        }
        self.value(|writer| writer.structure(schema, fill));
    }

    fn list(&mut self, schema: &'static ListSchema, length: usize, fill: &mut Fill) {
        self.value(|writer| writer.list(schema, length, fill));
    }

    fn map(&mut self, schema: &'static MapSchema, length: usize, fill: &mut Fill) {
        self.value(|writer| writer.map(schema, length, fill));
    }

    fn member(&mut self, member: &'static Member) {
        self.is_left_out = !(self.keep)(member);
        if !self.is_left_out {
            self.inner.member(member);
        }
    }

    fn item(&mut self) {
        self.inner.item();
    }

    fn key(&mut self, key: &str) {
        self.inner.key(key);
    }
}
