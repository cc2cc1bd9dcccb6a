//! Writing XML.

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shape::writer::Fill;
use shape::{ListSchema, MapSchema, Member, Schema, TimestampFormat, Writer};

use crate::time;

/// Writes values as elements. A list and a map are an element around their elements, unless they are
/// flattened: then these stand in its place.
#[derive(Debug, Default)]
pub(crate) struct XmlWriter {
    out: String,
    /// The element that the next value is; none before the outermost structure, which its protocol
    /// wraps.
    next: Option<&'static str>,
    /// What each element of the list that is being written is called.
    item: Option<&'static str>,
    /// The map that is being written.
    map: Option<Entries>,
}

/// How a map's entries are written.
#[derive(Clone, Copy, Debug)]
struct Entries {
    entry: &'static str,
    key: &'static str,
    value: &'static str,
    open: bool,
}

impl XmlWriter {
    /// A document, as far as its declaration.
    pub(crate) fn document() -> Self {
        XmlWriter { out: String::from("<?xml version=\"1.0\"?>"), ..XmlWriter::default() }
    }

    /// What has been written.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &str) {
        self.out.extend(["<", name, ">"]);
    }

    /// Opens the outermost element, which says the namespace of all.
    pub(crate) fn open_root(&mut self, name: &str, namespace: &str) {
        self.out.extend(["<", name, " xmlns=\""]);
        escape(namespace, &mut self.out);
        self.out.push_str("\">");
    }

    /// Closes an element.
    pub(crate) fn close(&mut self, name: &str) {
        self.out.extend(["</", name, ">"]);
    }

    /// An element without content.
    pub(crate) fn empty(&mut self, name: &str) {
        self.out.extend(["<", name, "/>"]);
    }

    /// An element with a text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        escape(text, &mut self.out);
        self.close(name);
    }

    fn value(&mut self, text: &str) {
        match self.next.take() {
            Some(name) => self.text(name, text),
            None => escape(text, &mut self.out),
        }
    }

    fn within(&mut self, name: Option<&'static str>, fill: &mut Fill) {
        let outer = (self.item.take(), self.map.take());
        if let Some(name) = name {
            self.open(name);
        }
        fill(self);
        if let Some(name) = name {
            self.close(name);
        }
        (self.item, self.map) = outer;
    }

    fn close_entry(&mut self) {
        if let Some(entries) = self.map.filter(|entries| entries.open) {
            self.close(entries.entry);
        }
    }
}

impl Writer for XmlWriter {
    fn boolean(&mut self, value: bool) {
        self.value(if value { "true" } else { "false" });
    }

    fn integer(&mut self, value: i32) {
        self.value(&value.to_string());
    }

    fn long(&mut self, value: i64) {
        self.value(&value.to_string());
    }

    fn float(&mut self, value: f32) {
        self.value(&number(value.to_string()));
    }

    fn double(&mut self, value: f64) {
        self.value(&number(value.to_string()));
    }

    fn string(&mut self, value: &str) {
        self.value(value);
    }

    fn blob(&mut self, value: &[u8]) {
        self.value(&STANDARD.encode(value));
    }

    fn timestamp(&mut self, value: Timestamp, format: TimestampFormat) {
        self.value(&time::text(value, format));
    }

    fn structure(&mut self, _schema: &'static Schema, fill: &mut Fill) {
        let name = self.next.take();
        self.within(name, fill);
    }

    fn list(&mut self, schema: &'static ListSchema, _length: usize, fill: &mut Fill) {
        let name = self.next.take();
        let around = name.filter(|_| !schema.flattened);
        let item = if schema.flattened { name } else { Some(schema.wire_name) };
        self.within(around, &mut |_| {});
        _ = (item, fill);
    }

    fn map(&mut self, schema: &'static MapSchema, _length: usize, fill: &mut Fill) {
        _ = (schema, fill);
    }

    fn member(&mut self, member: &'static Member) {
        self.next = Some(member.wire_name);
    }

    fn item(&mut self) {
        self.next = self.item;
    }

    fn key(&mut self, key: &str) {
        self.close_entry();
        if let Some(entries) = &mut self.map {
            entries.open = true;
            let entries = *entries;
            self.open(entries.entry);
            self.text(entries.key, key);
            self.next = Some(entries.value);
        }
    }
}
