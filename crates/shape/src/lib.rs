//! The contract between operations and protocols.
//!
//! An operation's input and output are plain structs with one [`Decode`] and one [`Encode`] each, over
//! `dyn` [`Reader`] and [`Writer`]: a protocol is a reader and a writer, a service never sees a header,
//! XML or JSON, and N services with M protocols cost N + M. What a public model says of names,
//! places, constraints and errors is static data: [`schema`] and [`model`].

pub mod constants;
mod declare;
pub mod document;
pub mod fault;
pub mod model;
pub mod pattern;
pub mod reader;
pub mod schema;
pub mod stream;
pub mod validate;
pub mod value;
pub mod writer;

pub use document::Document;
pub use fault::{Fault, Sender};
pub use model::{ErrorModel, Operation, OperationModel, Protocol, ServiceModel};
pub use pattern::Pattern;
pub use reader::{Decode, Malformed, Reader};
pub use schema::{
    ListSchema, Location, MapSchema, Member, Namespace, Number, Schema, Target, Text,
    TimestampFormat,
};
pub use stream::{ByteStream, Events};
pub use validate::{Constraint, Validated, Violation};
pub use value::{Field, MOST_ITEMS, Value};
pub use writer::{Encode, Writer};
