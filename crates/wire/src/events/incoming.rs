//! Events that come.

use base::Timestamp;
use bytes::Bytes;
use futures::StreamExt;
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::stream::{EventSource, Pieces, ReadEvent};
use shape::{ListSchema, Malformed, MapSchema, Reader, Schema, TimestampFormat};

use super::frame::{Frame, Frames};
use crate::codec::Headers;
use crate::rest::format::Format;
use crate::rest::reader::{Parts, RestReader};
use crate::rest::{misplaced, nothing_else};

/// What is left of a stream of events.
struct State {
    pieces: Pieces,
    frames: Frames,
    format: &'static dyn Format,
    is_over: bool,
}

/// The events in these bytes. The first that cannot be read is the last.
pub(crate) fn incoming(pieces: Pieces, format: &'static dyn Format) -> EventSource {
    let state = State { pieces, frames: Frames::new(), format, is_over: false };
    futures::stream::unfold(state, |mut state| async move {
        if state.is_over {
            return None;
        }
        let event = next(&mut state).await?;
        state.is_over = event.is_err();
        Some((event, state))
    })
    .boxed()
}

async fn next(state: &mut State) -> Option<Result<Box<dyn ReadEvent>, Malformed>> {
    loop {
        match state.frames.next() {
            Err(broken) => return Some(Err(Malformed(broken.0))),
            // The other members of a message with events have been read by then.
            Ok(Some(frame)) if frame.header(":event-type") == Some("initial-request") => {}
            Ok(Some(frame)) if frame.header(":event-type") == Some("initial-response") => {}
            Ok(Some(frame)) => return Some(event(frame, state.format)),
            Ok(None) => match state.pieces.next().await {
                Some(Ok(bytes)) => state.frames.push(&bytes),
                Some(Err(broken)) => return Some(Err(Malformed(broken.0))),
                None if state.frames.is_empty() => return None,
                None => return Some(Err(Malformed("A message is cut off.".to_owned()))),
            },
        }
    }
}

fn event(frame: Frame, format: &'static dyn Format) -> Result<Box<dyn ReadEvent>, Malformed> {
    if frame.header(":message-type") == Some("event") {
        return Ok(Box::new(Event { frame, format }));
    }
    let name = frame.header(":exception-type").or_else(|| frame.header(":error-code"));
    Err(Malformed(format!("The stream ends with {}.", name.unwrap_or("an error"))))
}

struct Event {
    frame: Frame,
    format: &'static dyn Format,
}

impl ReadEvent for Event {
    fn read(
        &self,
        read: &mut dyn FnMut(&mut dyn Reader) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        read(&mut EventReader(self))
    }
}

impl Headers for Frame {
    fn get(&self, name: &str) -> Option<&str> {
        self.header(name)
    }

    fn each(&self, seen: &mut dyn FnMut(&str, &str)) {
        self.headers.iter().for_each(|(name, value)| seen(name, value));
    }
}

/// Reads the structure that has a member for each kind of event.
struct EventReader<'e>(&'e Event);

impl Reader for EventReader<'_> {
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let frame = &self.0.frame;
        let kind = frame.header(":event-type").unwrap_or_default();
        let Some(index) = schema.members.iter().position(|member| member.name == kind) else {
            return Ok(());
        };
        let parts = Parts {
            path: "",
            template: "",
            query: "",
            headers: frame,
            status: None,
            body: &frame.payload,
            stream: None,
        };
        each(index, &mut RestReader::new(parts, self.0.format))
    }

    nothing_else! {
        "This value":
        boolean() -> bool;
        integer() -> i32;
        long() -> i64;
        float() -> f32;
        double() -> f64;
        string() -> String;
        blob() -> Bytes;
        timestamp(TimestampFormat) -> Timestamp;
        list(&'static ListSchema, &mut EachItem) -> ();
        map(&'static MapSchema, &mut EachEntry) -> ();
    }
}
