//! Writing a typed value into a protocol.

use base::Timestamp;

use crate::schema::{ListSchema, MapSchema, Member, Schema, TimestampFormat};
use crate::stream::{ByteStream, EventSink};

/// Takes a value, one piece after the other. `member`, `item` and `key` announce the value that
/// follows; members without a value are not announced.
pub trait Writer {
    /// A truth value.
    fn boolean(&mut self, value: bool);
    /// A 32-bit number.
    fn integer(&mut self, value: i32);
    /// A 64-bit number.
    fn long(&mut self, value: i64);
    /// A single-precision number.
    fn float(&mut self, value: f32);
    /// A double-precision number.
    fn double(&mut self, value: f64);
    /// A text.
    fn string(&mut self, value: &str);
    /// Bytes.
    fn blob(&mut self, value: &[u8]);
    /// A moment.
    fn timestamp(&mut self, value: Timestamp, format: TimestampFormat);
    /// Bytes that are made while they are sent. A writer that cannot stream writes those that are there.
    fn stream(&mut self, value: &ByteStream) {
        if let Some(bytes) = value.whole() {
            self.blob(&bytes);
        }
    }
    /// Events that are made while they are sent. A writer that cannot stream leaves them out.
    fn events(&mut self, _value: EventSink) {}
    /// A structure; `fill` announces and writes its members.
    fn structure(&mut self, schema: &'static Schema, fill: &mut Fill);
    /// A list of `length` elements; `fill` announces and writes them.
    fn list(&mut self, schema: &'static ListSchema, length: usize, fill: &mut Fill);
    /// A map of `length` entries; `fill` announces keys and writes values.
    fn map(&mut self, schema: &'static MapSchema, length: usize, fill: &mut Fill);
    /// The next value is this member's.
    fn member(&mut self, member: &'static Member);
    /// The next value is the list's next element.
    fn item(&mut self);
    /// The next value is this key's.
    fn key(&mut self, key: &str);
}

/// Writes what is inside a structure, a list or a map.
pub type Fill<'f> = dyn FnMut(&mut dyn Writer) + 'f;

/// A shape that can be written in any protocol.
pub trait Encode {
    /// What the model says of it.
    fn schema(&self) -> &'static Schema;
    /// Writes it.
    fn encode(&self, writer: &mut dyn Writer);
}
