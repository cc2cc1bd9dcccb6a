//! Writing members into headers, the status, and (for clients) into the path and the query string.

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shape::writer::Fill;
use shape::{Encode, ListSchema, Location, MapSchema, Member, Schema, TimestampFormat, Writer};

use crate::members::write_members;
use crate::time;

/// A text for a member; of a list there are several.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) member: &'static Member,
    /// The key, where the member is a map.
    pub(crate) key: Option<String>,
    pub(crate) text: String,
}

/// The texts of all members that are neither in the body nor the body.
pub(crate) fn bound(value: &dyn Encode) -> Vec<Bound> {
    let is_bound = |member: &Member| !matches!(member.location, Location::Body | Location::Payload);
    if !value.schema().members.iter().any(is_bound) {
        return Vec::new();
    }
    let mut texts = BoundWriter { out: Vec::new(), member: None, key: None };
    write_members(
        value,
        |member| !matches!(member.location, Location::Body | Location::Payload),
        &mut texts,
    );
    texts.out
}

/// The headers of these texts; the elements of a list are in one, separated by commas.
pub(crate) fn headers(bound: Vec<Bound>) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for Bound { member, key, text } in bound {
        if !matches!(member.location, Location::Header | Location::Headers) {
            continue;
        }
        let is_list = matches!(member.target, shape::Target::List(_));
        let text = if is_list { quoted(text) } else { text };
        let name = [member.wire_name, key.as_deref().unwrap_or_default()].concat();
        let name = name.to_ascii_lowercase();
        match headers.iter_mut().find(|(known, _)| is_list && *known == name) {
            Some((_, value)) => value.extend([", ", &text]),
            None => headers.push((name, text)),
        }
    }
    headers
}

/// An element of a list in a header: in quotes if it has a comma or a quote.
fn quoted(text: String) -> String {
    if !text.contains(['"', ',']) {
        return text;
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    ["\"", &escaped, "\""].concat()
}

struct BoundWriter {
    out: Vec<Bound>,
    member: Option<&'static Member>,
    key: Option<String>,
}

impl BoundWriter {
    fn put(&mut self, text: String) {
        if let Some(member) = self.member {
            self.out.push(Bound { member, key: self.key.clone(), text });
        }
    }
}

impl Writer for BoundWriter {
    fn boolean(&mut self, value: bool) {
        self.put(value.to_string());
    }

    fn integer(&mut self, value: i32) {
        self.put(value.to_string());
    }

    fn long(&mut self, value: i64) {
        self.put(value.to_string());
    }

    fn float(&mut self, value: f32) {
        self.put(value.to_string().replace("inf", "Infinity"));
    }

    fn double(&mut self, value: f64) {
        self.put(value.to_string().replace("inf", "Infinity"));
    }

    fn string(&mut self, value: &str) {
        self.put(value.to_owned());
    }

    fn blob(&mut self, value: &[u8]) {
        self.put(STANDARD.encode(value));
    }

    fn timestamp(&mut self, value: Timestamp, format: TimestampFormat) {
        let is_header = self
            .member
            .is_some_and(|member| matches!(member.location, Location::Header | Location::Headers));
        let format = match format {
            TimestampFormat::Default if is_header => TimestampFormat::Rfc822,
            format => format,
        };
        self.put(time::text(value, format));
    }

    fn structure(&mut self, _schema: &'static Schema, _fill: &mut Fill) {}

    fn list(&mut self, _schema: &'static ListSchema, _length: usize, fill: &mut Fill) {
        fill(self);
    }

    fn map(&mut self, _schema: &'static MapSchema, _length: usize, fill: &mut Fill) {
        fill(self);
    }

    fn member(&mut self, member: &'static Member) {
        (self.member, self.key) = (Some(member), None);
    }

    fn item(&mut self) {}

    fn key(&mut self, key: &str) {
        self.key = Some(key.to_owned());
    }
}
