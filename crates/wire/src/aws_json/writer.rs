//! Writing JSON.

use std::io::Write as _;

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shape::writer::Fill;
use shape::{Fault, ListSchema, Location, MapSchema, Member, Schema, TimestampFormat, Writer};

use super::escape::quoted;
use crate::members::write_members;
use crate::time;

/// Room for a usual answer.
const USUAL: usize = 256;

/// Writes into memory.
#[derive(Debug, Default)]
pub(crate) struct JsonWriter {
    out: Vec<u8>,
    /// Whether members are called as REST calls them.
    is_rest: bool,
    /// Whether something stands before the next member, element or entry.
    follows: bool,
}

impl JsonWriter {
    /// A writer of REST's JSON.
    pub(crate) fn rest() -> Self {
        JsonWriter { is_rest: true, ..JsonWriter::default() }
    }

    /// What has been written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// An error: its type, which comes in parts, its text and its other members.
    pub(super) fn error(&mut self, kind: &[&str], fault: &Fault) {
        self.out.extend_from_slice(b"{\"__type\":");
        quoted(&kind.concat(), &mut self.out);
        self.follows = true;
        self.error_members(fault);
    }

    /// An error of REST, whose type is in a header.
    pub(crate) fn rest_error(&mut self, fault: &Fault) {
        self.out.push(b'{');
        self.error_members(fault);
    }

    fn error_members(&mut self, fault: &Fault) {
        self.separate();
        quoted(fault.message_name, &mut self.out);
        self.out.push(b':');
        quoted(&fault.message, &mut self.out);
        if let Some(body) = &fault.body {
            write_members(body.members(), |member| member.location == Location::Body, self);
        }
        self.out.push(b'}');
    }

    fn within(&mut self, [open, close]: [u8; 2], fill: &mut Fill) {
        if self.out.capacity() == 0 {
            self.out.reserve(USUAL);
        }
        self.out.push(open);
        self.follows = false;
        fill(self);
        self.out.push(close);
        self.follows = true;
    }

    fn separate(&mut self) {
        if self.follows {
            self.out.push(b',');
        }
        self.follows = true;
    }

    fn number(&mut self, value: impl std::fmt::Display) {
        let written = write!(self.out, "{value}");
        debug_assert!(written.is_ok(), "writing to memory cannot fail");
    }

    /// JSON has no numbers for these: they are texts.
    fn real(&mut self, value: f64, text: impl std::fmt::Display) {
        if value.is_finite() {
            self.number(text);
        } else if value.is_nan() {
            self.string("NaN");
        } else {
            self.string(if value > 0.0 { "Infinity" } else { "-Infinity" });
        }
    }
}

impl Writer for JsonWriter {
    fn boolean(&mut self, value: bool) {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn integer(&mut self, value: i32) {
        self.number(value);
    }

    fn long(&mut self, value: i64) {
        self.number(value);
    }

    fn float(&mut self, value: f32) {
        self.real(f64::from(value), value);
    }

    fn double(&mut self, value: f64) {
        self.real(value, value);
    }

    fn string(&mut self, value: &str) {
        quoted(value, &mut self.out);
    }

    fn blob(&mut self, value: &[u8]) {
        quoted(&STANDARD.encode(value), &mut self.out);
    }

    fn timestamp(&mut self, value: Timestamp, format: TimestampFormat) {
        match format {
            TimestampFormat::Default | TimestampFormat::Unix => self.number(time::seconds(value)),
            TimestampFormat::Iso8601 | TimestampFormat::Rfc822 => {
                quoted(&time::text(value, format), &mut self.out);
            }
        }
    }

    fn structure(&mut self, _schema: &'static Schema, fill: &mut Fill) {
        self.within(*b"{}", fill);
    }

    fn list(&mut self, _schema: &'static ListSchema, _length: usize, fill: &mut Fill) {
        self.within(*b"[]", fill);
    }

    fn map(&mut self, _schema: &'static MapSchema, _length: usize, fill: &mut Fill) {
        self.within(*b"{}", fill);
    }

    /// Members' names are letters and digits: there is nothing to escape.
    fn member(&mut self, member: &'static Member) {
        self.separate();
        self.out.push(b'"');
        let name = if self.is_rest { member.wire_name } else { member.name };
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    fn item(&mut self) {
        self.separate();
    }

    fn key(&mut self, key: &str) {
        self.separate();
        quoted(key, &mut self.out);
        self.out.push(b':');
    }
}
