//! Reading a typed value out of a protocol.

use std::fmt;

use base::Timestamp;
use bytes::Bytes;

use crate::schema::{ListSchema, MapSchema, Schema, TimestampFormat};
use crate::stream::{ByteStream, EventSource};

/// The input is not what its shape says, or not even well-formed. The text is for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

/// Hands out a value, one piece after the other, in whatever protocol it came.
///
/// A caller asks for what the shape says is next; a reader that holds something else answers
/// [`Malformed`]. `structure` calls back for each member that is present and not null, in the order
/// in which the protocol has them; members that the schema does not know are skipped. The callback
/// must read the value exactly once.
pub trait Reader {
    /// A truth value.
    fn boolean(&mut self) -> Result<bool, Malformed>;
    /// A 32-bit number.
    fn integer(&mut self) -> Result<i32, Malformed>;
    /// A 64-bit number.
    fn long(&mut self) -> Result<i64, Malformed>;
    /// A single-precision number.
    fn float(&mut self) -> Result<f32, Malformed>;
    /// A double-precision number.
    fn double(&mut self) -> Result<f64, Malformed>;
    /// A text.
    fn string(&mut self) -> Result<String, Malformed>;
    /// Bytes.
    fn blob(&mut self) -> Result<Bytes, Malformed>;
    /// A moment.
    fn timestamp(&mut self, format: TimestampFormat) -> Result<Timestamp, Malformed>;
    /// Bytes that may still be coming: the body of a request whose input has a streaming payload.
    fn stream(&mut self) -> Result<ByteStream, Malformed> {
        self.blob().map(ByteStream::from)
    }
    /// Events that are still coming.
    fn events(&mut self) -> Result<EventSource, Malformed> {
        Err(Malformed("This protocol does not carry events.".to_owned()))
    }
    /// A structure: `each` is called with the index of a member in the schema.
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed>;
    /// A list: `each` is called once an element.
    fn list(&mut self, schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed>;
    /// A map: `each` is called with a key and must read its value.
    fn map(&mut self, schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed>;
}

/// Reads the member with that index.
pub type EachMember<'f> = dyn FnMut(usize, &mut dyn Reader) -> Result<(), Malformed> + 'f;
/// Reads the next element.
pub type EachItem<'f> = dyn FnMut(&mut dyn Reader) -> Result<(), Malformed> + 'f;
/// Reads the value of that key.
pub type EachEntry<'f> = dyn FnMut(String, &mut dyn Reader) -> Result<(), Malformed> + 'f;

/// A shape that can be read from any protocol.
pub trait Decode: Sized {
    /// What the model says of it.
    const SCHEMA: &'static Schema;
    /// Reads one.
    fn decode(reader: &mut dyn Reader) -> Result<Self, Malformed>;
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}
