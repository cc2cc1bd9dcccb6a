//! Reading JSON.

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiter::{Jiter, JiterError, Peek};
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{ListSchema, Location, Malformed, MapSchema, Member, Reader, Schema, TimestampFormat};

use crate::{MOST_DEPTH, time};

/// Pulls values out of a text, one after the other, as the shapes ask for them. Of members that come
/// twice the last one counts.
pub(crate) struct JsonReader<'j> {
    jiter: Jiter<'j>,
    depth: usize,
    /// Whether members are called as REST calls them, and only those in the body are there.
    is_rest: bool,
}

impl<'j> JsonReader<'j> {
    /// A reader that stands before the outermost value. No body at all means no members.
    pub(crate) fn new(body: &'j [u8]) -> Self {
        let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
        JsonReader { jiter: Jiter::new(body), depth: 0, is_rest: false }
    }

    /// The same for REST's JSON.
    pub(crate) fn rest(body: &'j [u8]) -> Self {
        JsonReader { is_rest: true, ..JsonReader::new(body) }
    }

    fn wrong(&self, error: &JiterError) -> Malformed {
        let place = self.jiter.error_position(error.index);
        Malformed(format!("{} at {place}", error.error_type))
    }

    /// What comes next.
    fn peek(&mut self) -> Result<Peek, Malformed> {
        self.jiter.peek().map_err(|error| self.wrong(&error))
    }

    fn expect(&mut self, wanted: Peek, name: &str) -> Result<(), Malformed> {
        let found = self.peek()?;
        if found == wanted { Ok(()) } else { Err(mismatch(found, name)) }
    }

    /// A number as it is written.
    fn number(&mut self, name: &str) -> Result<&'j str, Malformed> {
        let peek = self.peek()?;
        if !peek.is_num() {
            return Err(mismatch(peek, name));
        }
        let start = self.jiter.current_index();
        match self.jiter.known_number_bytes(peek) {
            Ok(_) => Ok(std::str::from_utf8(self.jiter.slice_to_current(start)).unwrap_or("")),
            Err(error) => Err(self.wrong(&error)),
        }
    }

    /// What `take` makes of a text.
    fn text<T>(&mut self, name: &str, take: impl FnOnce(&str) -> T) -> Result<T, Malformed> {
        self.expect(Peek::String, name)?;
        match self.jiter.known_str() {
            Ok(text) => Ok(take(text)),
            Err(error) => Err(self.wrong(&error)),
        }
    }

    /// The index of the next member, `Some(None)` for one that the schema does not know, `None` after
    /// the last. Callers mostly keep to the order of the model: `guess` is tried first.
    fn member(
        &mut self,
        schema: &Schema,
        first: bool,
        guess: usize,
    ) -> Result<Option<Option<usize>>, Malformed> {
        let name = if first { self.jiter.known_object() } else { self.jiter.next_key() };
        match name {
            Ok(name) if self.is_rest => Ok(name.map(|name| rest_position(schema, name, guess))),
            Ok(name) => Ok(name.map(|name| position(schema, name, guess))),
            Err(error) => Err(self.wrong(&error)),
        }
    }

    fn key(&mut self, first: bool) -> Result<Option<String>, Malformed> {
        let key = if first { self.jiter.known_object() } else { self.jiter.next_key() };
        match key {
            Ok(key) => Ok(key.map(str::to_owned)),
            Err(error) => Err(self.wrong(&error)),
        }
    }

    fn skip(&mut self, peek: Peek) -> Result<(), Malformed> {
        self.jiter.known_skip(peek).map_err(|error| self.wrong(&error))
    }

    /// A whole number; `5.0` is one too.
    fn whole(&mut self, name: &str) -> Result<i64, Malformed> {
        let text = self.number(name)?;
        if let Ok(number) = text.parse() {
            return Ok(number);
        }
        let real: f64 = text.parse().unwrap_or(f64::NAN);
        let fits = real.fract() == 0.0 && (-(2_f64.powi(63))..2_f64.powi(63)).contains(&real);
        if fits { Ok(real as i64) } else { Err(cannot(text, name)) }
    }

    /// A number, or the name of what JSON has no numbers for.
    fn real(&mut self, name: &str) -> Result<f64, Malformed> {
        if self.peek()? != Peek::String {
            return Ok(self.number(name)?.parse().unwrap_or(f64::NAN));
        }
        let named = self.text(name, |text| match text {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        })?;
        named.ok_or_else(|| mismatch(Peek::String, name))
    }

    /// Runs `inside` one level deeper. After the outermost value nothing may follow.
    fn within(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        if self.depth == MOST_DEPTH {
            return Err(Malformed(format!("Values nest more than {MOST_DEPTH} levels deep.")));
        }
        self.depth += 1;
        inside(self)?;
        self.depth -= 1;
        if self.depth > 0 {
            return Ok(());
        }
        self.jiter.finish().map_err(|error| self.wrong(&error))
    }
}

impl Reader for JsonReader<'_> {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        let peek = self.peek()?;
        if !matches!(peek, Peek::True | Peek::False) {
            return Err(mismatch(peek, "a Boolean"));
        }
        self.jiter.known_bool(peek).map_err(|error| self.wrong(&error))
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        let number = self.whole("an Integer")?;
        i32::try_from(number).map_err(|_| cannot(&number.to_string(), "an Integer"))
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
        self.text("a String", str::to_owned)
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let decoded = self.text("a Blob", |text| STANDARD.decode(text))?;
        decoded.map(Bytes::from).map_err(|error| Malformed(format!("Invalid Base64: {error}.")))
    }

    fn timestamp(&mut self, format: TimestampFormat) -> Result<Timestamp, Malformed> {
        let texts = matches!(format, TimestampFormat::Iso8601 | TimestampFormat::Rfc822);
        if texts && self.peek()? == Peek::String {
            return self.text("a Timestamp", |text| time::parse(text, format))?;
        }
        time::from_seconds(self.number("a Timestamp")?.parse().unwrap_or(f64::NAN))
    }

    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        self.expect(Peek::Object, "a structure")?;
        self.within(|reader| {
            let mut guess = 0;
            let mut found = reader.member(schema, true, guess)?;
            while let Some(member) = found {
                let peek = reader.peek()?;
                match member.filter(|_| peek != Peek::Null) {
                    Some(index) => each(index, reader)?,
                    None => reader.skip(peek)?,
                }
                guess = member.map_or(guess, |index| index + 1);
                found = reader.member(schema, false, guess)?;
            }
            Ok(())
        })
    }

    fn list(&mut self, _schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        self.expect(Peek::Array, "a list")?;
        self.within(|reader| {
            let mut next = reader.jiter.known_array().map_err(|error| reader.wrong(&error))?;
            while next.is_some() {
                each(reader)?;
                next = reader.jiter.array_step().map_err(|error| reader.wrong(&error))?;
            }
            Ok(())
        })
    }

    fn map(&mut self, _schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        self.expect(Peek::Object, "a map")?;
        self.within(|reader| {
            let mut key = reader.key(true)?;
            while let Some(name) = key {
                each(name, reader)?;
                key = reader.key(false)?;
            }
            Ok(())
        })
    }
}

fn position(schema: &Schema, name: &str, guess: usize) -> Option<usize> {
    if schema.members.get(guess).is_some_and(|member| member.name == name) {
        return Some(guess);
    }
    schema.members.iter().position(|member| member.name == name)
}

fn rest_position(schema: &Schema, name: &str, guess: usize) -> Option<usize> {
    let is_it = |member: &Member| member.wire_name == name && member.location == Location::Body;
    if schema.members.get(guess).is_some_and(is_it) {
        return Some(guess);
    }
    schema.members.iter().position(is_it)
}

/// Something else comes than the shape says.
fn mismatch(found: Peek, wanted: &str) -> Malformed {
    let found = match found {
        Peek::Object => {
            return Malformed("Start of structure or map found where not expected.".to_owned());
        }
        Peek::Array => return Malformed("Start of list found where not expected.".to_owned()),
        Peek::String => "STRING_VALUE",
        Peek::True => "TRUE_VALUE",
        Peek::False => "FALSE_VALUE",
        Peek::Null => "NULL_VALUE",
        found if found.is_num() => "NUMBER_VALUE",
        _ => return Malformed("The request is not valid JSON.".to_owned()),
    };
    cannot(found, wanted)
}

fn cannot(found: &str, wanted: &str) -> Malformed {
    let found: String = found.chars().take(64).collect();
    Malformed(format!("{found} can not be converted to {wanted}"))
}
