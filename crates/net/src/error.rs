//! The ways in which a request fails.

use std::error::Error as _;
use std::time::Duration;

use hyper_util::client::legacy;

/// A request that got no response, or not the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The request cannot be sent as it is.
    #[error("the request is invalid: {0}")]
    Invalid(String),
    /// Too many callers wait already.
    #[error("too many outgoing requests wait")]
    Busy,
    /// The address filter allows none of the host's addresses.
    #[error("no address of {0} may be connected to")]
    Denied(String),
    /// No connection was made: the name is unknown, the host refuses, TLS fails, the proxy refuses.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// A time limit has passed.
    #[error("the {0} took longer than {1:?}")]
    Timeout(Phase, Duration),
    /// The response's body is larger than the limit, in bytes.
    #[error("the response has more than {0} bytes")]
    TooLarge(usize),
    /// The connection broke, or the peer does not speak HTTP.
    #[error("the exchange broke: {0}")]
    Broken(String),
}

/// The part of a request that a time limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Resolving, connecting, and TLS.
    Connect,
    /// Everything up to the head of the response.
    FirstByte,
    /// The whole request.
    Whole,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Phase::Connect => "connection",
            Phase::FirstByte => "first byte of the response",
            Phase::Whole => "request",
        })
    }
}

impl Error {
    /// Returns true if the peer may have seen the request, so that a retry may repeat its effect.
    pub fn was_sent(&self) -> bool {
        match self {
            Error::Invalid(_) | Error::Busy | Error::Denied(_) | Error::Connect(_) => false,
            Error::Timeout(phase, _) => *phase != Phase::Connect,
            Error::TooLarge(_) | Error::Broken(_) => true,
        }
    }

    /// A short name for metrics; there are seven.
    pub fn name(&self) -> &'static str {
        match self {
            Error::Invalid(_) => "invalid",
            Error::Busy => "busy",
            Error::Denied(_) => "denied",
            Error::Connect(_) => "connect",
            Error::Timeout(..) => "timeout",
            Error::TooLarge(_) => "too-large",
            Error::Broken(_) => "broken",
        }
    }

    /// The error of a client: one of ours, if our connector is where it comes from.
    pub(crate) fn of_client(error: &legacy::Error) -> Self {
        let mut source = error.source();
        let mut last = error.to_string();
        while let Some(inner) = source {
            if let Some(own) = inner.downcast_ref::<Error>() {
                return own.clone();
            }
            last = inner.to_string();
            source = inner.source();
        }
        if error.is_connect() { Error::Connect(last) } else { Error::Broken(last) }
    }
}
