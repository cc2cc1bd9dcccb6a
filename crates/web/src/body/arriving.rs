//! The body of a streamed request.

use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};

use crate::admission::Permit;
use crate::deadline::within;
use crate::receive::piece;
use crate::refusal::Refusal;

/// A request's body that is read piece by piece. The client sends on as pieces are taken: nothing is read ahead but what
/// the connection buffers.
#[derive(Debug)]
pub struct RequestBody {
    incoming: Incoming,
    left: u64,
    piece_time: Duration,
    _permit: Permit,
}

impl RequestBody {
    /// A body of at most `most` bytes, of which each piece comes within `piece_time`.
    pub(crate) fn new(
        incoming: Incoming,
        most: u64,
        piece_time: Duration,
        permit: Permit,
    ) -> Result<Self, Refusal> {
        match incoming.size_hint().lower() > most {
            true => Err(Refusal::BodyTooLarge),
            false => Ok(RequestBody { incoming, left: most, piece_time, _permit: permit }),
        }
    }

    /// The number of bytes that the client has announced and that are still to come; `None` if it has not.
    pub fn announced(&self) -> Option<u64> {
        self.incoming.size_hint().exact()
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// The body is longer than allowed, broke off, or stood still for too long.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        let next = within(self.piece_time, piece(&mut self.incoming)).await;
        let Some(bytes) = next.unwrap_or(Err(Refusal::BodyTooSlow))? else { return Ok(None) };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or(Refusal::BodyTooLarge)?;
        Ok(Some(bytes))
    }
}
