//! Documents: JSON-like values through which services call each other's operations.
//!
//! A [`Document`] is a value of `serde_json`: who calls has JSON already (a state of a workflow, the template of a
//! target), and its numbers are exact: whole ones of 64 bits as such, all others as doubles, which are all the
//! numbers that AWS's shapes have. [`DocumentReader`] reads an operation's input of it, [`DocumentWriter`] makes one
//! of its output. Members have the model's names. Text holds what JSON has no type for:
//!
//! - blobs are base64;
//! - timestamps are numbers, seconds since 1970, with milliseconds as decimals; as input also ISO 8601;
//! - `NaN`, `Infinity` and `-Infinity` are texts.
//!
//! Otherwise than on the wire, members that the shape does not know are refused: they are mistakes of whoever wrote
//! the document, and nothing may be accepted and ignored. A member is also found when its first letter is written in
//! the other case (`QueueUrl`, `queueUrl`), as in AWS's own integrations, which begin all names with a capital.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

use crate::reader::{Decode, Malformed};
use crate::writer::Encode;

pub use reader::DocumentReader;
pub use writer::DocumentWriter;

/// A JSON-like value.
pub type Document = serde_json::Value;

/// How deep values may nest.
pub const MOST_DEPTH: usize = 128;

/// Makes a document of a value.
pub fn to_document(value: &dyn Encode) -> Document {
    let mut writer = DocumentWriter::default();
    value.encode(&mut writer);
    writer.finish()
}

/// Reads a value of a document.
///
/// # Errors
/// It is not what the shape says.
pub fn from_document<T: Decode>(document: &Document) -> Result<T, Malformed> {
    T::decode(&mut DocumentReader::new(document))
}
