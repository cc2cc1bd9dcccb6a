//! Writing CBOR.

use base::Timestamp;
use ciborium_ll::{Encoder, Header};
use shape::writer::Fill;
use shape::{Fault, ListSchema, MapSchema, Member, Schema, TimestampFormat, Writer};

use crate::members::write_members;

/// The tag of a moment.
pub(super) const EPOCH: u64 = 1;
pub(super) const FALSE: u8 = 20;
pub(super) const TRUE: u8 = 21;
pub(super) const NULL: u8 = 22;
pub(super) const UNDEFINED: u8 = 23;

/// Writes into memory.
pub(crate) struct CborWriter {
    out: Vec<u8>,
    is_millis: bool,
}

impl CborWriter {
    /// A writer of nothing yet; timestamps are whole milliseconds or seconds.
    pub(crate) fn new(is_millis: bool) -> Self {
        CborWriter { out: Vec::new(), is_millis }
    }

    /// What has been written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// An error: its type, its text and its other members.
    pub(crate) fn error(&mut self, kind: &str, fault: &Fault) {
        self.push(Header::Map(None));
        self.string("__type");
        self.string(kind);
        self.string(fault.message_name);
        self.string(&fault.message);
        if let Some(body) = &fault.body {
            write_members(body.members(), |_| true, self);
        }
        self.push(Header::Break);
    }

    fn push(&mut self, header: Header) {
        let pushed = Encoder::from(&mut self.out).push(header);
        debug_assert!(pushed.is_ok(), "writing to memory cannot fail");
    }
}

impl Writer for CborWriter {
    fn boolean(&mut self, value: bool) {
        self.push(Header::Simple(if value { TRUE } else { FALSE }));
    }

    fn integer(&mut self, value: i32) {
        self.long(i64::from(value));
    }

    fn long(&mut self, value: i64) {
        let header = match u64::try_from(value) {
            Ok(positive) => Header::Positive(positive),
            Err(_) => Header::Negative(!value as u64),
        };
        self.push(header);
    }

    fn float(&mut self, value: f32) {
        self.push(Header::Float(f64::from(value)));
    }

    fn double(&mut self, value: f64) {
        self.push(Header::Float(value));
    }

    fn string(&mut self, value: &str) {
        self.push(Header::Text(Some(value.len())));
        self.out.extend_from_slice(value.as_bytes());
    }

    fn blob(&mut self, value: &[u8]) {
        self.push(Header::Bytes(Some(value.len())));
        self.out.extend_from_slice(value);
    }

    fn timestamp(&mut self, value: Timestamp, _format: TimestampFormat) {
        self.push(Header::Tag(EPOCH));
        if self.is_millis {
            self.push(Header::Positive(value.millis()));
        } else if value.millis().is_multiple_of(1000) {
            self.push(Header::Positive(value.seconds()));
        } else {
            self.push(Header::Float(value.millis() as f64 / 1000.0));
        }
    }

    /// Of unknown length: members without a value are not announced.
    fn structure(&mut self, _schema: &'static Schema, fill: &mut Fill) {
        self.push(Header::Map(None));
        fill(self);
        self.push(Header::Break);
    }

    fn list(&mut self, _schema: &'static ListSchema, length: usize, fill: &mut Fill) {
        self.push(Header::Array(Some(length)));
        fill(self);
    }

    fn map(&mut self, _schema: &'static MapSchema, length: usize, fill: &mut Fill) {
        self.push(Header::Map(Some(length)));
        fill(self);
    }

    fn member(&mut self, member: &'static Member) {
        self.string(member.name);
    }

    fn item(&mut self) {}

    fn key(&mut self, key: &str) {
        self.string(key);
    }
}
