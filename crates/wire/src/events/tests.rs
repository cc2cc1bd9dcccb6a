//! Events there and back, and frames of others.

use base::Timestamp;
use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use proptest::prelude::*;
use shape::constants::{BLOB, INTEGER, STRING, TIMESTAMP};
use shape::stream::Pieces;
use shape::{
    ByteStream, Decode, ErrorModel, Events, Fault, Location, Member, OperationModel, Target,
};

use super::frame::Frames;
use super::incoming;
use crate::codec::Codec;
use crate::rest::Rest;
use crate::rest::format::{Format, JsonDocuments, RestDocuments, XmlDocuments};
use crate::testing::NODES_SERVICE;

shape::structures! {
    Output "Output" {
        0 name: Option<String> = Member::new("Name", STRING);
        1 events: Events<Event> = Member::new("Events", Target::events::<Event>());
    }
    Payload "Payload" {
        0 events: Events<Event> = Member::new("Events", Target::events::<Event>()).at(Location::Payload);
    }
    Event "Event" {
        0 records: Option<Records> = Member::new("Records", Target::of::<Records>());
        1 progress: Option<Progress> = Member::new("Progress", Target::of::<Progress>());
        2 end: Option<End> = Member::new("End", Target::of::<End>());
    }
    Records "Records" {
        0 payload: Bytes = Member::new("Payload", BLOB).at(Location::Payload);
        1 kind: Option<String> = Member::new("Kind", STRING).named("record-kind").at(Location::Header);
    }
    Progress "Progress" {
        0 done: i32 = Member::new("Done", INTEGER);
        1 at: Option<Timestamp> = Member::new("At", TIMESTAMP);
    }
    End "End" {}
}

static STREAM: OperationModel = OperationModel::new("Stream").gives(Output::SCHEMA);
static REST_STREAM: OperationModel = OperationModel::new("Stream").gives(Payload::SCHEMA);
static LOST: ErrorModel = ErrorModel::new("LostException", 400);

fn samples() -> Vec<Event> {
    let payload = Bytes::from_static(b"a,b\n");
    let at = Some(Timestamp::from_millis(1_700_000_000_500));
    vec![
        Event { records: Some(Records { payload, kind: Some("csv".into()) }), ..Event::default() },
        Event { progress: Some(Progress { done: 7, at }), ..Event::default() },
        Event { end: Some(End {}), ..Event::default() },
    ]
}

fn events(items: Vec<Result<Event, Fault>>) -> Events<Event> {
    Events::out(futures::stream::iter(items).boxed())
}

fn bytes(pieces: Pieces) -> Bytes {
    let pieces: Vec<_> = pieces.collect().now_or_never().expect("nothing to wait for");
    Bytes::from(
        pieces.into_iter().map(|piece| piece.expect("a frame")).collect::<Vec<_>>().concat(),
    )
}

/// Reads events of bytes that come in pieces of this size.
fn read(bytes: &Bytes, size: usize, format: &'static dyn Format) -> Vec<Result<Event, String>> {
    let pieces: Vec<_> =
        bytes.chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let source = incoming(futures::stream::iter(pieces).boxed(), format);
    let read: Vec<_> = source.collect().now_or_never().expect("nothing to wait for");
    let typed = |event: Result<Box<dyn shape::stream::ReadEvent>, shape::Malformed>| {
        let mut value = None;
        event?.read(&mut |reader| {
            value = Some(Event::decode(reader)?);
            Ok(())
        })?;
        Ok::<_, shape::Malformed>(value.expect("an event"))
    };
    read.into_iter().map(|event| typed(event).map_err(|malformed| malformed.0)).collect()
}

#[test]
fn events_are_read_as_they_were_sent_in_pieces_of_any_size() {
    let formats: [(&'static dyn Codec, &'static dyn Format); 2] =
        [(&Rest::JSON, &RestDocuments), (&Rest::XML, &XmlDocuments)];
    for (codec, format) in formats {
        let output = Payload { events: events(samples().into_iter().map(Ok).collect()) };
        let encoded = codec.answer(&NODES_SERVICE, &REST_STREAM, &output, "id");
        assert_eq!(&*encoded.content_type, "application/vnd.amazon.eventstream");
        let sent = bytes(encoded.stream.expect("a stream").take());
        for size in [1, 7, 10_000] {
            let expected: Vec<_> = samples().into_iter().map(Ok).collect();
            assert_eq!(read(&sent, size, format), expected);
        }
    }
}

#[test]
fn the_other_members_of_an_output_come_first_where_there_is_no_other_place() {
    let codec = crate::codec_for(shape::Protocol::AwsJson11);
    let output = Output { name: Some("n".into()), events: events(vec![Ok(samples().remove(1))]) };
    let encoded = codec.answer(&NODES_SERVICE, &STREAM, &output, "id");
    let sent = bytes(encoded.stream.expect("a stream").take());
    let mut frames = Frames::new();
    frames.push(&sent);
    let first = frames.next().expect("a frame").expect("whole");
    assert_eq!(first.header(":event-type"), Some("initial-response"));
    assert_eq!(first.payload, r#"{"Name":"n"}"#);
    let second = frames.next().expect("a frame").expect("whole");
    assert_eq!(second.header(":event-type"), Some("Progress"));
    assert_eq!(second.payload, r#"{"Done":7,"At":1700000000.5}"#);
    assert_eq!(read(&sent, 100, &JsonDocuments), [Ok(samples().remove(1))]);
}

#[test]
fn a_fault_ends_the_stream() {
    let fault = Fault::new(&LOST, "It is lost.");
    let items = vec![Ok(samples().remove(0)), Err(fault), Ok(samples().remove(2))];
    let output = Payload { events: events(items) };
    let encoded = Rest::JSON.answer(&NODES_SERVICE, &REST_STREAM, &output, "id");
    let sent = bytes(encoded.stream.expect("a stream").take());
    let found = read(&sent, 100, &RestDocuments);
    let end = Err("The stream ends with LostException.".to_owned());
    assert_eq!(found, [Ok(samples().remove(0)), end]);
}

/// The example of the specification: a message without headers and payload is sixteen bytes long.
#[test]
fn a_frame_of_others_is_read_and_one_with_a_wrong_checksum_refused() {
    let empty = [0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xC2, 0x48, 0xEB, 0x7D, 0x98, 0xC8, 0xFF];
    let mut frames = Frames::new();
    frames.push(&empty);
    let frame = frames.next().expect("a frame").expect("whole");
    assert_eq!((frame.headers, frame.payload), (vec![], Bytes::new()));
    for at in 0..empty.len() {
        let mut wrong = empty;
        wrong[at] ^= 1;
        let mut frames = Frames::new();
        frames.push(&wrong);
        assert!(!matches!(frames.next(), Ok(Some(_))), "byte {at}");
    }
}

#[test]
fn a_frame_that_announces_too_much_or_is_cut_off_is_the_end() {
    let huge = Bytes::from_static(&[0x7F, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(read(&huge, 8, &RestDocuments).len(), 1);
    assert!(read(&huge, 8, &RestDocuments)[0].is_err());
    let cut = Bytes::from_static(&[0, 0, 0, 0x10, 0, 0]);
    assert_eq!(read(&cut, 2, &RestDocuments), [Err("A message is cut off.".to_owned())]);
}

#[test]
fn an_input_can_have_events_too() {
    let output = Payload { events: events(samples().into_iter().map(Ok).collect()) };
    let sent = Rest::JSON.answer(&NODES_SERVICE, &REST_STREAM, &output, "id").stream;
    let none: [(&str, &str); 0] = [];
    let (body, stream) = (Bytes::new(), ByteStream::of(sent.expect("a stream").take()));
    let request = crate::Incoming {
        method: "POST",
        path: "/",
        query: "",
        headers: &none,
        body: &body,
        stream: Some(&stream),
    };
    let mut reader = Rest::JSON.read(&REST_STREAM, &request).expect("a reader");
    let input = Payload::decode(&mut *reader).expect("an input");
    let events: Vec<_> = input.events.take().collect().now_or_never().expect("all");
    assert_eq!(events, samples().into_iter().map(Ok).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), size in 1usize..50) {
        _ = read(&Bytes::from(bytes), size, &RestDocuments);
    }
}
