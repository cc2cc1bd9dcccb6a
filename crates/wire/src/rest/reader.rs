//! Reading inputs whose members are spread over an HTTP message.

use base::Timestamp;
use bytes::Bytes;
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::stream::EventSource;
use shape::{
    ByteStream, ListSchema, Location, Malformed, MapSchema, Member, Reader, Schema, Target,
    TimestampFormat,
};

use super::format::Format;
use super::template;
use super::texts::{Entries, Raw, Texts, misplaced, nothing_else};
use crate::codec::{Headers, Incoming};
use crate::events;

/// Where members are: the parts of a request, or of an answer.
pub(crate) struct Parts<'a> {
    /// The path and its pattern; both are empty of an answer.
    pub(crate) path: &'a str,
    pub(crate) template: &'static str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a dyn Headers,
    /// The status of an answer.
    pub(crate) status: Option<u16>,
    pub(crate) body: &'a Bytes,
    pub(crate) stream: Option<&'a ByteStream>,
}

impl<'a> Parts<'a> {
    /// Those of a request.
    pub(super) fn of(request: &Incoming<'a>, template: &'static str) -> Self {
        Parts {
            path: request.path,
            template,
            query: request.query,
            headers: request.headers,
            status: None,
            body: request.body,
            stream: request.stream,
        }
    }
}

/// Reads the outermost structure; what is in it is read by the readers of its places.
pub(crate) struct RestReader<'a> {
    parts: Parts<'a>,
    format: &'static dyn Format,
    labels: Vec<(&'static str, &'a str)>,
    query: Vec<(String, String)>,
}

impl<'a> RestReader<'a> {
    /// A reader of an input or an output.
    pub(crate) fn new(parts: Parts<'a>, format: &'static dyn Format) -> Self {
        let labels = template::labels(parts.template, parts.path).unwrap_or_default();
        let query = form_urlencoded::parse(parts.query.as_bytes()).into_owned();
        let query = query.take(MOST_PARAMETERS).collect();
        RestReader { parts, format, labels, query }
    }

    fn header(&self, member: &Member) -> Option<Texts> {
        let value = self.parts.headers.get(member.wire_name)?;
        let values = match &member.target {
            // The dates of a list have commas of their own.
            Target::List(list) if !matches!(list.member, Target::Timestamp(_)) => listed(value),
            _ => vec![value.to_owned()],
        };
        Some(Texts { values, default: TimestampFormat::Rfc822 })
    }

    fn headers(&self, prefix: &str) -> Entries {
        let mut entries = Vec::new();
        self.parts.headers.each(&mut |name, value| {
            let head = name.get(..prefix.len()).filter(|head| head.eq_ignore_ascii_case(prefix));
            if head.is_some() {
                let texts =
                    Texts { values: vec![value.to_owned()], default: TimestampFormat::Rfc822 };
                entries.push((name[prefix.len()..].to_owned(), texts));
            }
        });
        Entries(entries)
    }

    fn parameter(&self, name: &str) -> Option<Texts> {
        let values = self.query.iter().filter(|(known, _)| known == name);
        let values: Vec<String> = values.map(|(_, value)| value.clone()).collect();
        (!values.is_empty()).then_some(Texts { values, default: TimestampFormat::Iso8601 })
    }

    /// All query parameters that are no other member and no constant of the path.
    fn other_parameters(&self, schema: &Schema) -> Entries {
        let is_taken = |name: &str| {
            let mut members = schema.members.iter();
            members.any(|member| member.location == Location::Query && member.wire_name == name)
                || template::constants(self.parts.template).any(|(constant, _)| constant == name)
        };
        let mut entries: Vec<(String, Texts)> = Vec::new();
        for (name, value) in self.query.iter().filter(|(name, _)| !is_taken(name)) {
            match entries.iter_mut().find(|(known, _)| known == name) {
                Some((_, texts)) => texts.values.push(value.clone()),
                None => {
                    let values = vec![value.clone()];
                    let texts = Texts { values, default: TimestampFormat::Iso8601 };
                    entries.push((name.clone(), texts));
                }
            }
        }
        Entries(entries)
    }

    fn label(&self, name: &str) -> Option<Texts> {
        let (_, value) = self.labels.iter().find(|(known, _)| *known == name)?;
        Some(Texts { values: vec![template::decoded(value)], default: TimestampFormat::Iso8601 })
    }

    /// The reader of a member that is not in a document.
    fn bound(&self, member: &'static Member, schema: &Schema) -> Option<Box<dyn Reader>> {
        fn boxed(reader: impl Reader + 'static) -> Box<dyn Reader> {
            Box::new(reader)
        }
        match member.location {
            Location::Header => self.header(member).map(boxed),
            Location::Headers => {
                Some(self.headers(member.wire_name)).filter(|found| !found.0.is_empty()).map(boxed)
            }
            Location::Query if matches!(member.target, Target::Map(_)) => {
                Some(self.other_parameters(schema)).filter(|found| !found.0.is_empty()).map(boxed)
            }
            Location::Query => self.parameter(member.wire_name).map(boxed),
            Location::Uri => self.label(member.wire_name).map(boxed),
            Location::StatusCode => self.parts.status.map(|status| {
                boxed(Texts { values: vec![status.to_string()], default: TimestampFormat::Default })
            }),
            Location::Body | Location::Payload => None,
        }
    }

    /// Reads the member that is the body.
    fn payload(
        &self,
        index: usize,
        member: &'static Member,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let (body, stream) = (self.parts.body, self.parts.stream);
        match &member.target {
            Target::Stream => each(index, &mut Raw { body, stream }),
            Target::Events(_) => {
                let format = self.format;
                each(index, &mut Coming { body, stream, format })
            }
            _ if body.is_empty() => Ok(()),
            Target::String(_) | Target::Blob(_) => each(index, &mut Raw { body, stream }),
            _ => self.format.read(body, &mut |reader| each(index, reader)),
        }
    }
}

/// Most query parameters of one request.
const MOST_PARAMETERS: usize = 4096;

/// The elements of a list in a header: separated by commas, in quotes if they have some themselves.
fn listed(value: &str) -> Vec<String> {
    let (mut items, mut item, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => is_quoted = !is_quoted,
            '\\' if is_quoted => item.extend(chars.next()),
            ',' if !is_quoted => items.push(std::mem::take(&mut item).trim().to_owned()),
            char => item.push(char),
        }
    }
    items.push(item.trim().to_owned());
    items
}

/// Reads a body that is events.
struct Coming<'a> {
    body: &'a Bytes,
    stream: Option<&'a ByteStream>,
    format: &'static dyn Format,
}

impl Reader for Coming<'_> {
    fn events(&mut self) -> Result<EventSource, Malformed> {
        let stream = self.stream.cloned();
        let stream = stream.unwrap_or_else(|| ByteStream::from(self.body.clone()));
        Ok(events::incoming(stream.take(), self.format))
    }

    nothing_else! {
        "This value":
        boolean() -> bool;
        integer() -> i32;
        long() -> i64;
        float() -> f32;
        double() -> f64;
        string() -> String;
        blob() -> Bytes;
        timestamp(TimestampFormat) -> Timestamp;
        structure(&'static Schema, &mut EachMember) -> ();
        list(&'static ListSchema, &mut EachItem) -> ();
        map(&'static MapSchema, &mut EachEntry) -> ();
    }
}

impl Reader for RestReader<'_> {
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let (mut is_in_body, mut has_payload) = (false, false);
        for (index, member) in schema.members.iter().enumerate() {
            match member.location {
                Location::Body => is_in_body = true,
                Location::Payload => {
                    has_payload = true;
                    self.payload(index, member, each)?;
                }
                _ => {
                    if let Some(mut reader) = self.bound(member, schema) {
                        each(index, &mut *reader)?;
                    }
                }
            }
        }
        if has_payload || !is_in_body || self.parts.body.is_empty() {
            return Ok(());
        }
        self.format.read(self.parts.body, &mut |reader| reader.structure(schema, each))
    }

    nothing_else! {
        "This value":
        boolean() -> bool;
        integer() -> i32;
        long() -> i64;
        float() -> f32;
        double() -> f64;
        string() -> String;
        blob() -> Bytes;
        timestamp(TimestampFormat) -> Timestamp;
        list(&'static ListSchema, &mut EachItem) -> ();
        map(&'static MapSchema, &mut EachEntry) -> ();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_headers_have_commas_and_quotes() {
        assert_eq!(listed("a, b,c"), ["a", "b", "c"]);
        assert_eq!(listed(r#""a,b", "c\"d""#), ["a,b", "c\"d"]);
        assert_eq!(listed(""), [""]);
    }
}
