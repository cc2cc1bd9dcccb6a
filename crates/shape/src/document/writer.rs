//! Making documents of values.

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number};

use super::Document;
use crate::schema::{ListSchema, MapSchema, Member, Schema, TimestampFormat};
use crate::writer::{Fill, Writer};

/// Makes a document of one value.
#[derive(Debug, Default)]
pub struct DocumentWriter {
    /// What is open, the outermost first.
    open: Vec<Open>,
    done: Document,
}

/// A structure, a map or a list that is being filled.
#[derive(Debug)]
enum Open {
    Object { members: Map<String, Document>, key: String },
    Array(Vec<Document>),
}

impl DocumentWriter {
    /// The document; null if nothing was written.
    pub fn finish(self) -> Document {
        self.done
    }

    fn put(&mut self, value: Document) {
        match self.open.last_mut() {
            None => self.done = value,
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Object { members, key }) => {
                members.insert(std::mem::take(key), value);
            }
        }
    }

    fn within(&mut self, open: Open, fill: &mut Fill) {
        self.open.push(open);
        fill(self);
        match self.open.pop() {
            Some(Open::Object { members, .. }) => self.put(Document::Object(members)),
            Some(Open::Array(items)) => self.put(Document::Array(items)),
            None => {}
        }
    }

    fn name(&mut self, name: &str) {
        if let Some(Open::Object { key, .. }) = self.open.last_mut() {
            name.clone_into(key);
        }
    }

    /// JSON has no numbers for some: they are texts.
    fn real(&mut self, value: f64) {
        let named = if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        let number = Number::from_f64(value).map(Document::Number);
        self.put(number.unwrap_or_else(|| named.into()));
    }
}

impl Writer for DocumentWriter {
    fn boolean(&mut self, value: bool) {
        self.put(value.into());
    }

    fn integer(&mut self, value: i32) {
        self.put(value.into());
    }

    fn long(&mut self, value: i64) {
        self.put(value.into());
    }

    fn float(&mut self, value: f32) {
        // By way of its text, so that 0.1 is not 0.10000000149011612.
        self.real(value.to_string().parse().unwrap_or(f64::from(value)));
    }

    fn double(&mut self, value: f64) {
        self.real(value);
    }

    fn string(&mut self, value: &str) {
        self.put(value.into());
    }

    fn blob(&mut self, value: &[u8]) {
        self.put(STANDARD.encode(value).into());
    }

    fn timestamp(&mut self, value: Timestamp, _: TimestampFormat) {
        match value.millis() % 1000 {
            0 => self.put(value.seconds().into()),
            _ => self.real(value.millis() as f64 / 1000.0),
        }
    }

    fn structure(&mut self, _: &'static Schema, fill: &mut Fill) {
        self.within(Open::Object { members: Map::new(), key: String::new() }, fill);
    }

    fn list(&mut self, _: &'static ListSchema, length: usize, fill: &mut Fill) {
        self.within(Open::Array(Vec::with_capacity(length)), fill);
    }

    fn map(&mut self, _: &'static MapSchema, _: usize, fill: &mut Fill) {
        self.within(Open::Object { members: Map::new(), key: String::new() }, fill);
    }

    fn member(&mut self, member: &'static Member) {
        self.name(member.name);
    }

    fn item(&mut self) {}

    fn key(&mut self, key: &str) {
        self.name(key);
    }
}
