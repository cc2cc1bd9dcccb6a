//! Values outside of bodies: labels, query parameters, headers, and bodies that are one text or blob.

use std::str::FromStr;

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{ByteStream, ListSchema, Malformed, MapSchema, Reader, Schema, TimestampFormat};

use crate::time;

/// Reads texts: one for a plain value, several for a list.
pub(super) struct Texts {
    pub(super) values: Vec<String>,
    /// The format of timestamps that say none.
    pub(super) default: TimestampFormat,
}

impl Texts {
    fn text(&self) -> Result<&str, Malformed> {
        let first = self.values.first();
        first.map(String::as_str).ok_or_else(|| Malformed("A value is missing.".to_owned()))
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Result<T, Malformed> {
        let text = self.text()?.trim();
        let shown = || text.chars().take(64).collect::<String>();
        text.parse().map_err(|_| Malformed(format!("{} can not be converted to {name}", shown())))
    }
}

impl Reader for Texts {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        self.parsed("a Boolean")
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        self.parsed("an Integer")
    }

    fn long(&mut self) -> Result<i64, Malformed> {
        self.parsed("a Long")
    }

    fn float(&mut self) -> Result<f32, Malformed> {
        self.parsed("a Float")
    }

    fn double(&mut self) -> Result<f64, Malformed> {
        self.parsed("a Double")
    }

    fn string(&mut self) -> Result<String, Malformed> {
        self.text().map(str::to_owned)
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let decoded = STANDARD.decode(self.text()?);
        decoded.map(Bytes::from).map_err(|error| Malformed(format!("Invalid Base64: {error}.")))
    }

    fn timestamp(&mut self, format: TimestampFormat) -> Result<Timestamp, Malformed> {
        let format = if format == TimestampFormat::Default { self.default } else { format };
        time::parse(self.text()?, format)
    }

    fn structure(&mut self, _: &'static Schema, _: &mut EachMember) -> Result<(), Malformed> {
        Err(misplaced("A structure"))
    }

    fn list(&mut self, _schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let default = self.default;
        let values = std::mem::take(&mut self.values).into_iter();
        values
            .map(|value| Texts { values: vec![value], default })
            .try_for_each(|mut text| each(&mut text))
    }

    fn map(&mut self, _: &'static MapSchema, _: &mut EachEntry) -> Result<(), Malformed> {
        Err(misplaced("A map"))
    }
}

/// Reads named texts: all headers with a prefix, or the query parameters that are no other member.
pub(super) struct Entries(pub(super) Vec<(String, Texts)>);

/// Reads a body that is one text, one blob or a stream.
pub(super) struct Raw<'a> {
    pub(super) body: &'a Bytes,
    pub(super) stream: Option<&'a ByteStream>,
}

/// The methods of a reader that has only one kind of value.
macro_rules! nothing_else {
    ($what:literal: $($method:ident($($argument:ty),*) -> $type:ty;)*) => {
        $(fn $method(&mut self, $(_: $argument),*) -> Result<$type, Malformed> {
            Err(misplaced($what))
        })*
    };
}
pub(crate) use nothing_else;

impl Reader for Entries {
    fn map(&mut self, _schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let entries = std::mem::take(&mut self.0).into_iter();
        entries.into_iter().try_for_each(|(key, mut value)| each(key, &mut value))
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
    }
}

impl Reader for Raw<'_> {
    fn string(&mut self) -> Result<String, Malformed> {
        let text = std::str::from_utf8(self.body);
        text.map(str::to_owned).map_err(|_| Malformed("The body is not UTF-8.".to_owned()))
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        Ok(self.body.clone())
    }

    fn stream(&mut self) -> Result<ByteStream, Malformed> {
        Ok(self.stream.cloned().unwrap_or_else(|| ByteStream::from(self.body.clone())))
    }

    nothing_else! {
        "This value":
        boolean() -> bool;
        integer() -> i32;
        long() -> i64;
        float() -> f32;
        double() -> f64;
        timestamp(TimestampFormat) -> Timestamp;
        structure(&'static Schema, &mut EachMember) -> ();
        list(&'static ListSchema, &mut EachItem) -> ();
        map(&'static MapSchema, &mut EachEntry) -> ();
    }
}

pub(crate) fn misplaced(what: &str) -> Malformed {
    Malformed(format!("{what} cannot stand here."))
}
