//! What is read and written, byte for byte, and what is refused.

use proptest::prelude::*;
use shape::Decode;

use super::*;
use crate::MOST_DEPTH;
use crate::testing::{GONE, NODES_SERVICE, Node, NodeGone, PUT};

fn read(body: &[u8]) -> Result<Node, String> {
    let mut reader = CborReader::new(body, false);
    Node::decode(&mut reader).map_err(|malformed| malformed.0)
}

/// A map with one member of `Node`.
fn member(name: &str, value: &[u8]) -> Vec<u8> {
    let mut body = vec![0xA1, 0x60 + name.len() as u8];
    body.extend(name.as_bytes());
    body.extend(value);
    body
}

fn node(name: &str, value: &[u8]) -> Node {
    read(&member(name, value)).expect("well-formed")
}

/// The examples of RFC 8949, appendix A.
#[test]
fn numbers_of_every_width_are_read() {
    assert_eq!(node("Total", &[0x17]).total, Some(23));
    assert_eq!(node("Total", &[0x1A, 0x00, 0x0F, 0x42, 0x40]).total, Some(1_000_000));
    assert_eq!(node("Total", &[0x39, 0x03, 0xE7]).total, Some(-1000));
    assert_eq!(node("Ratio", &[0xF9, 0x3E, 0x00]).ratio, Some(1.5));
    assert_eq!(node("Ratio", &[0xF9, 0xC4, 0x00]).ratio, Some(-4.0));
    assert_eq!(node("Ratio", &[0xFA, 0x47, 0xC3, 0x50, 0x00]).ratio, Some(100_000.0));
    assert_eq!(node("Ratio", &[0xF9, 0x7C, 0x00]).ratio, Some(f64::INFINITY));
    assert!(read(&member("Total", &[0x1B, 255, 255, 255, 255, 255, 255, 255, 255])).is_err());
    assert!(read(&member("Count", &[0x1A, 255, 255, 255, 255])).is_err());
}

#[test]
fn texts_bytes_lists_and_maps_may_be_of_unknown_length() {
    assert_eq!(node("Name", b"\x7F\x61a\x62bc\xFF").name.as_deref(), Some("abc"));
    assert_eq!(
        node("Data", b"\x5F\x42\x01\x02\x41\x03\xFF").data,
        Some(Bytes::from_static(&[1, 2, 3]))
    );
    let words = node("Words", b"\x9F\x61a\x61b\xFF").words;
    assert_eq!(words, Some(vec!["a".to_owned(), "b".to_owned()]));
    let tags = node("Tags", b"\xBF\x61k\x61v\xFF").tags.expect("tags");
    assert_eq!(tags["k"], "v");
    assert!(read(&member("Name", b"\x7F\x41a\xFF")).is_err());
}

#[test]
fn members_that_are_unknown_or_null_are_passed_over() {
    let body = b"\xA3\x61x\x82\x01\xA1\x61y\xF6\x64Name\xF6\x65Count\x07";
    assert_eq!(read(body), Ok(Node { count: Some(7), ..Node::default() }));
}

#[test]
fn moments_are_tagged_seconds() {
    let tagged = node("Moment", &[0xC1, 0xFB, 0x41, 0xD4, 0x52, 0xD9, 0xEC, 0x20, 0x00, 0x00]);
    assert_eq!(tagged.moment.map(|moment| moment.millis()), Some(1_363_896_240_500));
    let whole = node("Moment", &[0xC1, 0x1A, 0x51, 0x4B, 0x67, 0xB0]);
    assert_eq!(whole.moment.map(|moment| moment.millis()), Some(1_363_896_240_000));
    let body = member("Moment", &[0xC1, 0x1B, 0, 0, 0x01, 0x3D, 0x8E, 0x8D, 0x07, 0x80]);
    let millis = Node::decode(&mut CborReader::new(&body, true)).expect("well-formed");
    assert_eq!(millis.moment.map(|moment| moment.millis()), Some(0x013D_8E8D_0780));
}

#[test]
fn what_is_announced_and_not_there_takes_no_memory() {
    for huge in [0x5B, 0x7B, 0x9B, 0xBB] {
        for name in ["Name", "Data", "Words", "Tags", "Other"] {
            let value = [huge, 0x0F, 255, 255, 255, 255, 255, 255, 255];
            assert!(read(&member(name, &value)).is_err(), "{name} {huge}");
        }
    }
    assert!(read(&[]).is_ok() && read(&[0xA0, 0xA0]).is_err());
}

#[test]
fn values_nest_to_a_limit() {
    let nested = |levels: usize| {
        let mut body = b"\xA1\x65Child".repeat(levels - 1);
        body.push(0xA0);
        body
    };
    assert!(read(&nested(MOST_DEPTH)).is_ok());
    assert!(read(&nested(MOST_DEPTH + 1)).is_err());
    assert!(read(&member("Other", &[0x81; 1_000_000])).is_err());
    assert!(read(&member("Other", &[0xC1; 1_000_000])).is_err());
}

#[test]
fn an_error_has_a_type_a_text_and_members() {
    let gone = NodeGone { name: "n".into(), count: Some(1) };
    let fault = Fault::new(&GONE, "It is gone.").with(gone);
    let encoded = Cbor::RPC_V2.fault(&NODES_SERVICE, &fault, "id");
    let expected = b"\xBF\x66__type\x78\x1Acom.example.nodes#NodeGone\x67message\x6BIt is gone.\x64Name\x61n\x65Count\x01\xFF";
    assert_eq!(encoded.body, expected[..]);
    assert_eq!((encoded.status, &*encoded.content_type), (400, "application/cbor"));
    assert!(encoded.headers.contains(&("smithy-protocol".into(), "rpc-v2-cbor".to_owned())));
}

#[test]
fn an_answer_is_read_back() {
    let node = Node { total: Some(-5), ratio: Some(0.1), flag: Some(true), ..Node::default() };
    let encoded = Cbor::AWS_1_1.answer(&NODES_SERVICE, &PUT, &node, "id");
    assert_eq!(read(&encoded.body), Ok(node));
    assert_eq!(&*encoded.content_type, "application/x-amz-cbor-1.1");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        _ = read(&bytes);
        _ = read(&member("Nodes", &bytes));
        _ = read(&member("Other", &bytes));
    }
}
