//! The one room for outgoing connections: an HTTP client for HTTP/1.1 and HTTP/2.
//!
//! Everything is bounded: requests in all and per host, callers that wait, time, and the bytes of a
//! response. An [`AddressFilter`] is applied to each address at the moment of connecting, so that a name
//! that resolves differently the second time does not pass it. Redirects are answers like others; retries
//! are the caller's, who learns from [`Error::was_sent`] what a retry may repeat.
//!
//! Time limits run on the machine's clock, also where the program's clock is manual: a peer on the
//! network does not know it.

mod address;
mod admission;
mod body;
mod client;
mod config;
mod connect;
mod error;
mod observe;
mod resolve;
mod tls;

pub use address::{AddressFilter, Addresses};
pub use body::{RequestBody, ResponseBody};
pub use client::{Client, Parts, Response};
pub use config::{Config, Limits, Proxy};
pub use error::{Error, Phase};
pub use observe::{Observation, Observer};
pub use resolve::{Resolve, SystemResolver};
