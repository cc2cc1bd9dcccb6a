//! The targets, a file each.

pub mod address;
pub mod archive;
pub mod json;
pub mod names;
mod node;
pub mod policy;
pub mod query;
mod request;
pub mod rows;
mod script;
pub mod service;
mod typed;
