//! The body of an answer on its way to the client, counted until it is written.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use crate::activity::Activity;
use crate::admission::Permit;
use crate::body::{Body, BodyError};
use crate::tenant::Share;

/// The largest piece that is handed to the connection at once. HTTP/2 buffers what it is handed while the client's window
/// is closed, so a piece is the granularity of progress.
const PIECE: usize = 64 * 1024;

/// Bodies up to this length go over HTTP/1.1 without a count of their own: the connection has one answer at a time.
const SMALL: usize = 4 * 1024;

/// An answer's body. It is counted from the start, and each piece until the connection has written it.
pub(crate) struct Outgoing {
    body: Body,
    permit: Permit,
    _share: Option<Share>,
    is_counted: bool,
    /// A stream keeps its connection busy, also while there is nothing to send.
    streaming: Option<Streaming>,
}

/// A connection is busy with a streamed answer until this is dropped.
struct Streaming(Arc<Activity>);

impl Drop for Streaming {
    fn drop(&mut self) {
        self.0.stream_ended();
    }
}

/// Bytes that give their part of the count back when the connection has written and dropped them.
struct Counted {
    bytes: Bytes,
    _permit: Permit,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Outgoing {
    /// A body with what counts it: its permit, and its part of a tenant's share. Over HTTP/2 every byte is counted until it is written.
    pub(crate) fn new(
        body: Body,
        (permit, share): (Permit, Option<Share>),
        activity: &Arc<Activity>,
        is_http2: bool,
    ) -> Self {
        let is_counted = is_http2 || body.full().is_none_or(|bytes| bytes.len() > SMALL);
        let streaming = body.full().is_none().then(|| activity.stream_begun());
        let streaming = streaming.map(|()| Streaming(Arc::clone(activity)));
        Outgoing { body, permit, _share: share, is_counted, streaming }
    }

    fn counted(&mut self, bytes: Bytes) -> Bytes {
        if !self.is_counted {
            return bytes;
        }
        let permit = self.permit.split(bytes.len());
        Bytes::from_owner(Counted { bytes, _permit: permit })
    }
}

impl hyper::body::Body for Outgoing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let piece = match &mut self.body {
            Body::Full(bytes) if bytes.is_empty() => None,
            Body::Full(bytes) => Some(Ok(bytes.split_to(bytes.len().min(PIECE)))),
            Body::Stream(pieces) => std::task::ready!(pieces.as_mut().poll_next(cx)),
        };
        Poll::Ready(piece.map(|piece| {
            let bytes = piece?;
            if self.streaming.is_some() {
                self.permit.add(bytes.len());
            }
            Ok(Frame::data(self.counted(bytes)))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.full().is_some_and(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Body::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Body::Stream(_) => SizeHint::default(),
        }
    }
}
