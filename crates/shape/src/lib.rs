//! The contract between operations and protocols.
//!
//! An operation's input and output are plain structs with one [`Decode`] and one [`Encode`] each, over
//! `dyn` [`Reader`] and [`Writer`]: a protocol is a reader and a writer, a service never sees a header,
//! XML or JSON, and N services with M protocols cost N + M. What a public model says of names,
//! places, constraints and errors is static data: [`schema`] and [`model`].

pub mod collect;
pub mod document;
pub mod fault;
pub mod model;
pub mod pattern;
pub mod reader;
pub mod schema;
pub mod validate;
pub mod writer;

pub use collect::{decode_list, decode_map, encode_list, encode_map};
pub use document::Document;
pub use fault::{Fault, Sender};
pub use model::{ErrorModel, Operation, OperationModel, Protocol, ServiceModel};
pub use pattern::Pattern;
pub use reader::{Decode, Malformed, Reader};
pub use schema::{
    ListSchema, Location, MapSchema, Member, Number, Schema, Target, Text, TimestampFormat,
};
pub use validate::{Constraint, Validated, Violation};
pub use writer::{Encode, Writer};
