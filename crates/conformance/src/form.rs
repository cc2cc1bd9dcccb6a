//! A writer of Query parameters, as clients are.

use std::fmt::Write as _;

use base::Timestamp;
use shape::writer::Fill;
use shape::{
    Encode, ListSchema, MapSchema, Member, OperationModel, Schema, TimestampFormat, Writer,
};

/// The form of a request.
pub(crate) fn encode(operation: &OperationModel, input: &dyn Encode) -> String {
    let mut form = Form { out: format!("Action={}&Version=1", operation.name), ..Form::default() };
    input.encode(&mut form);
    form.out
}

#[derive(Default)]
struct Form {
    out: String,
    /// The name of the value that is next.
    next: String,
    /// The name of the structure, the list or the map that is being written.
    inside: String,
    count: usize,
    suffixes: [&'static str; 2],
}

impl Form {
    fn put(&mut self, name: &str, value: &str) {
        let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        _ = write!(self.out, "&{name}={value}");
    }

    fn value(&mut self, value: &str) {
        let name = self.next.clone();
        self.put(&name, value);
    }

    fn within(&mut self, inside: String, suffixes: [&'static str; 2], fill: &mut Fill) {
        let inside = std::mem::replace(&mut self.inside, inside);
        let outer = (inside, self.count, self.suffixes);
        (self.count, self.suffixes) = (0, suffixes);
        fill(self);
        (self.inside, self.count, self.suffixes) = outer;
    }
}

fn below(name: &str, step: &str) -> String {
    if name.is_empty() { step.to_owned() } else { format!("{name}.{step}") }
}

impl Writer for Form {
    fn boolean(&mut self, value: bool) {
        self.value(&value.to_string());
    }

    fn integer(&mut self, value: i32) {
        self.value(&value.to_string());
    }

    fn long(&mut self, value: i64) {
        self.value(&value.to_string());
    }

    fn float(&mut self, value: f32) {
        self.value(&value.to_string());
    }

    fn double(&mut self, value: f64) {
        self.value(&value.to_string());
    }

    fn string(&mut self, value: &str) {
        self.value(value);
    }

    fn blob(&mut self, value: &[u8]) {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in value.chunks(3) {
            let bits =
                (0..3).fold(0, |bits, at| bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
            for at in 0..4 {
                let digit = DIGITS[(bits >> (18 - 6 * at)) as usize & 63];
                text.push(if at <= chunk.len() { char::from(digit) } else { '=' });
            }
        }
        self.value(&text);
    }

    fn timestamp(&mut self, value: Timestamp, _format: TimestampFormat) {
        self.value(&value.to_string());
    }

    fn structure(&mut self, _schema: &'static Schema, fill: &mut Fill) {
        self.within(self.next.clone(), ["", ""], fill);
    }

    fn list(&mut self, schema: &'static ListSchema, _length: usize, fill: &mut Fill) {
        let step = if schema.flattened { None } else { Some(schema.wire_name) };
        let name = step.map_or_else(|| self.next.clone(), |step| below(&self.next, step));
        self.within(name, ["", ""], fill);
    }

    fn map(&mut self, schema: &'static MapSchema, _length: usize, fill: &mut Fill) {
        let entry = if schema.flattened { self.next.clone() } else { below(&self.next, "entry") };
        self.within(entry, [schema.key_name, schema.value_name], fill);
    }

    fn member(&mut self, member: &'static Member) {
        self.next = below(&self.inside, member.wire_name);
    }

    fn item(&mut self) {
        self.count += 1;
        self.next = below(&self.inside, &self.count.to_string());
    }

    fn key(&mut self, key: &str) {
        self.item();
        let [key_name, value_name] = self.suffixes;
        let entry = self.next.clone();
        self.put(&below(&entry, key_name), key);
        self.next = below(&entry, value_name);
    }
}
