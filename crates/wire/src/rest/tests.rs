//! Which member stands where.

use std::collections::BTreeMap;

use base::Timestamp;
use bytes::Bytes;
use proptest::prelude::*;
use shape::constants::*;
use shape::{
    ByteStream, Decode, ErrorModel, ListSchema, MapSchema, Member, Target, Text, TimestampFormat,
};

use super::*;
use crate::client::{self, Lines};
use crate::testing::{NODES_SERVICE, Node};
use shape::Protocol;

shape::structures! {
    Everywhere "EverywhereRequest" {
        0 bucket: String = Member::new("Bucket", STRING).required().at(Location::Uri);
        1 key: String = Member::new("Key", STRING).required().at(Location::Uri);
        2 limit: Option<i32> = Member::new("Limit", INTEGER).named("max-keys").at(Location::Query);
        3 names: Option<Vec<String>> = Member::new("Names", Target::List(&NAMES)).named("name").at(Location::Query);
        4 since: Option<Timestamp> = Member::new("Since", TIMESTAMP).named("If-Modified-Since").at(Location::Header);
        5 expires: Option<Timestamp> = Member::new("Expires", Target::Timestamp(TimestampFormat::Iso8601)).named("x-expires").at(Location::Header);
        6 kinds: Option<Vec<String>> = Member::new("Kinds", Target::List(&NAMES)).named("x-kinds").at(Location::Header);
        7 metadata: Option<BTreeMap<String, String>> = Member::new("Metadata", Target::Map(&METADATA)).named("x-meta-").at(Location::Headers);
        8 body: Option<Node> = Member::new("Body", Target::of::<Node>()).named("Wrapped").namespace("", "urn:own").at(Location::Payload);
    }
    Upload "UploadRequest" {
        0 data: ByteStream = Member::new("Data", Target::Stream).at(Location::Payload);
    }
    Outcome "ResultOutput" "Result" {
        0 status: i32 = Member::new("Status", INTEGER).at(Location::StatusCode);
        1 kind: Option<String> = Member::new("Kind", STRING).named("Content-Type").at(Location::Header);
        2 tag: Option<String> = Member::new("Tag", STRING).named("ETag").at(Location::Header);
        3 owner: Option<String> = Member::new("Owner", STRING).named("ownerName");
        4 grantee: Option<Grantee> = Member::new("Grantee", Target::of::<Grantee>()).namespace("xsi", "urn:xsi");
    }
    Grantee "Grantee" {
        0 id: Option<String> = Member::new("ID", STRING);
        1 kind: String = Member::new("Type", STRING).named("xsi:type").required().attribute();
    }
    Throttled "Throttled" {
        0 retry: Option<String> = Member::new("Retry", STRING).named("Retry-After").at(Location::Header);
        1 kind: Option<String> = Member::new("Kind", STRING);
    }
}

shape::schemas! {
    shared NAMES: ListSchema = ListSchema::of(STRING);
    shared METADATA: MapSchema = MapSchema::of(Text::ANY, STRING);
}

static PUT: OperationModel = OperationModel::new("Put")
    .http("PUT", "/{Bucket}/{Key+}?put")
    .takes(Everywhere::SCHEMA)
    .gives(Outcome::SCHEMA);
static UPLOAD: OperationModel = OperationModel::new("Upload").takes(Upload::SCHEMA).status(201);
static THROTTLED: ErrorModel = ErrorModel::new("Throttled", 429).message("Message");

fn everywhere() -> Everywhere {
    let names = || vec!["a b".to_owned(), "c,\"d\"".to_owned()];
    Everywhere {
        bucket: "b ü/".into(),
        key: "k/1 +".into(),
        limit: Some(5),
        names: Some(names()),
        since: Some(Timestamp::from_millis(1_700_000_000_000)),
        expires: Some(Timestamp::from_millis(1_700_000_000_250)),
        kinds: Some(names()),
        metadata: Some([("one".to_owned(), "1".to_owned())].into()),
        body: Some(Node { name: Some("n".into()), ..Node::default() }),
    }
}

#[test]
fn every_member_has_its_place_in_a_request() {
    let request = client::request(Protocol::RestXml, &NODES_SERVICE, &PUT, &everywhere());
    assert_eq!(request.path, "/b%20%C3%BC%2F/k/1%20%2B");
    assert_eq!(request.query, "put&max%2Dkeys=5&name=a%20b&name=c%2C%22d%22");
    let header = |name| crate::codec::Headers::get(&request.headers, name);
    assert_eq!(header("if-modified-since"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
    assert_eq!(header("x-expires"), Some("2023-11-14T22:13:20.250Z"));
    assert_eq!(header("x-kinds"), Some(r#"a b, "c,\"d\"""#));
    assert_eq!(header("x-meta-one"), Some("1"));
    let body = r#"<?xml version="1.0"?><Wrapped xmlns="urn:own"><Name>n</Name></Wrapped>"#;
    assert_eq!(request.body, body);
}

#[test]
fn a_request_is_read_as_it_was_written() {
    for (protocol, codec) in [(Protocol::RestXml, &Rest::XML), (Protocol::RestJson, &Rest::JSON)] {
        let request = client::request(protocol, &NODES_SERVICE, &PUT, &everywhere());
        let incoming = request.incoming();
        let mut reader = codec.read(&PUT, &incoming).expect("a reader");
        assert_eq!(Everywhere::decode(&mut *reader), Ok(everywhere()));
    }
}

#[test]
fn a_streaming_payload_is_handed_on_unread() {
    let stream = ByteStream::of(Box::pin(futures::stream::pending()));
    let none: [(&str, &str); 0] = [];
    let body = Bytes::new();
    let request = Incoming {
        method: "POST",
        path: "/",
        query: "",
        headers: &none,
        body: &body,
        stream: Some(&stream),
    };
    let mut reader = Rest::JSON.read(&UPLOAD, &request).expect("a reader");
    let input = Upload::decode(&mut *reader).expect("an input");
    assert_eq!(input.data, stream);
    let answer = Rest::JSON.answer(&NODES_SERVICE, &UPLOAD, &input, "id");
    assert_eq!((answer.status, answer.body), (201, Bytes::new()));
    static DOWNLOAD: OperationModel = OperationModel::new("Download").gives(Upload::SCHEMA);
    let answer = Rest::JSON.answer(&NODES_SERVICE, &DOWNLOAD, &input, "id");
    assert_eq!(answer.stream.as_ref(), Some(&stream));
}

#[test]
fn an_output_says_its_status_and_type_and_the_rest_is_a_document() {
    let grantee = Grantee { id: Some("i".into()), kind: "a\n\"b".into() };
    let output = Outcome {
        status: 206,
        kind: Some("text/x".into()),
        tag: Some("t".into()),
        owner: Some("o".into()),
        grantee: Some(grantee),
    };
    let answer = Rest::XML.answer(&NODES_SERVICE, &PUT, &output, "id");
    assert_eq!((answer.status, &*answer.content_type), (206, "text/x"));
    assert!(answer.headers.contains(&("etag".into(), "t".to_owned())));
    let xml = r#"<?xml version="1.0"?><Result xmlns="http://nodes.example/doc/2020-02-02/"><ownerName>o</ownerName><Grantee xmlns:xsi="urn:xsi" xsi:type="a&#xA;&quot;b"><ID>i</ID></Grantee></Result>"#;
    assert_eq!(answer.body, xml);
    let json = Rest::JSON.answer(&NODES_SERVICE, &PUT, &output, "id");
    assert_eq!(json.body, r#"{"ownerName":"o","Grantee":{"ID":"i","xsi:type":"a\n\"b"}}"#);
    for (protocol, answer) in [(Protocol::RestXml, answer), (Protocol::RestJson, json)] {
        let mut read = None;
        client::answer(protocol, &PUT, &answer, &mut |reader| {
            read = Some(Outcome::decode(reader)?);
            Ok(())
        })
        .expect("an output");
        assert_eq!(read.as_ref(), Some(&output));
    }
}

#[test]
fn an_error_has_its_status_its_name_and_its_members() {
    let members = Throttled { retry: Some("5".into()), kind: Some("k".into()) };
    let fault = Fault::new(&THROTTLED, "Slower.").with(members);
    let json = Rest::JSON.fault(&NODES_SERVICE, &fault, "id");
    assert_eq!((json.status, json.body), (429, Bytes::from(r#"{"Message":"Slower.","Kind":"k"}"#)));
    let name = ("x-amzn-errortype".into(), "Throttled".to_owned());
    assert!(json.headers.contains(&name));
    assert!(json.headers.contains(&("retry-after".into(), "5".to_owned())));
    let xml = Rest::XML.fault(&NODES_SERVICE, &Fault::new(&THROTTLED, "<"), "id");
    let body = r#"<?xml version="1.0"?><Error><Code>Throttled</Code><Message>&lt;</Message><RequestId>id</RequestId></Error>"#;
    assert_eq!(xml.body, body);
}

fn read_xml(body: &str) -> Result<Node, String> {
    let mut reader =
        crate::xml::XmlReader::new(body.as_bytes()).map_err(|malformed| malformed.0)?;
    Node::decode(&mut reader).map_err(|malformed| malformed.0)
}

#[test]
fn xml_is_read_whatever_its_prefixes_and_refused_if_it_declares_entities_or_nests_too_deep() {
    let read = read_xml(
        "<x:N xmlns:x='urn:x'><x:Name>a<![CDATA[<]]>&#x62;</x:Name><Count> 7 </Count></x:N>",
    );
    let read = read.expect("well-formed");
    assert_eq!((read.name.as_deref(), read.count), (Some("a<b"), Some(7)));
    assert!(read_xml("<!DOCTYPE x [<!ENTITY a 'b'>]><N><Name>&a;</Name></N>").is_err());
    assert!(read_xml("<N><Name>a</N>").is_err() && read_xml("").is_err());
    assert!(read_xml("<N><Count>x</Count></N>").is_err());
    let deep = |levels: usize| {
        ["<N>", &"<Child>".repeat(levels), &"</Child>".repeat(levels), "</N>"].concat()
    };
    assert!(read_xml(&deep(crate::MOST_DEPTH)).is_ok());
    assert!(read_xml(&deep(crate::MOST_DEPTH + 1)).is_err());
    assert!(read_xml(&deep(200_000)).is_err());
}

proptest! {
    #[test]
    fn nothing_that_looks_like_xml_makes_the_reader_panic(
        text in "(<(/?(Name|Child|Node|Tags|entry|key|value|Data)|!\\[CDATA\\[|\\?)>?|[a-z&;#<>\"= ]|&#x?[0-9]{1,3};|\\]\\]>){0,40}"
    ) {
        _ = read_xml(&text);
    }

    #[test]
    fn no_path_or_header_makes_the_reader_panic(path in ".{0,40}", query in ".{0,40}", value in ".{0,40}") {
        let body = Bytes::from(value.clone());
        let headers = Lines(vec![("x-kinds".into(), value.clone()), ("x-meta-".into(), value.clone()), (value, String::new())]);
        let request = Incoming { method: "PUT", path: &path, query: &query, headers: &headers, body: &body, stream: None };
        let mut reader = Rest::XML.read(&PUT, &request).expect("a reader");
        _ = Everywhere::decode(&mut *reader);
    }
}
