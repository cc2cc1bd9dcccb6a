//! The limits of connections and requests.

use std::time::Duration;

/// The limits of connections and requests. Whatever passes one is refused; nothing grows without a bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at one time; more are turned away.
    pub connections: usize,
    /// Bytes of a request's line and headers.
    pub head: usize,
    /// Bytes of a request's body, as sent and as decompressed.
    pub body: usize,
    /// Requests that are being answered at one time; more are refused.
    pub requests: usize,
    /// Bytes of all bodies, of requests and of long answers, that are held at one time.
    pub bodies: usize,
    /// The longest time for a request's head, from its first byte; checked every half of it.
    pub head_time: Duration,
    /// The longest time for a request's body; of a streamed one, for each piece.
    pub body_time: Duration,
    /// The longest time from a request to its answer; long polls take 20 seconds.
    pub answer_time: Duration,
    /// The longest time that a connection stays open without a request.
    pub idle_time: Duration,
    /// The longest time in which a client reads nothing of an answer: 64 KiB, or the rest of it.
    pub write_time: Duration,
    /// Requests at one time on one HTTP/2 connection.
    pub streams: u32,
    /// The longest time for running requests to finish once the program is asked to stop.
    pub grace: Duration,
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
            write_time: Duration::from_secs(30),
            streams: 100,
            grace: Duration::from_secs(10),
        }
    }
}
