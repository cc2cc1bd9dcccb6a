//! HTTP for the whole program: connections, requests, endpoints. It knows no operation and no service.
//!
//! HTTP/1.1 and HTTP/2 on one port: in clear (HTTP/2 by prior knowledge) or over TLS. Every request passes the same
//! stations, and none is passed over:
//!
//! ```text
//! accept ─ TLS ─ head ─ route ─ admission ─ host and origin filter ─ body ─ handler ─ answer
//!                 │       │         │                │                │        │         │
//!            ambiguous?  404/405  503: busy     403: foreign     limits, time  deadline  counted until read
//! ```
//!
//! - An [`Endpoint`] says which requests it takes (host, path, methods), within which limits, which web pages may call
//!   it, and who answers: a [`Handler`] of whole requests, a handler of streams, or of WebSockets.
//! - The [`Router`] finds the endpoint of a request. Two endpoints that claim the same requests are an error at start.
//! - Memory is bounded: bodies are admitted as they arrive, answers are counted until their client has read them, and a
//!   client that reads nothing for [`Limits::write_time`] loses its connection.
//! - A handler says in its [`Response`] for which [`Tenant`] it has answered. A connection that has answered for none yet
//!   has proven nothing: all of these share a part of the memory. The unread answers of one tenant have a share too.
//! - A caller that goes away drops the handler's future: nothing that must be finished may depend on its being polled.
//!
//! The texts of refusals are not this crate's: a [`Wording`] is given to [`serve`].

mod activity;
mod admission;
mod answer;
mod body;
mod connection;
mod deadline;
mod descriptors;
mod endpoint;
mod gzip;
mod head;
mod host;
mod limits;
mod listen;
mod metrics;
mod origin_filter;
mod outgoing;
mod receive;
mod refusal;
mod request;
mod response;
mod router;
mod serve;
mod stop;
mod tenant;
#[cfg(test)]
mod tests;
pub mod tls;
mod websocket;

pub use body::{Body, BodyError, RequestBody};
pub use descriptors::connections;
pub use endpoint::{Endpoint, Handler, Pages};
pub use host::{AllowedHosts, Host};
pub use limits::Limits;
pub use listen::{Connection, Listener};
pub use metrics::{FailedHandshake, HttpMetrics};
pub use origin_filter::Origin;
pub use refusal::{Refusal, Wording};
pub use request::{Head, Request, StreamedRequest, Transport};
pub use response::Response;
pub use router::{Conflict, Router};
pub use serve::{Server, serve};
pub use stop::{Stop, Stopper, stop};
pub use tenant::Tenant;
pub use websocket::{Closed, Message, WebSocket};
