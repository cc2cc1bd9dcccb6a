//! How much of everything a caller may ask for.

use std::time::Duration;

/// The limits of the HTTP side. What passes one is refused; nothing here grows without a bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Connections at one time; more are turned away.
    pub(crate) connections: usize,
    /// Bytes of a request's line and headers.
    pub(crate) head: usize,
    /// Bytes of a request's body, as sent and as decompressed.
    pub(crate) body: usize,
    /// Requests that are being answered at one time; more are refused.
    pub(crate) requests: usize,
    /// Bytes of all bodies, of requests and of long answers, that are held at one time.
    pub(crate) bodies: usize,
    /// How long a request's head may take, from its first byte; checked every half of it.
    pub(crate) head_time: Duration,
    /// How long a request's body may take.
    pub(crate) body_time: Duration,
    /// How long a request may wait for its answer once it is there whole; long polls take 20 seconds.
    pub(crate) answer_time: Duration,
    /// How long a connection may stay open without a request.
    pub(crate) idle_time: Duration,
    /// Requests at one time on one HTTP/2 connection.
    pub(crate) streams: u32,
    /// How long running requests may take to finish once the program is asked to stop.
    pub(crate) grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 16_384,
            requests: 32_768,
            head: 16 * 1024,
            // A message of 1 MiB takes up to six when every character is escaped.
            body: 8 * 1024 * 1024,
            bodies: 256 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(60),
            answer_time: Duration::from_secs(60),
            idle_time: Duration::from_secs(120),
            streams: 256,
            grace: Duration::from_secs(10),
        }
    }
}
