//! Reading and writing XML.

mod reader;

pub(crate) use reader::XmlReader;

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shape::writer::Fill;
use shape::{ListSchema, MapSchema, Member, Namespace, Schema, TimestampFormat, Writer};

use crate::scan::position;
use crate::time;

/// Writes values as elements. A list and a map are an element around their elements, unless they are
/// flattened: then these stand in its place.
#[derive(Debug, Default)]
pub(crate) struct XmlWriter {
    out: String,
    /// The element that the next value is; none before the outermost structure, which its protocol
    /// wraps.
    next: Option<&'static str>,
    /// The namespace that the next element declares.
    namespace: Option<Namespace>,
    /// Whether the attributes of an element are being written, and nothing else.
    in_tag: bool,
    /// Whether the next value has no place here: an attribute among elements, or the other way round.
    is_left_out: bool,
    inside: Inside,
}

/// What is being written.
#[derive(Clone, Copy, Debug, Default)]
enum Inside {
    #[default]
    Structure,
    /// A list whose elements have this name.
    List(&'static str),
    Map(Entries),
}

/// The elements of a map's entries.
#[derive(Clone, Copy, Debug)]
struct Entries {
    entry: &'static str,
    key: &'static str,
    value: &'static str,
    /// Whether one is open.
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

    /// The next value is the outermost element: it has this name, and declares a namespace.
    pub(crate) fn root(&mut self, name: &'static str, namespace: Option<Namespace>) {
        (self.next, self.namespace) = (Some(name), namespace);
    }

    fn value(&mut self, text: &str) {
        if std::mem::take(&mut self.is_left_out) {
            return;
        }
        match self.next.take() {
            Some(name) if self.in_tag => {
                // Parsers make a blank of a bare line end or tab.
                let mut value = String::new();
                escape(text, &mut value);
                let value = value.replace('\n', "&#xA;").replace('\t', "&#x9;");
                self.out.extend([" ", name, "=\"", &value, "\""]);
            }
            Some(name) => {
                self.open_declared(name);
                escape(text, &mut self.out);
                self.close(name);
            }
            None => escape(text, &mut self.out),
        }
    }

    /// Opens an element with the namespace that it declares.
    fn open_declared(&mut self, name: &str) {
        let Some(Namespace { prefix, uri }) = self.namespace.take() else { return self.open(name) };
        self.out.extend([
            "<",
            name,
            " xmlns",
            if prefix.is_empty() { "" } else { ":" },
            prefix,
            "=\"",
        ]);
        escape(uri, &mut self.out);
        self.out.push_str("\">");
    }

    /// Writes the members that are attributes into the tag that has just been opened.
    fn attributes(&mut self, schema: &Schema, fill: &mut Fill) {
        if schema.members.iter().any(|member| member.attribute) {
            self.out.pop();
            self.in_tag = true;
            fill(self);
            self.in_tag = false;
            self.out.push('>');
        }
    }

    fn within(&mut self, element: Option<&'static str>, inside: Inside, fill: &mut Fill) {
        self.tagged(element, inside, None, fill);
    }

    fn tagged(
        &mut self,
        element: Option<&'static str>,
        inside: Inside,
        schema: Option<&Schema>,
        fill: &mut Fill,
    ) {
        if std::mem::take(&mut self.is_left_out) || self.in_tag {
            return;
        }
        let outer = std::mem::replace(&mut self.inside, inside);
        if let Some(name) = element {
            self.open_declared(name);
            if let Some(schema) = schema {
                self.attributes(schema, fill);
            }
        }
        fill(self);
        self.close_entry();
        if let Some(name) = element {
            self.close(name);
        }
        self.inside = outer;
    }

    fn close_entry(&mut self) {
        if let Inside::Map(Entries { entry, open: true, .. }) = self.inside {
            self.close(entry);
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

    fn structure(&mut self, schema: &'static Schema, fill: &mut Fill) {
        let name = self.next.take();
        self.tagged(name, Inside::Structure, Some(schema), fill);
    }

    fn list(&mut self, schema: &'static ListSchema, _length: usize, fill: &mut Fill) {
        let name = self.next.take();
        match name.filter(|_| schema.flattened) {
            Some(name) => self.within(None, Inside::List(name), fill),
            None => self.within(name, Inside::List(schema.wire_name), fill),
        }
    }

    fn map(&mut self, schema: &'static MapSchema, _length: usize, fill: &mut Fill) {
        let name = self.next.take();
        let flat = name.filter(|_| schema.flattened);
        let entries = Entries {
            entry: flat.unwrap_or("entry"),
            key: schema.key_name,
            value: schema.value_name,
            open: false,
        };
        self.within(name.filter(|_| flat.is_none()), Inside::Map(entries), fill);
    }

    fn member(&mut self, member: &'static Member) {
        (self.next, self.namespace) = (Some(member.wire_name), member.namespace);
        self.is_left_out = member.attribute != self.in_tag;
    }

    fn item(&mut self) {
        if let Inside::List(name) = self.inside {
            self.next = Some(name);
        }
    }

    fn key(&mut self, key: &str) {
        self.close_entry();
        if let Inside::Map(entries) = &mut self.inside {
            entries.open = true;
            let entries = *entries;
            self.open(entries.entry);
            self.text(entries.key, key);
            self.next = Some(entries.value);
        }
    }
}

/// Rust calls infinity `inf`, XML and AWS `Infinity`.
fn number(text: String) -> String {
    text.replace("inf", "Infinity")
}

/// Writes a text so that a parser reads back the same: a bare carriage return would become a line feed
/// there. What XML cannot carry at all, not even escaped, becomes U+FFFD; otherwise one character
/// would make the whole answer unreadable.
fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = position(rest.as_bytes(), suspect) {
        let (plain, from) = rest.split_at(at);
        let mut chars = from.chars();
        out.push_str(plain);
        match chars.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('"') => out.push_str("&quot;"),
            Some('\r') => out.push_str("&#xD;"),
            Some(char @ '\u{F000}'..='\u{FFFD}') => out.push(char),
            _ => out.push('\u{FFFD}'),
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

/// A byte that begins a character which may not be able to stand for itself: U+FFFE and U+FFFF begin as
/// all from U+F000 do. <https://www.w3.org/TR/xml/#charsets>
fn suspect(byte: u8) -> bool {
    let control = (byte < b' ') & (byte != b'\t') & (byte != b'\n');
    control | (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"') | (byte == 0xEF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        escape(text, &mut out);
        out
    }

    #[test]
    fn texts_are_escaped_so_that_parsers_read_them_back() {
        assert_eq!(escaped("plain é \u{1F600}\t\n"), "plain é \u{1F600}\t\n");
        assert_eq!(escaped("<a b=\"c\">&\r\n"), "&lt;a b=&quot;c&quot;&gt;&amp;&#xD;\n");
    }

    #[test]
    fn what_xml_cannot_carry_does_not_break_the_document() {
        assert_eq!(escaped("a\0b\u{1b}c\u{FFFF}"), "a\u{FFFD}b\u{FFFD}c\u{FFFD}");
        let private = "\u{EFFF}\u{F000}\u{F8FF}\u{FEFF}\u{FFFD}\u{10FFFF}";
        assert_eq!(escaped(private), private);
    }
}
