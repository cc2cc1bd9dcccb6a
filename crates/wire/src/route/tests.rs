//! Which operation is found, and who is refused how.

use bytes::Bytes;
use shape::constants::STRING;
use shape::{Decode, Member};

use super::*;
use crate::codec::Headers;

shape::structures! {
    Put "PutRequest" {
        0 bucket: String = Member::new("Bucket", STRING).required().at(shape::Location::Uri);
    }
    Part "PartRequest" {
        0 number: String = Member::new("partNumber", STRING).required().at(shape::Location::Query);
    }
    Copy "CopyRequest" {
        0 source: String = Member::new("Source", STRING).named("x-amz-copy-source").required().at(shape::Location::Header);
    }
}

static OBJECTS: ServiceModel = ServiceModel {
    name: "objects",
    signing_name: "objects",
    endpoint_prefix: "objects",
    protocols: &[Protocol::RestXml],
    operations: &[
        &OperationModel::new("CopyObject").http("PUT", "/{Bucket}/{Key+}").takes(Copy::SCHEMA),
        &OperationModel::new("CreateBucket").http("PUT", "/{Bucket}").takes(Put::SCHEMA),
        &OperationModel::new("GetObject").http("GET", "/{Bucket}/{Key+}"),
        &OperationModel::new("GetObjectAcl").http("GET", "/{Bucket}/{Key+}?acl"),
        &OperationModel::new("ListBuckets").http("GET", "/"),
        &OperationModel::new("ListObjects").http("GET", "/{Bucket}"),
        &OperationModel::new("ListObjectsV2").http("GET", "/{Bucket}?list-type=2"),
        &OperationModel::new("PutObject").http("PUT", "/{Bucket}/{Key+}").takes(Put::SCHEMA),
        &OperationModel::new("UploadPart").http("PUT", "/{Bucket}/{Key+}").takes(Part::SCHEMA),
    ],
    ..ServiceModel::BARE
};

static FUNCTIONS: ServiceModel = ServiceModel {
    name: "functions",
    signing_name: "functions",
    endpoint_prefix: "functions",
    protocols: &[Protocol::RestJson],
    operations: &[
        &OperationModel::new("GetAccount").http("GET", "/2015/functions/settings"),
        &OperationModel::new("GetFunction").http("GET", "/2015/functions/{Name}"),
        &OperationModel::new("ListFunctions").http("GET", "/2015/functions/"),
    ],
    ..ServiceModel::BARE
};

static STREAMS: ServiceModel = ServiceModel {
    name: "streams",
    signing_name: "streams",
    endpoint_prefix: "data-streams",
    target_prefix: "Streams_2013",
    version: "2013",
    protocols: &[Protocol::RpcV2Cbor, Protocol::AwsJson11, Protocol::AwsCbor11, Protocol::AwsQuery],
    operations: &[
        &OperationModel::new("GetRecords"),
        &OperationModel::new("StartLive").host_prefix("live-"),
    ],
    ..ServiceModel::BARE
};

struct Sent {
    method: &'static str,
    path: &'static str,
    headers: Vec<(&'static str, &'static str)>,
}

impl Headers for Sent {
    fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn each(&self, _: &mut dyn FnMut(&str, &str)) {}
}

fn find(sent: &Sent, body: &'static str, hint: Hint<'static>) -> Result<Routed<'static>, String> {
    let table = RouteTable::new([&FUNCTIONS, &STREAMS], [&OBJECTS, &FUNCTIONS]);
    let (path, query) = sent.path.split_once('?').unwrap_or((sent.path, ""));
    let body = Bytes::from_static(body.as_bytes());
    let request =
        Incoming { method: sent.method, path, query, headers: sent, body: &body, stream: None };
    table.find(&request, hint).map_err(|not_found| {
        let speaks = not_found.speaks.map_or("", |(service, _)| service.name);
        format!("{} {} {speaks}", not_found.fault.status, not_found.fault.code)
    })
}

fn rest(method: &'static str, path: &'static str, signed_for: &'static str) -> String {
    let sent = Sent { method, path, headers: vec![] };
    let hint = Hint { signed_for, ..Hint::default() };
    find(&sent, "", hint).map_or_else(|error| error, |routed| routed.operation.name.to_owned())
}

#[test]
fn what_is_constant_comes_before_labels_and_these_before_greedy_ones() {
    assert_eq!(rest("GET", "/2015/functions/settings", ""), "GetAccount");
    assert_eq!(rest("GET", "/2015/functions/x", ""), "GetFunction");
    assert_eq!(rest("GET", "/2015/functions", "functions"), "ListFunctions");
    assert_eq!(rest("GET", "/2015/functions/", ""), "ListFunctions");
    assert_eq!(rest("GET", "/", "objects"), "ListBuckets");
    assert_eq!(rest("GET", "/b/", "objects"), "ListObjects");
    assert_eq!(rest("GET", "/b?list-type=2&prefix=x", "objects"), "ListObjectsV2");
    assert_eq!(rest("GET", "/b?list-type=1", "objects"), "ListObjects");
    assert_eq!(rest("GET", "/b/a/c/?acl", "objects"), "GetObjectAcl");
    assert_eq!(rest("PUT", "/b", "objects"), "CreateBucket");
}

#[test]
fn operations_with_one_path_are_told_apart_by_what_they_require() {
    assert_eq!(rest("PUT", "/b/k", "objects"), "PutObject");
    assert_eq!(rest("PUT", "/b/k?partNumber=1", "objects"), "UploadPart");
    let headers = vec![("x-amz-copy-source", "/a/b")];
    let sent = Sent { method: "PUT", path: "/b/k", headers };
    let hint = Hint { signed_for: "objects", ..Hint::default() };
    assert_eq!(find(&sent, "", hint).map(|routed| routed.operation.name), Ok("CopyObject"));
}

#[test]
fn a_service_that_is_not_served_must_be_named() {
    assert_eq!(rest("GET", "/2015/functions/x", "objects"), "GetObject");
    assert_eq!(rest("GET", "/favicon.ico", ""), "400 MissingAction ");
    assert_eq!(rest("GET", "/elsewhere", "functions"), "404 UnknownOperationException functions");
    let sent = Sent { method: "GET", path: "/k", headers: vec![] };
    let hint = Hint { host: "bucket.objects.eu-west-1.amazonaws.com", ..Hint::default() };
    let routed = find(&sent, "", hint).expect("an operation");
    assert_eq!((routed.operation.name, routed.region), ("ListObjects", Some("eu-west-1")));
}

fn rpc(headers: &[(&'static str, &'static str)], body: &'static str) -> (String, Option<Protocol>) {
    let sent = Sent { method: "POST", path: "/", headers: headers.to_vec() };
    match find(&sent, body, Hint::default()) {
        Ok(routed) => (routed.operation.name.to_owned(), Some(routed.protocol)),
        Err(error) => (error, None),
    }
}

#[test]
fn a_target_names_the_operation_and_the_content_type_the_protocol() {
    let at = |content_type| {
        rpc(&[("x-amz-target", "Streams_2013.GetRecords"), ("content-type", content_type)], "").1
    };
    assert_eq!(at("Application/X-Amz-Json-1.1; charset=utf-8"), Some(Protocol::AwsJson11));
    assert_eq!(at("application/x-amz-json-1.0"), Some(Protocol::AwsJson10));
    assert_eq!(at("application/x-amz-cbor-1.1"), Some(Protocol::AwsCbor11));
    for (target, error) in [
        ("Streams_2013.None", "400 UnknownOperationException streams"),
        ("Other.GetRecords", "400 UnknownOperationException "),
        (".GetFunction", "400 UnknownOperationException "),
        ("GetRecords", "400 MissingAction "),
    ] {
        assert_eq!(rpc(&[("x-amz-target", target)], "Action=GetRecords").0, error, "{target}");
    }
}

#[test]
fn an_action_is_found_in_a_form_or_in_the_query_string_and_in_no_other_body() {
    let form = "Version=2013&Action=GetRecords";
    assert_eq!(rpc(&[], form), ("GetRecords".to_owned(), Some(Protocol::AwsQuery)));
    let json = [("content-type", "application/json")];
    assert_eq!(rpc(&json, form).0, "400 MissingAction ");
    assert_eq!(rest("GET", "/?Action=GetRecords", ""), "GetRecords");
    assert_eq!(rest("GET", "/b?Action=GetRecords", "objects"), "ListObjects");
    assert_eq!(rest("GET", "/?Action=None", "streams"), "400 InvalidAction streams");
}

#[test]
fn cbor_names_service_and_operation_in_the_path() {
    let at = |path| {
        let headers = vec![("smithy-protocol", "rpc-v2-cbor")];
        let found = find(&Sent { method: "POST", path, headers }, "", Hint::default());
        found.map(|routed| (routed.operation.name, routed.protocol))
    };
    let expected = Ok(("GetRecords", Protocol::RpcV2Cbor));
    assert_eq!(at("/service/Streams_2013/operation/GetRecords"), expected);
    assert!(at("/service/Other/operation/GetRecords").is_err());
    assert!(at("/Streams_2013/x/GetRecords").is_err());
}

#[test]
fn a_host_names_the_service_behind_a_prefix_too() {
    let region = |host| {
        let sent = Sent { method: "GET", path: "/?Action=GetRecords", headers: vec![] };
        find(&sent, "", Hint { host, ..Hint::default() }).expect("an operation").region
    };
    assert_eq!(region("live-data-streams.us-east-1.amazonaws.com"), Some("us-east-1"));
    assert_eq!(region("streams.us-west-2.amazonaws.com:443"), Some("us-west-2"));
    assert_eq!(region("localhost:4566"), None);
}
