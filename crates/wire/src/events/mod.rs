//! Events, one after the other in a body: `application/vnd.amazon.eventstream`.
//!
//! <https://smithy.io/2.0/aws/amazon-eventstream.html>. The frames (prelude, headers, checksums) are
//! read and written by the crate that AWS's SDK for Rust uses; what is in them is written here.

mod frame;
mod incoming;
mod outgoing;

#[cfg(test)]
mod tests;

pub(crate) use incoming::incoming;
pub(crate) use outgoing::{of_output, outgoing};

/// The type of such bodies.
pub(crate) const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// Most bytes of one frame: twice what AWS allows, and a bound of what is held in memory.
const MOST_BYTES: usize = 32 * 1024 * 1024;
