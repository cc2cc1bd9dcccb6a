//! Bytes and events that come or go while an operation runs.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};

use crate::reader::{Decode, Malformed, Reader};
use crate::schema::Target;
use crate::value::Value;
use crate::writer::{Encode, Writer};

/// A stream has ended before its time; the text is for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(pub String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// Bytes, whole or still to come. Who takes them has them: a clone shares them.
#[derive(Clone, Default)]
pub struct ByteStream(Arc<Mutex<Source>>);

/// The pieces of a stream.
pub type Pieces = BoxStream<'static, Result<Bytes, Broken>>;

#[derive(Default)]
enum Source {
    #[default]
    Taken,
    Whole(Bytes),
    Pieces(Pieces),
}

impl ByteStream {
    /// Bytes that come piece by piece.
    pub fn of(pieces: Pieces) -> Self {
        ByteStream(Arc::new(Mutex::new(Source::Pieces(pieces))))
    }

    /// All bytes, if they are there already.
    pub fn whole(&self) -> Option<Bytes> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Source::Whole(bytes) => Some(bytes.clone()),
            Source::Taken => Some(Bytes::new()),
            Source::Pieces(_) => None,
        }
    }

    /// Takes the bytes; after that the stream is empty.
    pub fn take(&self) -> Pieces {
        let source = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        match source {
            Source::Whole(bytes) => futures::stream::iter([Ok(bytes)]).boxed(),
            Source::Pieces(pieces) => pieces,
            Source::Taken => futures::stream::empty().boxed(),
        }
    }
}

impl From<Bytes> for ByteStream {
    fn from(bytes: Bytes) -> Self {
        ByteStream(Arc::new(Mutex::new(Source::Whole(bytes))))
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ByteStream").field(&self.whole().map(|bytes| bytes.len())).finish()
    }
}

/// Streams are the same if their bytes are there and the same, or if they are one.
impl PartialEq for ByteStream {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || self.whole().is_some_and(|bytes| Some(bytes) == other.whole())
    }
}

/// An event as it is sent: a structure of which one member is there, or the error that ends the stream.
pub type Outgoing = Result<Box<dyn Encode + Send>, crate::Fault>;

/// Events to be sent, whatever their type.
pub type EventSink = BoxStream<'static, Outgoing>;

/// Events as they come, each with a reader of the structure of which one member is there.
pub type EventSource = BoxStream<'static, Result<Box<dyn ReadEvent>, Malformed>>;

/// An event that has come and has not been read.
pub trait ReadEvent: Send {
    /// Calls back with a reader that stands before the event.
    fn read(
        &self,
        read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>,
    ) -> Result<(), Malformed>;
}

/// Typed events. Each is a structure of which one member is there: the kind of event.
pub struct Events<T>(Arc<Mutex<Flow>>, PhantomData<fn() -> T>);

#[derive(Default)]
enum Flow {
    #[default]
    Taken,
    Out(EventSink),
    In(EventSource),
}

impl<T: Encode + Send + 'static> Events<T> {
    /// Events to be sent, until the end or until a fault.
    pub fn out(events: BoxStream<'static, Result<T, crate::Fault>>) -> Self {
        let sink = events.map(|event| event.map(|event| Box::new(event) as Box<dyn Encode + Send>));
        Events::flowing(Flow::Out(sink.boxed()))
    }
}

impl<T: Decode + Send + 'static> Events<T> {
    /// Takes the events that come; after that there are none.
    pub fn take(&self) -> BoxStream<'static, Result<T, Malformed>> {
        let flow = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let Flow::In(source) = flow else { return futures::stream::empty().boxed() };
        source.map(|event| event.and_then(|event| typed(&*event))).boxed()
    }
}

fn typed<T: Decode>(event: &dyn ReadEvent) -> Result<T, Malformed> {
    let mut value = None;
    event.read(&mut |reader| {
        value = Some(T::decode(reader)?);
        Ok(())
    })?;
    value.ok_or_else(|| Malformed("An event has no content.".to_owned()))
}

impl<T> Events<T> {
    fn flowing(flow: Flow) -> Self {
        Events(Arc::new(Mutex::new(flow)), PhantomData)
    }
}

impl<T> Clone for Events<T> {
    fn clone(&self) -> Self {
        Events(Arc::clone(&self.0), PhantomData)
    }
}

impl<T> Default for Events<T> {
    fn default() -> Self {
        Events::flowing(Flow::Taken)
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

/// Events are the same if they are one stream, or if nothing is left of either.
impl<T> PartialEq for Events<T> {
    fn eq(&self, other: &Self) -> bool {
        let taken = |events: &Self| {
            matches!(&*events.0.lock().unwrap_or_else(PoisonError::into_inner), Flow::Taken)
        };
        Arc::ptr_eq(&self.0, &other.0) || taken(self) && taken(other)
    }
}

impl<T: Decode + Encode + 'static> Value for Events<T> {
    fn read(reader: &mut dyn Reader, _: &'static Target) -> Result<Self, Malformed> {
        reader.events().map(|source| Events::flowing(Flow::In(source)))
    }

    fn write(&self, writer: &mut dyn Writer, _: &'static Target) {
        let flow = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if let Flow::Out(sink) = flow {
            writer.events(sink);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    /// All pieces of a stream that waits for nothing.
    fn pieces(stream: &ByteStream) -> Vec<Result<Bytes, Broken>> {
        stream.take().collect().now_or_never().expect("all pieces are there")
    }

    #[test]
    fn a_stream_can_be_taken_once() {
        let stream = ByteStream::from(Bytes::from_static(b"abc"));
        let clone = stream.clone();
        assert_eq!(stream, clone);
        assert_eq!(pieces(&stream), [Ok(Bytes::from_static(b"abc"))]);
        assert_eq!(pieces(&clone), []);
    }

    #[test]
    fn what_is_still_to_come_is_not_there() {
        let coming = ByteStream::of(futures::stream::iter([Ok(Bytes::from_static(b"a"))]).boxed());
        assert_eq!(coming.whole(), None);
        assert_ne!(coming, ByteStream::from(Bytes::from_static(b"a")));
        assert_eq!(coming, coming.clone());
    }
}
