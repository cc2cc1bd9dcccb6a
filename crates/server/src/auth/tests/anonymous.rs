//! Who does not sign: let in by a queue's policy, and told nothing otherwise.

use serde_json::json;

use web::Tenant;

use super::*;

const QUEUE: &str = "http://localhost/000000000000/q";

fn sqs(operation: &str, input: &serde_json::Value) -> Request {
    let mut request = unsigned(&api_sqs::MODEL, Protocol::AwsJson10, operation);
    request.body = Bytes::from(input.to_string());
    request.sent = request.body.clone();
    request
}

/// A house with the queue `q`, whose policy allows somebody to send, under a condition.
async fn house(principal: &str, condition: &str) -> House {
    let house = House::open().await;
    let arn = "arn:aws:sqs:us-east-1:000000000000:q";
    let policy = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":{principal},"Action":["sqs:SendMessage","sqs:SetQueueAttributes"],"Resource":"{arn}"{condition}}}]}}"#
    );
    let queue = json!({ "QueueName": "q", "Attributes": { "Policy": policy } });
    let (status, text) = house.ask(signed(sqs("CreateQueue", &queue), "sqs", &ROOT)).await;
    assert_eq!(status, 200, "{text}");
    house
}

async fn send(house: &House) -> (u16, String) {
    house.ask(sqs("SendMessage", &json!({ "QueueUrl": QUEUE, "MessageBody": "hello" }))).await
}

#[tokio::test]
async fn a_queue_that_lets_everybody_send_lets_those_in_who_do_not_sign() {
    let house = house("\"*\"", "").await;
    assert_eq!(send(&house).await.0, 200);
    let others = [
        sqs("ReceiveMessage", &json!({ "QueueUrl": QUEUE })),
        sqs("SetQueueAttributes", &json!({ "QueueUrl": QUEUE, "Attributes": {} })),
        sqs(
            "SendMessage",
            &json!({ "QueueUrl": "http://h/000000000000/none", "MessageBody": "m" }),
        ),
        sqs("SendMessage", &json!({ "QueueUrl": "no such", "MessageBody": "m" })),
        sqs("SendMessage", &json!({ "QueueUrl": QUEUE })),
        sqs("SendMessage", &json!(7)),
        sqs("ListQueues", &json!({})),
        sqs("CreateQueue", &json!({ "QueueName": "mine" })),
        unsigned(&api_sts::MODEL, Protocol::AwsQuery, "GetSessionToken"),
        unsigned(&api_sts::MODEL, Protocol::AwsQuery, "GetCallerIdentity"),
        unsigned(&api_sts::MODEL, Protocol::AwsQuery, "GetFederationToken"),
    ];
    for request in others {
        let (status, text) = house.ask(request).await;
        assert_eq!(status, 403, "{text}");
        assert!(text.contains("MissingAuthenticationToken"), "{text}");
    }
}

#[tokio::test]
async fn conditions_hold_for_those_who_do_not_sign_too() {
    for (condition, expected) in [
        (r#","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, 200),
        (r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, 403),
        (r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#, 403),
        (r#","Condition":{"StringEquals":{"aws:PrincipalType":"Anonymous"}}"#, 200),
    ] {
        assert_eq!(send(&house("\"*\"", condition).await).await.0, expected, "{condition}");
    }
}

#[tokio::test]
async fn a_queue_that_lets_its_account_send_lets_nobody_in_who_does_not_sign() {
    let house = house(r#"{"AWS":"000000000000"}"#, "").await;
    let (status, text) = send(&house).await;
    assert_eq!(status, 403);
    assert!(text.contains("MissingAuthenticationToken"), "{text}");
    // A name in the place of a signature is nobody's.
    let mut named = sqs("SendMessage", &json!({ "QueueUrl": QUEUE, "MessageBody": "m" }));
    named.uri = "/?X-Amz-Credential=AKROOT/20150830/us-east-1/sqs/aws4_request".parse().unwrap();
    assert_eq!(house.ask(named).await.0, 403);
}

#[tokio::test]
async fn answers_are_charged_to_accounts_that_have_proven_who_they_are_and_to_no_others() {
    let house = house("\"*\"", "").await;
    let message = json!({ "QueueUrl": QUEUE, "MessageBody": "hello" });
    let tenant = async |request| house.front.handle(request).await.tenant;
    assert_eq!(tenant(signed(sqs("SendMessage", &message), "sqs", &ROOT)).await, Some(Tenant(0)));
    assert_eq!(tenant(sqs("SendMessage", &message)).await, None);
    let forged = Pen { secret: "guessed", ..ROOT };
    assert_eq!(tenant(signed(sqs("SendMessage", &message), "sqs", &forged)).await, None);
}
