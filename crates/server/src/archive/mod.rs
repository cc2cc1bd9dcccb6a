//! Everything out, and in again: `millpond export FILE` and `millpond import FILE`.
//!
//! An export of a directory that a running program has open comes from that program, through a socket in the
//! directory: whoever may read the data may ask for it, whatever the port asks of its callers.

mod command;
mod door;

pub(crate) use command::{export, import};
pub(crate) use door::{listen, serve};

/// The socket's name in the data directory.
const DOOR: &str = "EXPORT";
