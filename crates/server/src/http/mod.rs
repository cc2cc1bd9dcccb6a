//! HTTP, and nothing that knows what a request means.
//!
//! HTTP/1.1 and HTTP/2 on one port: in clear (HTTP/2 by prior knowledge) or over TLS. A request arrives whole, within the
//! [`Limits`], as a [`Request`]; a [`Handler`] makes a [`Response`] of it. What breaks a limit is
//! answered here and never reaches the handler; a caller that goes away drops the handler's future,
//! which is how a long poll ends early.

mod activity;
mod answer;
mod body;
mod connection;
mod descriptors;
mod exchange;
mod gate;
mod gzip;
mod head;
mod intake;
mod limits;
mod refusal;
mod serve;
#[cfg(test)]
mod tests;
pub(crate) mod tls;

pub(crate) use descriptors::connections;
#[cfg(test)]
pub(crate) use exchange::Transport;
pub(crate) use exchange::{Handler, Request, Response};
pub(crate) use gate::{Gate, Origin};
pub(crate) use limits::Limits;
pub(crate) use refusal::Refusal;
pub(crate) use serve::serve;
