//! Reading values of documents.

use std::time::UNIX_EPOCH;

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Number;

use super::{Document, MOST_DEPTH};
use crate::reader::{EachEntry, EachItem, EachMember, Malformed, Reader};
use crate::schema::{ListSchema, MapSchema, Schema, TimestampFormat};

/// The last millisecond of the year 9999.
const LAST: f64 = 253_402_300_799_999.0;

/// Reads a value of a document.
pub struct DocumentReader<'d> {
    value: &'d Document,
    depth: usize,
}

impl<'d> DocumentReader<'d> {
    /// A reader of this document. Null means a structure without members.
    pub fn new(value: &'d Document) -> Self {
        DocumentReader { value, depth: 0 }
    }

    fn inside(&self, value: &'d Document) -> Result<Self, Malformed> {
        if self.depth == MOST_DEPTH {
            return Err(Malformed(format!("Values nest more than {MOST_DEPTH} levels deep.")));
        }
        Ok(DocumentReader { value, depth: self.depth + 1 })
    }

    fn wrong<T>(&self, wanted: &str) -> Result<T, Malformed> {
        let found = match self.value {
            Document::Null => "NULL_VALUE",
            Document::Bool(true) => "TRUE_VALUE",
            Document::Bool(false) => "FALSE_VALUE",
            Document::Number(_) => "NUMBER_VALUE",
            Document::String(_) => "STRING_VALUE",
            Document::Array(_) => "A list",
            Document::Object(_) => "A structure or map",
        };
        Err(Malformed(format!("{found} can not be converted to {wanted}")))
    }

    /// A whole number; `5.0` is one too.
    fn whole(&self, wanted: &str) -> Result<i64, Malformed> {
        let Document::Number(number) = self.value else { return self.wrong(wanted) };
        let of_real = |number: &Number| {
            let real = number.as_f64()?;
            let fits = real.fract() == 0.0 && (-(2_f64.powi(63))..2_f64.powi(63)).contains(&real);
            // A number of 64 bits that is no i64 is larger than any of them.
            (fits && number.is_f64()).then_some(real as i64)
        };
        let whole = number.as_i64().or_else(|| of_real(number));
        whole.ok_or_else(|| cannot(number, wanted))
    }

    /// A number, or the name of what JSON has no numbers for.
    fn real(&self, wanted: &str) -> Result<f64, Malformed> {
        match self.value {
            Document::Number(number) => number.as_f64().ok_or_else(|| cannot(number, wanted)),
            Document::String(text) => match text.as_str() {
                "NaN" => Ok(f64::NAN),
                "Infinity" => Ok(f64::INFINITY),
                "-Infinity" => Ok(f64::NEG_INFINITY),
                _ => self.wrong(wanted),
            },
            _ => self.wrong(wanted),
        }
    }
}

impl Reader for DocumentReader<'_> {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        self.value.as_bool().map_or_else(|| self.wrong("a Boolean"), Ok)
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        let number = self.whole("an Integer")?;
        i32::try_from(number).map_err(|_| cannot(&number.into(), "an Integer"))
    }

    fn long(&mut self) -> Result<i64, Malformed> {
        self.whole("a Long")
    }

    fn float(&mut self) -> Result<f32, Malformed> {
        self.real("a Float").map(|number| number as f32)
    }

    fn double(&mut self) -> Result<f64, Malformed> {
        self.real("a Double")
    }

    fn string(&mut self) -> Result<String, Malformed> {
        self.value.as_str().map_or_else(|| self.wrong("a String"), |text| Ok(text.to_owned()))
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let Some(text) = self.value.as_str() else { return self.wrong("a Blob") };
        let decoded = STANDARD.decode(text).map(Bytes::from);
        decoded.map_err(|error| Malformed(format!("Invalid Base64: {error}.")))
    }

    fn timestamp(&mut self, _: TimestampFormat) -> Result<Timestamp, Malformed> {
        let millis = match self.value {
            Document::Number(number) => number.as_f64().map(|seconds| (seconds * 1000.0).round()),
            Document::String(text) => humantime::parse_rfc3339(text)
                .ok()
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
                .map(|since| since.as_millis() as f64),
            _ => None,
        };
        match millis.filter(|millis| (0.0..=LAST).contains(millis)) {
            Some(millis) => Ok(Timestamp::from_millis(millis as u64)),
            None => self.wrong("a Timestamp"),
        }
    }

    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let members = match self.value {
            Document::Object(members) => members,
            Document::Null if self.depth == 0 => return Ok(()),
            _ => return self.wrong("a structure"),
        };
        for (name, value) in members {
            let index = position(schema, name).ok_or_else(|| unknown(schema, name))?;
            if !value.is_null() {
                each(index, &mut self.inside(value)?)?;
            }
        }
        Ok(())
    }

    fn list(&mut self, _: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let Document::Array(items) = self.value else { return self.wrong("a list") };
        items.iter().try_for_each(|item| each(&mut self.inside(item)?))
    }

    fn map(&mut self, _: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let Document::Object(entries) = self.value else { return self.wrong("a map") };
        entries.iter().try_for_each(|(key, value)| each(key.clone(), &mut self.inside(value)?))
    }
}

/// The member of this name, or of the name whose first letter is written in the other case.
fn position(schema: &Schema, name: &str) -> Option<usize> {
    let exact = schema.members.iter().position(|member| member.name == name);
    exact.or_else(|| schema.members.iter().position(|member| is_alike(member.name, name)))
}

fn is_alike(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.chars(), other.chars());
    match (one.next(), other.next()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b) && one.as_str() == other.as_str(),
        _ => false,
    }
}

fn unknown(schema: &Schema, name: &str) -> Malformed {
    let shown: String = name.chars().take(64).collect();
    Malformed(format!("{} has no member {shown}.", schema.name))
}

fn cannot(number: &Number, wanted: &str) -> Malformed {
    Malformed(format!("{number} can not be converted to {wanted}"))
}
