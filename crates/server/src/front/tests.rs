//! Requests without sockets: what is found, who calls, and in which words it is answered.

use std::sync::Arc;

use base::{AccountId, Clock, Random, Region};
use bytes::Bytes;
use hyper::{Method, StatusCode};
use runtime::{File, Module, Parts, Quotas, Registry};
use store::memory::{MemoryStore, Options};

use super::{Front, World};
use crate::metrics::Metrics;
use crate::services::{Outfit, Services};
use web::{Handler, Request, Response, Transport};

mod jobs;
mod reference;

const JSON: (&str, &str) = ("content-type", "application/x-amz-json-1.0");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn front(public_url: Option<&str>) -> Front {
    let parts = Parts {
        store: MemoryStore::open(Options::default()),
        clock: Clock::manual_from_system(),
        random: Random::seeded(1),
        quotas: Quotas::None,
    };
    let node = runtime::Node::start(parts).await.unwrap();
    let services = services(&node, identity::testing::open(&[7; 32]));
    let world = World {
        account: AccountId::DEFAULT,
        region: Region::default(),
        public_url: public_url.map(|url| url.parse().unwrap()),
        faults: None,
    };
    Front::new(Arc::clone(&node), services, world)
}

/// All services of a node, with these identities.
pub(crate) fn services(node: &Arc<runtime::Node>, identity: Arc<identity::Identity>) -> Services {
    let (settings, endpoint) = (Default::default(), "http://localhost:4566".to_owned());
    Services::new(node, Outfit { identity, settings, endpoint, metrics: &Metrics::new() }).unwrap()
}

fn request(uri: &str, headers: &[(&'static str, &str)], body: &str) -> Request {
    let mut request = Request {
        method: Method::POST,
        uri: uri.parse().unwrap(),
        headers: Default::default(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        sent: Bytes::copy_from_slice(body.as_bytes()),
        peer: "127.0.0.1:1".parse().unwrap(),
        transport: Transport::Clear,
    };
    for (name, value) in headers {
        request.headers.insert(*name, value.parse().unwrap());
    }
    request
}

fn signed(key: &str, region: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

fn text(response: &Response) -> &str {
    std::str::from_utf8(response.body.full().unwrap()).unwrap()
}

async fn target(
    front: &Front,
    operation: &str,
    headers: &[(&'static str, &str)],
    body: &str,
) -> Response {
    let mut all = vec![JSON, ("x-amz-target", operation), ("host", "localhost:4566")];
    all.extend_from_slice(headers);
    front.handle(request("/", &all, body)).await
}

#[tokio::test]
async fn a_target_is_found_and_answered_in_json() {
    let front = front(None).await;
    let created = target(&front, "AmazonSQS.CreateQueue", &[], r#"{"QueueName":"q"}"#).await;
    assert_eq!(created.status, StatusCode::OK);
    assert_eq!(text(&created), r#"{"QueueUrl":"http://localhost:4566/000000000000/q"}"#);
    assert!(created.headers.contains_key("x-amzn-requestid"));
}

#[tokio::test]
async fn an_error_is_in_the_words_of_the_callers_protocol() {
    let front = front(None).await;
    let json = target(&front, "AmazonSQS.GetQueueUrl", &[], r#"{"QueueName":"none"}"#).await;
    assert_eq!(json.status, StatusCode::BAD_REQUEST);
    assert!(text(&json).contains(r#""__type":"com.amazonaws.sqs#QueueDoesNotExist""#));
    let query_error = "AWS.SimpleQueueService.NonExistentQueue;Sender";
    assert_eq!(json.headers["x-amzn-query-error"], query_error);
    let form = "Action=GetQueueUrl&QueueName=none&Version=2012-11-05";
    let xml = front.handle(request("/", &[FORM], form)).await;
    assert!(text(&xml).contains("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"));
}

#[tokio::test]
async fn what_is_not_implemented_is_refused_by_name() {
    let front = front(None).await;
    let form = "Action=GetFederationToken&Version=2011-06-15&Name=name";
    let refused = front.handle(request("/", &[FORM], form)).await;
    assert_eq!(refused.status, StatusCode::NOT_IMPLEMENTED);
    assert!(text(&refused).contains("GetFederationToken is not implemented."));
}

#[tokio::test]
async fn an_operation_of_a_service_that_is_known_and_not_served_is_refused_by_name() {
    let front = front(None).await;
    let by_target = target(&front, "DynamoDB_20120810.PutItem", &[], "{}").await;
    assert_eq!(by_target.status, StatusCode::NOT_IMPLEMENTED);
    assert!(text(&by_target).contains("PutItem is not implemented."));
    let smithy = ("smithy-protocol", "rpc-v2-cbor");
    for (uri, header, operation) in [
        ("/b?delete", ("authorization", &*signed("AKID", "us-east-1", "s3")), "DeleteObjects"),
        (
            "/2015-03-31/functions",
            ("authorization", &*signed("AKID", "us-east-1", "lambda")),
            "CreateFunction",
        ),
        ("/service/GraniteServiceVersion20100801/operation/PutMetricData", smithy, "PutMetricData"),
    ] {
        let refused = front.handle(request(uri, &[header], "")).await;
        assert_eq!(refused.status, StatusCode::NOT_IMPLEMENTED, "{uri}");
        let body = refused.body.full().expect("whole");
        let text = String::from_utf8_lossy(body);
        assert!(text.contains(&format!("{operation} is not implemented.")), "{uri}: {text}");
    }
}

#[tokio::test]
async fn unknown_operations_and_services_are_errors_of_the_caller() {
    let front = front(None).await;
    for operation in ["AmazonSQS.Fly", "Amazon.SendMessage", "SendMessage", ""] {
        let refused = target(&front, operation, &[], "{}").await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{operation}");
    }
    for (uri, body) in [("/", "Action=Fly"), ("/", ""), ("/000000000000/q", "x"), ("/a/b", "\0")] {
        let refused = front.handle(request(uri, &[FORM], body)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{uri} {body}");
    }
}

#[tokio::test]
async fn a_query_request_finds_its_service_by_scope_host_version_path_or_name() {
    let front = front(None).await;
    let sts = signed("AKID", "us-east-1", "sts");
    for (uri, headers, query) in [
        ("/", vec![("authorization", sts.as_str())], ""),
        ("/", vec![("host", "sts.us-east-1.amazonaws.com")], ""),
        ("/", vec![], "&Version=2011-06-15"),
        ("/", vec![], ""),
    ] {
        let body = format!("Action=GetCallerIdentity{query}");
        let answer = front.handle(request(uri, &headers, &body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{headers:?} {query}");
    }
    target(&front, "AmazonSQS.CreateQueue", &[], r#"{"QueueName":"q"}"#).await;
    let by_path = request("/000000000000/q?Action=SendMessage&MessageBody=hi", &[], "");
    assert_eq!(front.handle(by_path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn accounts_and_regions_are_worlds_of_their_own() {
    let front = front(None).await;
    let list = async |key: &str, region: &str| {
        let scope = signed(key, region, "sqs");
        let authorization = ("authorization", scope.as_str());
        text(&target(&front, "AmazonSQS.ListQueues", &[authorization], "{}").await).to_owned()
    };
    let scope = signed("111122223333", "eu-west-1", "sqs");
    let authorization = ("authorization", scope.as_str());
    target(&front, "AmazonSQS.CreateQueue", &[authorization], r#"{"QueueName":"q"}"#).await;
    assert!(list("111122223333", "eu-west-1").await.contains("/111122223333/q"));
    for (key, region) in [("111122223333", "us-east-1"), ("AKID", "eu-west-1")] {
        assert_eq!(list(key, region).await, "{}", "{key} {region}");
    }
}

#[tokio::test]
async fn a_public_url_stands_in_answers_whatever_host_was_asked() {
    let front = front(Some("https://queues.example.com")).await;
    let created = target(&front, "AmazonSQS.CreateQueue", &[], r#"{"QueueName":"q"}"#).await;
    assert!(text(&created).contains("https://queues.example.com/000000000000/q"));
}

#[tokio::test]
async fn a_presigned_request_has_its_scope_in_the_query_string() {
    let front = front(None).await;
    let uri = "/?Action=GetCallerIdentity&X-Amz-Credential=111122223333%2F20260101%2Fus-east-1%2Fsts%2Faws4_request";
    let answer = front.handle(request(uri, &[], "")).await;
    assert!(text(&answer).contains("<Account>111122223333</Account>"));
}

#[tokio::test]
async fn a_page_that_no_service_has_is_not_found_and_pages_are_only_read() {
    let front = front(None).await;
    let get = |path: &str| Request { method: Method::GET, ..request(path, &[], "") };
    assert_eq!(front.handle(get("/_millpond/fish")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(front.handle(get("/_millpond/")).await.status, StatusCode::NOT_FOUND);
    let path = "/_millpond/queues/000000000000/us-east-1/none/messages";
    assert_eq!(front.handle(get(path)).await.status, StatusCode::NOT_FOUND);
    let posted = front.handle(request(path, &[], "")).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

async fn reset(front: &Front, query: &str) -> Response {
    front.handle(request(&format!("/_millpond/reset{query}"), &[], "")).await
}

#[tokio::test]
async fn an_account_is_emptied_when_it_is_named_and_only_then() {
    let front = front(None).await;
    let account = signed("111111111111", "us-east-1", "sqs");
    let headers = [("authorization", account.as_str())];
    target(&front, "AmazonSQS.CreateQueue", &headers, r#"{"QueueName":"q"}"#).await;
    for query in ["", "?account=", "?account=1", "?account=111111111111&dry=true"] {
        assert_eq!(reset(&front, query).await.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let mut get = request("/_millpond/reset?account=111111111111", &[], "");
    get.method = Method::GET;
    assert_eq!(front.handle(get).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let there = target(&front, "AmazonSQS.GetQueueUrl", &headers, r#"{"QueueName":"q"}"#).await;
    assert_eq!(there.status, StatusCode::OK, "nothing was deleted yet");
    let done = reset(&front, "?account=111111111111").await;
    assert_eq!(text(&done), r#"{"account":"111111111111","deleted":1}"#);
    let gone = target(&front, "AmazonSQS.GetQueueUrl", &headers, r#"{"QueueName":"q"}"#).await;
    assert_eq!(gone.status, StatusCode::BAD_REQUEST);
}

/// A front with a service that has a file.
async fn front_with_a_file() -> Front {
    let module =
        Module::new("test", &[]).files("/Certificate-", &Arc::new(()), |_, path| async move {
            let file = || File { content_type: "application/x-pem-file", body: "PEM".into() };
            Ok((path == "/Certificate-1.pem").then(file))
        });
    Front { registry: Registry::new(vec![module]).unwrap(), ..front(None).await }
}

#[tokio::test]
async fn a_services_file_is_read_with_get_and_everything_else_goes_its_way() {
    let front = front_with_a_file().await;
    let get = |method: Method, uri: &str| Request { method, ..request(uri, &[], "") };
    let found = front.handle(get(Method::GET, "/Certificate-1.pem")).await;
    assert_eq!((found.status, text(&found)), (StatusCode::OK, "PEM"));
    assert_eq!(found.headers["content-type"], "application/x-pem-file");
    let none = front.handle(get(Method::GET, "/Certificate-2.pem")).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    for (method, uri) in [(Method::POST, "/Certificate-1.pem"), (Method::GET, "/")] {
        let other = front.handle(get(method, uri)).await;
        assert!(text(&other).contains("MissingAction"), "{}", text(&other));
    }
}

/// A URI, an `Authorization`, a target, a content type and a body, a line each.
const REQUESTS: [&str; 4] = [
    "/\nAWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=0123456789abcdef\nAmazonSQS.GetQueueUrl\napplication/x-amz-json-1.0\n{\"QueueName\":\"q\"}",
    "/000000000000/q?Action=SendMessage&MessageBody=a&Version=2012-11-05\n\n\n\n",
    "/?Action=GetCallerIdentity&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Signature=00\n\n\n\n",
    "http://sqs.eu-west-1.amazonaws.com/\n\n\napplication/x-www-form-urlencoded; charset=utf-8\nAction=ListQueues&QueueNamePrefix=q&Version=2012-11-05",
];

#[tokio::test]
async fn whatever_a_request_is_the_server_is_not_at_fault() {
    let front = front(None).await;
    let samples = REQUESTS.map(|sample| sample.as_bytes().to_vec()).to_vec();
    let mut mutator = fuzzing::mutate::Mutator::new(samples, 1);
    let mut answered = 0;
    for _ in 0..5_000 {
        let input = String::from_utf8_lossy(&mutator.input()).into_owned();
        let mut lines = input.splitn(5, '\n');
        let mut line = || lines.next().unwrap_or_default();
        // What cannot be a URI or a header never comes this far.
        let Ok(uri) = line().parse() else { continue };
        let mut made = Request { uri, ..request("/", &[], "") };
        for name in ["authorization", "x-amz-target", "content-type"] {
            let value = line();
            if let Some(value) = value.parse().ok().filter(|_| !value.is_empty()) {
                made.headers.insert(name, value);
            }
        }
        made.body = Bytes::copy_from_slice(line().as_bytes());
        let response = front.handle(made).await;
        let status = response.status.as_u16();
        assert!(status < 500 || status == 501, "{status} to {input}");
        answered += 1;
    }
    assert!(answered > 1_000);
}
