//! Which parameters make which values, and which bytes the answers are.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shape::Decode;

use super::parameters::MOST_PARAMETERS;
use super::*;
use crate::testing::{BROKEN, FORGET, GONE, NODES_SERVICE, Node, PUT};

fn read_both(query: &str, body: &[u8]) -> Result<Node, String> {
    let body = Bytes::copy_from_slice(body);
    let none: [(&str, &str); 0] = [];
    let request =
        Incoming { method: "POST", path: "/", query, headers: &none, body: &body, stream: None };
    let mut reader = AwsQuery.read(&PUT, &request).map_err(|malformed| malformed.0)?;
    Node::decode(&mut *reader).map_err(|malformed| malformed.0)
}

fn read(body: &str) -> Result<Node, String> {
    read_both("", body.as_bytes())
}

fn node(body: &str) -> Node {
    read(body).expect("well-formed")
}

fn named(name: &str) -> Node {
    Node { name: Some(name.to_owned()), ..Node::default() }
}

fn check_refused(body: &str, message: &str) {
    assert_eq!(read(body), Err(message.to_owned()), "{body}");
}

#[test]
fn parameters_come_in_any_order_from_the_form_and_from_the_query_string() {
    let expected = Node {
        name: Some("a b+c é=".into()),
        count: Some(-3),
        flag: Some(true),
        child: Some(Box::new(named("inner"))),
        ..Node::default()
    };
    let all = "Flag=true&Child.Name=inner&Action=PutNode&Name=a+b%2Bc%20%C3%A9%3D&Count=-3";
    assert_eq!(node(all), expected);
    assert_eq!(read_both(all, b""), Ok(expected.clone()));
    let (query, form) = all.split_once("&Action").expect("two parts");
    assert_eq!(read_both(query, form.as_bytes()), Ok(expected));
}

#[test]
fn of_parameters_that_come_twice_the_last_one_counts_and_the_form_is_after_the_query_string() {
    assert_eq!(node("Name=a&Count=1&Name=b").name.as_deref(), Some("b"));
    assert_eq!(read_both("Name=query", b"Name=form").map(|node| node.name), Ok(named("form").name));
}

#[test]
fn a_list_is_in_the_order_of_its_numbers_whatever_is_missing_between_them() {
    let words = |body: &str| node(body).words.map(|words| words.concat());
    let body = "Words.member.10=d&Words.member.2=b&Words.member.1=a&Words.member.4000000000=e";
    assert_eq!(words(body).as_deref(), Some("abde"));
    assert_eq!(words("Words=").as_deref(), Some(""));
    assert_eq!(words("Wordsmith=x"), None);
    let nodes = node("Node.2.Name=b&Node.1.Count=1&Node.1.Name=a&Node.12.Name=c").nodes;
    let first = Node { count: Some(1), ..named("a") };
    assert_eq!(nodes, Some(vec![first, named("b"), named("c")]));
}

#[test]
fn an_empty_list_is_there_under_either_of_its_names() {
    assert_eq!(node("Nodes=").nodes, Some(vec![]));
    assert_eq!(node("Node=").nodes, Some(vec![]));
    assert_eq!(node("Nodes=x").nodes, None);
    assert_eq!(node("Nodes=&Node.1.Name=a").nodes, Some(vec![named("a")]));
}

#[test]
fn one_element_or_entry_may_come_without_a_number() {
    assert_eq!(node("Words=All").words, Some(vec!["All".to_owned()]));
    let attributes = node("Attribute.Name=k&Attribute.Value.Name=v").attributes;
    assert_eq!(attributes, Some(BTreeMap::from([("k".to_owned(), named("v"))])));
}

#[test]
fn a_map_is_made_of_keys_and_values() {
    let tags =
        node("Tags.entry.1.key=a&Tags.entry.1.value=b&Tags.entry.3.value=d&Tags.entry.3.key=c");
    let expected = BTreeMap::from([("a".to_owned(), "b".to_owned()), ("c".into(), "d".into())]);
    assert_eq!(tags.tags, Some(expected));
    let body = "Attribute.2.Name=k&Attribute.2.Value.Name=v&Attribute.1.Name=e";
    let expected = BTreeMap::from([("k".to_owned(), named("v")), ("e".into(), Node::default())]);
    assert_eq!(node(body).attributes, Some(expected));
    check_refused("Tags.entry.1.value=b", "A parameter has no value.");
    check_refused("Tags.entry.1.key=b", "A parameter has no value.");
}

#[test]
fn names_that_only_begin_alike_are_other_members() {
    // These sort around `Node`, between `Node` and `Node.1`, and after `Node.1.Name`.
    let body = "Nod=x&Node =x&Node-1.Name=x&Node/=x&NodeX.1.Name=x&Node.1.Name=a&Node.1.Name-=x\
                &Node.1.Named=x&Node.10.Name=c&Node.1.Nam=x&Node.2.Name=b";
    let expected =
        Node { nodes: Some(vec![named("a"), named("b"), named("c")]), ..Node::default() };
    assert_eq!(node(body), expected);
}

#[test]
fn a_value_of_another_kind_is_refused() {
    check_refused("Count=abc", "abc can not be converted to an Integer");
    check_refused("Count=", " can not be converted to an Integer");
    check_refused("Total=1.5", "1.5 can not be converted to a Long");
    check_refused("Flag=yes", "yes can not be converted to a Boolean");
    check_refused("Name.1=a", "A parameter has no value.");
    check_refused("Node.x.Name=a", "x is not the number of an element.");
    check_refused("Node.-1.Name=a", "-1 is not the number of an element.");
    check_refused("Node.+1.Name=a", " 1 is not the number of an element.");
    check_refused("Node.4294967296.Name=a", "4294967296 is not the number of an element.");
    check_refused("Moment=yesterday", "yesterday is not a timestamp.");
    check_refused("Name=%FF", "A parameter is not UTF-8.");
    assert!(read("Data=A").is_err_and(|text| text.starts_with("Invalid Base64")));
}

#[test]
fn moments_bytes_and_fractions_are_read_from_texts() {
    let read = node("Moment=2023-11-14T22%3A13%3A20.250Z&Data=AAH%2F&Ratio=2.5&Share=0.5");
    assert_eq!(read.moment.map(|moment| moment.millis()), Some(1_700_000_000_250));
    assert_eq!(read.data, Some(Bytes::from_static(&[0, 1, 255])));
    assert_eq!((read.ratio, read.share), (Some(2.5), Some(0.5)));
    assert_eq!(node("Moment=1700000000").moment.map(|m| m.seconds()), Some(1_700_000_000));
}

#[test]
fn parameters_have_a_limit_in_number_and_in_depth() {
    let many = |count: usize| "Words.member.1=x&".repeat(count);
    assert!(read(&many(MOST_PARAMETERS)).is_ok());
    check_refused(&many(MOST_PARAMETERS + 1), "A request has at most 4096 parameters.");
    check_refused(&many(1_000_000), "A request has at most 4096 parameters.");
    let deep = |levels: usize| format!("{}Name=x", "Child.".repeat(levels));
    assert!(read(&deep(127)).is_ok());
    check_refused(&deep(200_000), "Values nest more than 128 levels deep.");
}

#[test]
fn as_many_parameters_as_are_allowed_do_not_take_long() {
    let one = |n: usize| format!("Node.{n}.Attribute.1.Name=k&Node.{n}.Attribute.1.Value.Name=v");
    let body: Vec<String> = (1..=MOST_PARAMETERS / 2).map(one).collect();
    let nodes = node(&body.join("&")).nodes.expect("nodes");
    assert_eq!(nodes.len(), MOST_PARAMETERS / 2);
    assert!(nodes.iter().all(|node| node.attributes.as_ref().is_some_and(|map| map.len() == 1)));
}

#[test]
fn an_answer_is_wrapped_and_says_the_id_of_its_request() {
    let node = Node {
        flag: Some(false),
        child: Some(Box::new(named("<c>"))),
        words: Some(vec!["a".into(), "b".into()]),
        nodes: Some(vec![named("x"), Node::default()]),
        tags: Some(BTreeMap::from([("k".into(), "v".into()), ("l".into(), "w".into())])),
        attributes: Some(BTreeMap::from([("k".into(), named("v")), ("l".into(), named("w"))])),
        ..Node::default()
    };
    let expected = concat!(
        r#"<?xml version="1.0"?><PutNodeResponse xmlns="http://nodes.example/doc/2020-02-02/">"#,
        "<PutNodeResult><Flag>false</Flag><Child><Name>&lt;c&gt;</Name></Child>",
        "<Words><member>a</member><member>b</member></Words>",
        "<Node><Name>x</Name></Node><Node></Node>",
        "<Tags><entry><key>k</key><value>v</value></entry>",
        "<entry><key>l</key><value>w</value></entry></Tags>",
        "<Attribute><Name>k</Name><Value><Name>v</Name></Value></Attribute>",
        "<Attribute><Name>l</Name><Value><Name>w</Name></Value></Attribute>",
        "</PutNodeResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>",
        "</PutNodeResponse>",
    );
    let encoded = AwsQuery.answer(&NODES_SERVICE, &PUT, &node, "id");
    assert_eq!(std::str::from_utf8(&encoded.body), Ok(expected));
    assert_eq!((encoded.status, &*encoded.content_type), (200, "text/xml"));
    assert_eq!(encoded.headers, [("x-amzn-requestid".into(), "id".to_owned())]);
}

#[test]
fn an_answer_without_an_output_has_only_its_metadata() {
    let encoded = AwsQuery.answer(&NODES_SERVICE, &FORGET, &Node::default(), "a&b");
    let expected = concat!(
        r#"<?xml version="1.0"?><ForgetNodeResponse xmlns="http://nodes.example/doc/2020-02-02/">"#,
        "<ResponseMetadata><RequestId>a&amp;b</RequestId></ResponseMetadata></ForgetNodeResponse>",
    );
    assert_eq!(std::str::from_utf8(&encoded.body), Ok(expected));
}

#[test]
fn an_error_says_whose_fault_it_is() {
    let encoded = AwsQuery.fault(&NODES_SERVICE, &Fault::new(&GONE, "a < b"), "id");
    let expected = concat!(
        r#"<?xml version="1.0"?><ErrorResponse xmlns="http://nodes.example/doc/2020-02-02/">"#,
        "<Error><Type>Sender</Type><Code>Test.Gone</Code><Message>a &lt; b</Message><Detail/></Error>",
        "<RequestId>id</RequestId></ErrorResponse>",
    );
    assert_eq!(std::str::from_utf8(&encoded.body), Ok(expected));
    assert_eq!(encoded.status, 404);
    let broken = AwsQuery.fault(&NODES_SERVICE, &Fault::new(&BROKEN, ""), "id");
    assert!(String::from_utf8_lossy(&broken.body).contains("<Type>Receiver</Type>"));
    assert_eq!(broken.status, 503);
    let malformed = AwsQuery.malformed(Malformed("x".to_owned()));
    assert_eq!((malformed.code, malformed.status), ("InvalidParameterValue", 400));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        _ = read_both("", &bytes);
    }

    #[test]
    fn nothing_made_of_parameters_makes_the_reader_panic(
        text in r#"((Name|Child|Node|Tags|Words|member|entry|key|value|Attribute|[0-9é%+/!-]|\.){1,6}=[a-z0-9]?&){0,30}"#
    ) {
        _ = read(&text);
    }
}
