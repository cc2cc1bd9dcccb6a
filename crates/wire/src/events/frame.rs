//! Frames: messages with headers.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder, write_message_to};
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::{Bytes, BytesMut};
use shape::stream::Broken;

use super::MOST_BYTES;

/// A message: its headers that are texts, and its payload.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) headers: Vec<(String, String)>,
    pub(super) payload: Bytes,
}

impl Frame {
    /// The header with this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The message as bytes.
    pub(super) fn write(self) -> Result<Bytes, Broken> {
        let mut message = Message::new(self.payload);
        for (name, value) in self.headers {
            message = message.add_header(Header::new(name, HeaderValue::String(value.into())));
        }
        let mut out = Vec::new();
        let written = write_message_to(&message, &mut out);
        written.map(|()| Bytes::from(out)).map_err(|error| Broken(error.to_string()))
    }
}

/// Makes frames of pieces of bytes.
pub(super) struct Frames {
    decoder: MessageFrameDecoder,
    buffer: BytesMut,
}

impl Frames {
    pub(super) fn new() -> Self {
        Frames { decoder: MessageFrameDecoder::new(), buffer: BytesMut::new() }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether no frame has begun.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The next whole frame, if it is there.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, Broken> {
        if let Some(length) = self.buffer.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))
        {
            let length = length as usize;
            if length > MOST_BYTES {
                return Err(Broken(format!("A message announces {length} bytes.")));
            }
            if self.buffer.len() < length {
                return Ok(None);
            }
        }
        match self.decoder.decode_frame(&mut self.buffer) {
            Ok(DecodedFrame::Complete(message)) => Ok(Some(frame(&message))),
            Ok(DecodedFrame::Incomplete) => Ok(None),
            Err(error) => Err(Broken(error.to_string())),
        }
    }
}

fn frame(message: &Message) -> Frame {
    let headers = message.headers().iter().filter_map(|header| {
        let value = header.value().as_string().ok()?.as_str().to_owned();
        Some((header.name().as_str().to_owned(), value))
    });
    Frame { headers: headers.collect(), payload: message.payload().clone() }
}
