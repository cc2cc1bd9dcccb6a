//! Events that are sent.

use std::cell::RefCell;

use base::Timestamp;
use bytes::Bytes;
use futures::StreamExt;
use shape::stream::{Broken, EventSink, Outgoing, Pieces};
use shape::writer::Fill;
use shape::{
    Encode, Fault, ListSchema, Location, MapSchema, Member, Schema, Target, TimestampFormat, Writer,
};

use super::frame::Frame;
use crate::members::write_members;
use crate::rest::bound::bound;
use crate::rest::format::{Format, Root};
use crate::rest::payload;

/// The frames of events. `initial` is the document of the output's other members, where the protocol has
/// no other place for them: it comes first. A fault is the last frame.
pub(crate) fn outgoing(
    events: EventSink,
    format: &'static dyn Format,
    initial: Option<Vec<u8>>,
) -> Pieces {
    let initial = initial.map(|document| {
        let mut frame = event("initial-response");
        frame.headers.push((":content-type".to_owned(), format.content_type().to_owned()));
        frame.payload = Bytes::from(document);
        frame.write()
    });
    let frames = events.scan(false, move |is_over, event| {
        let frame = (!*is_over).then(|| frame(event, format, is_over));
        std::future::ready(frame)
    });
    futures::stream::iter(initial).chain(frames).boxed()
}

/// The frames of an output that has events; `None` for one that has none.
pub(crate) fn of_output(output: &dyn Encode, format: &'static dyn Format) -> Option<Pieces> {
    let schema = output.schema();
    if schema.members.iter().all(is_plain) {
        return None;
    }
    let mut taker = Taker { format, events: None, frame: None };
    write_members(output, |member| !is_plain(member), &mut taker);
    let root = Root { name: schema.xml_name, namespace: None };
    let document = format.write(root, &mut |writer| {
        writer.structure(schema, &mut |writer| write_members(output, is_plain, writer));
    });
    let events = taker.events.unwrap_or_else(|| futures::stream::empty().boxed());
    Some(outgoing(events, format, Some(document)))
}

fn is_plain(member: &Member) -> bool {
    !matches!(member.target, Target::Events(_))
}

fn event(kind: &str) -> Frame {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![header(":message-type", "event"), header(":event-type", kind)];
    Frame { headers, payload: Bytes::new() }
}

fn frame(
    event: Outgoing,
    format: &'static dyn Format,
    is_over: &mut bool,
) -> Result<Bytes, Broken> {
    match event {
        Ok(event) => {
            let mut taker = Taker { format, events: None, frame: None };
            write_members(&*event, |_| true, &mut taker);
            let frame = taker.frame.ok_or_else(|| Broken("An event of no kind.".to_owned()))?;
            frame.write()
        }
        Err(fault) => {
            *is_over = true;
            exception(&fault, format).write()
        }
    }
}

/// The frame of the error that ends a stream.
fn exception(fault: &Fault, format: &'static dyn Format) -> Frame {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header(":message-type", "exception"),
        header(":exception-type", fault.name),
        header(":content-type", format.content_type()),
    ];
    let payload = Bytes::from(format.fault(&shape::ServiceModel::BARE, fault, ""));
    Frame { headers, payload }
}

/// Takes the events of an output, or the one member of an event.
struct Taker {
    format: &'static dyn Format,
    events: Option<EventSink>,
    frame: Option<Frame>,
}

/// A structure that is being written.
struct Filled<'a, 'f>(&'static Schema, RefCell<&'a mut Fill<'f>>);

impl Encode for Filled<'_, '_> {
    fn schema(&self) -> &'static Schema {
        self.0
    }

    fn encode(&self, writer: &mut dyn Writer) {
        writer.structure(self.0, &mut **self.1.borrow_mut());
    }
}

impl Writer for Taker {
    fn member(&mut self, member: &'static Member) {
        self.frame = Some(event(member.name));
    }

    fn structure(&mut self, schema: &'static Schema, fill: &mut Fill) {
        let Some(frame) = &mut self.frame else { return };
        let value = Filled(schema, RefCell::new(fill));
        let body = payload::body(&value, self.format, None);
        if !body.content_type.is_empty() {
            frame.headers.push((":content-type".to_owned(), body.content_type.to_owned()));
        }
        let headers = bound(&value).into_iter();
        let headers = headers.filter(|bound| bound.member.location == Location::Header);
        frame.headers.extend(headers.map(|bound| (bound.member.wire_name.to_owned(), bound.text)));
        frame.payload = Bytes::from(body.bytes);
    }

    fn events(&mut self, value: EventSink) {
        self.events = Some(value);
    }

    // An event is a structure: nothing else is written here.
    fn boolean(&mut self, _: bool) {}
    fn integer(&mut self, _: i32) {}
    fn long(&mut self, _: i64) {}
    fn float(&mut self, _: f32) {}
    fn double(&mut self, _: f64) {}
    fn string(&mut self, _: &str) {}
    fn blob(&mut self, _: &[u8]) {}
    fn timestamp(&mut self, _: Timestamp, _: TimestampFormat) {}
    fn list(&mut self, _: &'static ListSchema, _: usize, _: &mut Fill) {}
    fn map(&mut self, _: &'static MapSchema, _: usize, _: &mut Fill) {}
    fn item(&mut self) {}
    fn key(&mut self, _: &str) {}
}
