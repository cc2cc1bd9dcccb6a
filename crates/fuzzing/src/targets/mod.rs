//! The targets, a file each.

pub mod archive;
pub mod cbor;
pub mod json;
pub mod names;
mod node;
pub mod policy;
pub mod query;
mod request;
pub mod route;
pub mod rows;
mod script;
pub mod service;
mod typed;
pub mod xml;
