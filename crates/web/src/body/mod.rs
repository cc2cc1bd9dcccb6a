//! Bodies, both ways: whole, or as a stream of pieces.

mod arriving;

use std::fmt;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use futures::{Stream, TryStreamExt};

pub use arriving::RequestBody;

/// The body of a response.
pub enum Body {
    /// The whole body.
    Full(Bytes),
    /// Pieces that are sent as they come. The next piece is asked for when the client has taken the one before, so
    /// a slow client holds one piece. There is no deadline for the whole; a client that takes nothing for
    /// [`Limits::write_time`](crate::Limits::write_time) loses its connection.
    Stream(BoxStream<'static, Result<Bytes, BodyError>>),
}

/// The reason why a streamed body ends before its end. The connection (over HTTP/2 the stream) is broken off, so that the
/// client does not take the part for the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyError(pub String);

impl Body {
    /// A body of pieces.
    pub fn stream<E: fmt::Display>(
        pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Self {
        Body::Stream(pieces.map_err(|error| BodyError(error.to_string())).boxed())
    }

    /// The whole body; `None` if it is a stream.
    pub fn full(&self) -> Option<&Bytes> {
        match self {
            Body::Full(bytes) => Some(bytes),
            Body::Stream(_) => None,
        }
    }
}

impl<B: Into<Bytes>> From<B> for Body {
    fn from(bytes: B) -> Self {
        Body::Full(bytes.into())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Full(bytes) => write!(f, "Full({} bytes)", bytes.len()),
            Body::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BodyError {}
