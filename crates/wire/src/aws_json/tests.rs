//! What is read and written, byte for byte, and what is refused.

use proptest::prelude::*;
use shape::Decode;

use super::*;
use crate::MOST_DEPTH;
use crate::testing::{BROKEN, FORGET, GONE, JSON_SERVICE, NODES_SERVICE, Node, PUT};

fn read(body: &[u8]) -> Result<Node, String> {
    let body = Bytes::copy_from_slice(body);
    let none: [(&str, &str); 0] = [];
    let request = Incoming {
        method: "POST",
        path: "/",
        query: "",
        headers: &none,
        body: &body,
        stream: None,
    };
    let mut reader = AwsJson::V1_0.read(&PUT, &request).map_err(|malformed| malformed.0)?;
    Node::decode(&mut *reader).map_err(|malformed| malformed.0)
}

fn node(body: &str) -> Node {
    read(body.as_bytes()).expect("well-formed")
}

fn check_refused(body: &str, message: &str) {
    assert_eq!(read(body.as_bytes()), Err(message.to_owned()), "{body}");
}

fn written(node: &Node) -> String {
    let encoded = AwsJson::V1_0.answer(&NODES_SERVICE, &PUT, node, "id");
    String::from_utf8(encoded.body.to_vec()).expect("UTF-8")
}

#[test]
fn members_come_in_any_order_and_those_unknown_or_null_are_passed_over() {
    let read = node(
        r#" { "Total" : 5, "Count": -7, "Unknown": {"a": [1, {"b": null}]}, "Flag": true,
              "Name": null, "Words": ["a", "\u00e9\n"], "Tags": {"k": "v"} } "#,
    );
    let expected = Node {
        total: Some(5),
        count: Some(-7),
        flag: Some(true),
        words: Some(vec!["a".into(), "é\n".into()]),
        tags: Some([("k".into(), "v".into())].into()),
        ..Node::default()
    };
    assert_eq!(read, expected);
}

#[test]
fn no_body_is_a_structure_without_members() {
    assert_eq!(node(""), Node::default());
    assert_eq!(node(" \r\n"), Node::default());
    assert_eq!(node("{}"), Node::default());
}

#[test]
fn of_members_that_come_twice_the_last_one_counts() {
    assert_eq!(node(r#"{"Name": "a", "Name": "b"}"#).name.as_deref(), Some("b"));
    let tags = node(r#"{"Tags": {"k": "a", "k": "b"}}"#).tags.expect("tags");
    assert_eq!(tags["k"], "b");
}

#[test]
fn whole_numbers_may_be_written_as_fractions_but_not_as_texts() {
    assert_eq!(node(r#"{"Count": 5.0, "Total": 1e3}"#).total, Some(1000));
    assert_eq!(node(r#"{"Total": -9223372036854775808}"#).total, Some(i64::MIN));
    check_refused(r#"{"Count": 5.5}"#, "5.5 can not be converted to an Integer");
    check_refused(r#"{"Count": 2147483648}"#, "2147483648 can not be converted to an Integer");
    check_refused(
        r#"{"Total": 9223372036854775808}"#,
        "9223372036854775808 can not be converted to a Long",
    );
    check_refused(r#"{"Count": "5"}"#, "STRING_VALUE can not be converted to an Integer");
}

#[test]
fn numbers_that_json_does_not_have_are_texts() {
    assert_eq!(node(r#"{"Ratio": "Infinity"}"#).ratio, Some(f64::INFINITY));
    assert!(node(r#"{"Ratio": "NaN"}"#).ratio.is_some_and(f64::is_nan));
    let ratio = Node { ratio: Some(f64::NEG_INFINITY), share: Some(0.1), ..Node::default() };
    assert_eq!(written(&ratio), r#"{"Ratio":"-Infinity","Share":0.1}"#);
}

#[test]
fn a_value_of_another_kind_is_refused_in_the_words_of_aws() {
    check_refused(r#"{"Name": 5}"#, "NUMBER_VALUE can not be converted to a String");
    check_refused(r#"{"Name": true}"#, "TRUE_VALUE can not be converted to a String");
    check_refused(r#"{"Name": {}}"#, "Start of structure or map found where not expected.");
    check_refused(r#"{"Name": []}"#, "Start of list found where not expected.");
    check_refused(r#"{"Flag": "true"}"#, "STRING_VALUE can not be converted to a Boolean");
    check_refused(r#"{"Words": ["a", null]}"#, "NULL_VALUE can not be converted to a String");
    check_refused(r#"{"Moment": "now"}"#, "STRING_VALUE can not be converted to a Timestamp");
    check_refused(r#"[]"#, "Start of list found where not expected.");
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    check_refused(r#"{"Name": "a""#, "EOF while parsing an object at line 1 column 12");
    check_refused("{\"Name\":\n x}", "The request is not valid JSON.");
    check_refused(r#"{} {}"#, "trailing characters at line 1 column 4");
    check_refused(
        "{\"Name\": \"\n\"}",
        "control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0",
    );
    assert!(read(b"{\"Name\": \"\xff\"}").is_err_and(|text| text.starts_with("invalid unicode")));
    check_refused(r#"{"Name": "\ud800"}"#, "unexpected end of hex escape at line 1 column 17");
}

#[test]
fn bytes_are_base64() {
    assert_eq!(node(r#"{"Data": "AAH/"}"#).data, Some(Bytes::from_static(&[0, 1, 255])));
    let data = Node { data: Some(Bytes::from_static(b"\0\x01\xff")), ..Node::default() };
    assert_eq!(written(&data), r#"{"Data":"AAH/"}"#);
    for text in ["A", "AAH/=", "AA H", "_-==", "AB=="] {
        let refused = read(format!(r#"{{"Data": "{text}"}}"#).as_bytes());
        assert!(refused.is_err_and(|text| text.starts_with("Invalid Base64")), "{text}");
    }
}

#[test]
fn moments_are_seconds() {
    let read = node(r#"{"Moment": 1700000000.25}"#);
    assert_eq!(read.moment.map(|moment| moment.millis()), Some(1_700_000_000_250));
    assert_eq!(written(&read), r#"{"Moment":1700000000.25}"#);
    check_refused(r#"{"Moment": -1}"#, "-1 is not a timestamp.");
}

#[test]
fn values_nest_to_a_limit() {
    let nested = |levels: usize| {
        let levels = levels - 1;
        [r#"{"Child":"#.repeat(levels), "{}".to_owned(), "}".repeat(levels)].concat()
    };
    assert!(read(nested(MOST_DEPTH).as_bytes()).is_ok());
    check_refused(&nested(MOST_DEPTH + 1), "Values nest more than 128 levels deep.");
    for bomb in [r#"{"Child":"#, r#"{"Unknown":["#, r#"{"Nodes":[{"Tags":"#] {
        assert!(read(bomb.repeat(100_000).as_bytes()).is_err());
        let unknown = format!(r#"{{"Unknown":{}"#, "[".repeat(1_000_000));
        assert!(read(unknown.as_bytes()).is_err());
    }
}

#[test]
fn a_list_has_a_limit_too() {
    let list = |length: usize| format!(r#"{{"Nodes":[{}{{}}]}}"#, "{},".repeat(length - 1));
    assert_eq!(node(&list(65_536)).nodes.map(|nodes| nodes.len()), Some(65_536));
    check_refused(&list(65_537), "A list or a map has more than 65536 elements.");
}

#[test]
fn an_answer_says_its_type_and_the_id_of_its_request() {
    let child = Node { name: Some("\"c\"".into()), ..Node::default() };
    let node = Node {
        count: Some(1),
        child: Some(Box::new(child.clone())),
        words: Some(vec![]),
        nodes: Some(vec![Node::default(), child]),
        tags: Some([("a\n".into(), "b".into()), ("c".into(), "d".into())].into()),
        ..Node::default()
    };
    let body = r#"{"Count":1,"Child":{"Name":"\"c\""},"Words":[],"Nodes":[{},{"Name":"\"c\""}],"Tags":{"a\n":"b","c":"d"}}"#;
    let expected = Encoded {
        status: 200,
        content_type: "application/x-amz-json-1.1".into(),
        headers: vec![("x-amzn-requestid".into(), "id".to_owned())],
        body: Bytes::from_static(body.as_bytes()),
        stream: None,
    };
    assert_eq!(AwsJson::V1_1.answer(&NODES_SERVICE, &PUT, &node, "id"), expected);
    let empty = AwsJson::V1_0.answer(&NODES_SERVICE, &FORGET, &node, "id");
    assert_eq!((empty.status, empty.body), (200, Bytes::new()));
}

#[test]
fn an_error_has_a_type_and_for_old_clients_the_code_of_query() {
    let fault = Fault::new(&GONE, "It is \"gone\".");
    let encoded = AwsJson::V1_0.fault(&NODES_SERVICE, &fault, "id");
    let body = r#"{"__type":"com.example.nodes#NodeGone","message":"It is \"gone\"."}"#;
    assert_eq!(encoded.body, body);
    assert_eq!(encoded.status, 400);
    let id = ("x-amzn-requestid".into(), "id".to_owned());
    let code = ("x-amzn-query-error".into(), "Test.Gone;Sender".to_owned());
    assert_eq!(encoded.headers, [id.clone(), code]);
    let broken = AwsJson::V1_0.fault(&NODES_SERVICE, &Fault::new(&BROKEN, ""), "id");
    assert_eq!(broken.status, 500);
    assert_eq!(broken.headers[1].1, "Test.Broken;Receiver");

    static ONLY_JSON: ServiceModel = JSON_SERVICE;
    let encoded = AwsJson::V1_1.fault(&ONLY_JSON, &fault, "id");
    assert_eq!((encoded.status, encoded.headers), (404, vec![id]));
}

#[test]
fn an_error_of_no_model_is_one_of_those_common_to_all_services() {
    let fault = AwsJson::V1_0.malformed(Malformed("What?".to_owned()));
    let encoded = AwsJson::V1_0.fault(&NODES_SERVICE, &fault, "id");
    let body = r#"{"__type":"com.amazon.coral.service#SerializationException","message":"What?"}"#;
    assert_eq!((encoded.status, encoded.body), (400, Bytes::from_static(body.as_bytes())));
    let unavailable = AwsJson::V1_0.fault(&NODES_SERVICE, &Fault::unavailable("x"), "id");
    assert_eq!(unavailable.status, 503);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        _ = read(&bytes);
    }

    #[test]
    fn nothing_made_of_json_makes_the_reader_panic(
        text in r#"\{("(Name|Child|Nodes|Tags|Data|Count)":|[\[\]{},:"0-9.eE\\-]|null|true){0,40}"#
    ) {
        _ = read(text.as_bytes());
    }
}
