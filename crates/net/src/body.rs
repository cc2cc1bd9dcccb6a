//! Bodies of requests and responses.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Sleep;

use crate::admission::Permit;
use crate::error::{Error, Phase};

/// The body of a request.
pub struct RequestBody(UnsyncBoxBody<Bytes, Box<dyn StdError + Send + Sync>>);

impl RequestBody {
    /// A body that is in memory.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        RequestBody(Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync())
    }

    /// A body that is read while it is sent; an error of it breaks the exchange.
    pub fn stream<E>(stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Self
    where
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        let frames = stream.map(|bytes| bytes.map(Frame::data).map_err(Into::into));
        RequestBody(StreamBody::new(frames).boxed_unsync())
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Box<dyn StdError + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// The body of a response: a stream of pieces that ends with an error at its limits. The request counts
/// as in flight until the body has been read or is dropped.
pub struct ResponseBody {
    incoming: Incoming,
    left: usize,
    limit: usize,
    deadline: Pin<Box<Sleep>>,
    time: Duration,
    ended: bool,
    permit: Option<Permit>,
}

/// The bounds of a response's body.
pub(crate) struct Bounds {
    pub(crate) bytes: usize,
    pub(crate) deadline: Pin<Box<Sleep>>,
    pub(crate) time: Duration,
    pub(crate) permit: Permit,
}

impl ResponseBody {
    pub(crate) fn new(incoming: Incoming, bounds: Bounds) -> Self {
        ResponseBody {
            incoming,
            left: bounds.bytes,
            limit: bounds.bytes,
            deadline: bounds.deadline,
            time: bounds.time,
            ended: false,
            permit: Some(bounds.permit),
        }
    }

    /// Reads the whole body.
    pub async fn collect(mut self) -> Result<Bytes, Error> {
        let Some(first) = self.next().await.transpose()? else { return Ok(Bytes::new()) };
        let mut all = BytesMut::from(first);
        while let Some(piece) = self.next().await {
            all.extend_from_slice(&piece?);
        }
        Ok(all.freeze())
    }

    fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(Error::Timeout(Phase::Whole, self.time))));
        }
        loop {
            let frame = match ready!(Pin::new(&mut self.incoming).poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => {
                    return Poll::Ready(Some(Err(Error::Broken(error.to_string()))));
                }
                Some(Ok(frame)) => frame,
            };
            // Trailers are passed over.
            if let Ok(data) = frame.into_data() {
                return Poll::Ready(Some(self.take(data)));
            }
        }
    }

    fn take(&mut self, data: Bytes) -> Result<Bytes, Error> {
        self.left = self.left.checked_sub(data.len()).ok_or(Error::TooLarge(self.limit))?;
        Ok(data)
    }
}

impl Stream for ResponseBody {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let item = ready!(self.poll_data(context));
        if !matches!(item, Some(Ok(_))) {
            self.ended = true;
            self.permit = None;
        }
        Poll::Ready(item)
    }
}
