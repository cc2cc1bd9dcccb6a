//! Reading CBOR.

use base::Timestamp;
use bytes::Bytes;
use ciborium_io::Read as _;
use ciborium_ll::{Decoder, Header};
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{ListSchema, Malformed, MapSchema, Reader, Schema, TimestampFormat};

use super::writer::{FALSE, NULL, TRUE, UNDEFINED};
use crate::{MOST_DEPTH, time};

/// Pulls values out of bytes, one after the other, as the shapes ask for them. Announced lengths are
/// taken for no more than the bytes that are there.
pub(crate) struct CborReader<'c> {
    decoder: Decoder<&'c [u8]>,
    /// A header that has been looked at and not used.
    peeked: Option<Header>,
    length: usize,
    depth: usize,
    is_millis: bool,
}

impl<'c> CborReader<'c> {
    /// A reader that stands before the outermost value. No body at all means no members.
    pub(crate) fn new(body: &'c [u8], is_millis: bool) -> Self {
        let body = if body.is_empty() { &[0xA0] } else { body };
        let (decoder, length) = (Decoder::from(body), body.len());
        CborReader { decoder, peeked: None, length, depth: 0, is_millis }
    }

    /// The next header; tags say nothing that the shape does not.
    fn pull(&mut self) -> Result<Header, Malformed> {
        if let Some(header) = self.peeked.take() {
            return Ok(header);
        }
        loop {
            match self.decoder.pull() {
                Ok(Header::Tag(_)) => {}
                Ok(header) => return Ok(header),
                Err(_) => return Err(invalid()),
            }
        }
    }

    fn peek(&mut self) -> Result<Header, Malformed> {
        let header = self.pull()?;
        self.peeked = Some(header);
        Ok(header)
    }

    /// The bytes of an item, in one piece or in several; `is_text` says which kind of pieces.
    fn bytes(&mut self, length: Option<usize>, is_text: bool) -> Result<Vec<u8>, Malformed> {
        let mut bytes = Vec::new();
        if let Some(length) = length {
            self.append(length, &mut bytes)?;
            return Ok(bytes);
        }
        loop {
            match self.decoder.pull() {
                Ok(Header::Break) => return Ok(bytes),
                Ok(Header::Text(Some(length))) if is_text => self.append(length, &mut bytes)?,
                Ok(Header::Bytes(Some(length))) if !is_text => self.append(length, &mut bytes)?,
                _ => return Err(invalid()),
            }
        }
    }

    fn append(&mut self, length: usize, bytes: &mut Vec<u8>) -> Result<(), Malformed> {
        if length > self.length.saturating_sub(self.decoder.offset()) {
            return Err(invalid());
        }
        let start = bytes.len();
        bytes.resize(start + length, 0);
        self.decoder.read_exact(&mut bytes[start..]).map_err(|_| invalid())
    }

    fn text(&mut self, header: Header) -> Result<String, Malformed> {
        let Header::Text(length) = header else { return Err(mismatch(header, "a String")) };
        let bytes = self.bytes(length, true)?;
        String::from_utf8(bytes).map_err(|_| Malformed("A text is not UTF-8.".to_owned()))
    }

    fn whole(&mut self, name: &str) -> Result<i64, Malformed> {
        let header = self.pull()?;
        let number = match header {
            Header::Positive(number) => i64::try_from(number).ok(),
            Header::Negative(number) => i64::try_from(number).ok().map(|number| !number),
            Header::Float(real) => {
                let fits =
                    real.fract() == 0.0 && (-(2_f64.powi(63))..2_f64.powi(63)).contains(&real);
                fits.then_some(real as i64)
            }
            _ => None,
        };
        number.ok_or_else(|| mismatch(header, name))
    }

    fn real(&mut self, name: &str) -> Result<f64, Malformed> {
        match self.pull()? {
            Header::Float(real) => Ok(real),
            Header::Positive(number) => Ok(number as f64),
            Header::Negative(number) => Ok(-1.0 - number as f64),
            other => Err(mismatch(other, name)),
        }
    }

    /// Whether a list or a map goes on; `left` counts down where its length was announced.
    fn goes_on(&mut self, left: &mut Option<usize>) -> Result<bool, Malformed> {
        match left {
            Some(0) => Ok(false),
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
            None if self.peek()? == Header::Break => {
                self.peeked = None;
                Ok(false)
            }
            None => Ok(true),
        }
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
        if self.depth == 0 && self.decoder.offset() < self.length {
            return Err(Malformed("Bytes follow the value.".to_owned()));
        }
        Ok(())
    }

    /// Passes over a value.
    fn skip(&mut self) -> Result<(), Malformed> {
        match self.pull()? {
            Header::Text(length) => self.bytes(length, true).map(drop),
            Header::Bytes(length) => self.bytes(length, false).map(drop),
            Header::Array(mut left) => self.within(|reader| {
                while reader.goes_on(&mut left)? {
                    reader.skip()?;
                }
                Ok(())
            }),
            Header::Map(mut left) => self.within(|reader| {
                while reader.goes_on(&mut left)? {
                    reader.skip()?;
                    reader.skip()?;
                }
                Ok(())
            }),
            Header::Break => Err(invalid()),
            _ => Ok(()),
        }
    }
}

impl Reader for CborReader<'_> {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        match self.pull()? {
            Header::Simple(TRUE) => Ok(true),
            Header::Simple(FALSE) => Ok(false),
            other => Err(mismatch(other, "a Boolean")),
        }
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        let number = self.whole("an Integer")?;
        let wrong = |_| Malformed(format!("{number} can not be converted to an Integer"));
        i32::try_from(number).map_err(wrong)
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
        let header = self.pull()?;
        self.text(header)
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        match self.pull()? {
            Header::Bytes(length) => self.bytes(length, false).map(Bytes::from),
            other => Err(mismatch(other, "a Blob")),
        }
    }

    fn timestamp(&mut self, _format: TimestampFormat) -> Result<Timestamp, Malformed> {
        let number = self.real("a Timestamp")?;
        time::from_seconds(if self.is_millis { number / 1000.0 } else { number })
    }

    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let mut left = match self.pull()? {
            Header::Map(left) => left,
            other => return Err(mismatch(other, "a structure")),
        };
        self.within(|reader| {
            while reader.goes_on(&mut left)? {
                let name = reader.string()?;
                let member = schema.members.iter().position(|member| member.name == name);
                let is_null = matches!(reader.peek()?, Header::Simple(NULL | UNDEFINED));
                match member.filter(|_| !is_null) {
                    Some(index) => each(index, reader)?,
                    None => reader.skip()?,
                }
            }
            Ok(())
        })
    }

    fn list(&mut self, _schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let mut left = match self.pull()? {
            Header::Array(left) => left,
            other => return Err(mismatch(other, "a list")),
        };
        self.within(|reader| {
            while reader.goes_on(&mut left)? {
                each(reader)?;
            }
            Ok(())
        })
    }

    fn map(&mut self, _schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let mut left = match self.pull()? {
            Header::Map(left) => left,
            other => return Err(mismatch(other, "a map")),
        };
        self.within(|reader| {
            while reader.goes_on(&mut left)? {
                let key = reader.string()?;
                each(key, reader)?;
            }
            Ok(())
        })
    }
}

/// Something else comes than the shape says.
fn mismatch(found: Header, wanted: &str) -> Malformed {
    let found = match found {
        Header::Positive(_) | Header::Negative(_) | Header::Float(_) => "NUMBER_VALUE",
        Header::Text(_) => "STRING_VALUE",
        Header::Bytes(_) => "BINARY_VALUE",
        Header::Simple(TRUE) => "TRUE_VALUE",
        Header::Simple(FALSE) => "FALSE_VALUE",
        Header::Simple(NULL | UNDEFINED) => "NULL_VALUE",
        Header::Array(_) => {
            return Malformed("Start of list found where not expected.".to_owned());
        }
        Header::Map(_) => {
            return Malformed("Start of structure or map found where not expected.".to_owned());
        }
        Header::Tag(_) | Header::Simple(_) | Header::Break => return invalid(),
    };
    Malformed(format!("{found} can not be converted to {wanted}"))
}

fn invalid() -> Malformed {
    Malformed("The request is not valid CBOR.".to_owned())
}
