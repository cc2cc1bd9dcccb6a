//! Every implemented operation, by callers who may and who may not: what is new is in the registry, and so it
//! is here.

use policy::{Document, Kind};
use serde_json::{Map, Value, json};
use shape::{OperationModel, Schema, Target};

use super::every_operation::{Case, cases};
use super::*;

/// Operations that need nobody's leave.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
const FREE: [&str; 3] = ["ConfirmSubscription", "GetCallerIdentity", "GetSessionToken"];
/// Operations that need no signature either: whoever shows their token may.
/// <https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html>
const UNSIGNED: [&str; 1] = ["ConfirmSubscription"];
/// Operations that, without optional members, are about the caller's own account, whoever calls.
const OWN: [&str; 20] = [
    "CheckIfPhoneNumberIsOptedOut",
    "CreatePlatformApplication",
    "CreateQueue",
    "CreateSMSSandboxPhoneNumber",
    "CreateTopic",
    "DeleteSMSSandboxPhoneNumber",
    "GetAccessKeyInfo",
    "GetQueueUrl",
    "GetSMSAttributes",
    "GetSMSSandboxAccountStatus",
    "ListOriginationNumbers",
    "ListPhoneNumbersOptedOut",
    "ListPlatformApplications",
    "ListQueues",
    "ListSMSSandboxPhoneNumbers",
    "ListSubscriptions",
    "ListTopics",
    "OptInPhoneNumber",
    "SetSMSAttributes",
    "VerifySMSSandboxPhoneNumber",
];

const SUBSCRIPTION: &str =
    "arn:aws:sns:us-east-1:000000000000:q:01234567-89ab-4def-8123-456789abcdef";
const APPLICATION: &str = "arn:aws:sns:us-east-1:000000000000:app/GCM/q";
const ENDPOINT: &str =
    "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/q/01234567-89ab-4def-8123-456789abcdef";

/// The root of another account, and a user whose policy allows everything.
const STRANGER: Pen<'static> = Pen { access_key: "AKSTRANGER", secret: "stranger's", ..ROOT };
const BOB: Pen<'static> = Pen { access_key: "AKBOB", secret: "bob's", ..ROOT };

async fn house() -> House {
    let everything =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let everything = Document::parse(Kind::Identity, everything).unwrap();
    let bob = User { name: "bob".into(), policy: Some(Arc::new(everything)) };
    let stranger = "999999999999".parse().unwrap();
    House::with(&[
        key(&ROOT, None),
        key(&ALICE, Some("alice")),
        Key { user: Some(bob), ..key(&BOB, None) },
        Key { account: stranger, ..key(&STRANGER, None) },
    ])
    .await
}

/// A value that the model allows, and that names the queue `q` of the first account where it names one.
fn value(service: &str, name: &str, target: &Target) -> Value {
    match target {
        Target::String(_) if name == "SubscriptionArn" => SUBSCRIPTION.into(),
        Target::String(_) if name == "PlatformApplicationArn" => APPLICATION.into(),
        Target::String(_) if name == "EndpointArn" => ENDPOINT.into(),
        Target::String(_) if name == "Platform" => "GCM".into(),
        Target::String(_) if name == "PhoneNumber" => "206555010".into(),
        Target::String(_) if name == "OneTimePassword" => "123456".into(),
        Target::String(_) if name.ends_with("Arn") => {
            format!("arn:aws:{service}:us-east-1:000000000000:q").into()
        }
        Target::String(_) if name == "Protocol" => "sqs".into(),
        Target::String(_) if name.ends_with("Url") => "http://localhost/000000000000/q".into(),
        Target::String(_) if name == "TaskHandle" => task_handle().into(),
        Target::String(text) if text.min.is_some_and(|min| min > 8) => "AKROOTAKROOTAKROOT".into(),
        Target::String(_) => "name".into(),
        Target::List(list) => json!([value(service, name, &list.member)]),
        // An empty map cannot be written in Query, which is all that this service speaks.
        Target::Map(_) if service == "sns" => {
            json!({ "entry.1.key": "name", "entry.1.value": "name" })
        }
        Target::Map(_) => json!({}),
        Target::Structure(schema) => input(service, schema()),
        _ => json!(1),
    }
}

fn task_handle() -> String {
    use base64::Engine;
    let id = "00000000-0000-4000-8000-000000000000";
    let plain = json!({ "taskId": id, "sourceArn": "arn:aws:sqs:us-east-1:000000000000:q" });
    base64::engine::general_purpose::STANDARD.encode(plain.to_string())
}

/// The required members of a structure, and the topic that Publish may be for.
fn input(service: &str, schema: &Schema) -> Value {
    let required =
        schema.members.iter().filter(|member| member.required || member.name == "TopicArn");
    let members = required
        .map(|member| (member.name.to_owned(), value(service, member.name, &member.target)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// The request with all that its input requires.
fn request(
    service: &'static ServiceModel,
    operation: &OperationModel,
    protocol: Protocol,
) -> Request {
    let mut request = unsigned(service, protocol, operation.name);
    let input = operation.input.map_or(json!({}), |schema| input(service.name, schema));
    let body = match protocol {
        Protocol::AwsQuery => {
            let mut text = String::from_utf8(request.body.to_vec()).unwrap();
            write_query(&mut text, "", &input);
            text
        }
        _ => input.to_string(),
    };
    request.body = Bytes::from(body);
    request.sent = request.body.clone();
    request
}

/// As Query writes lists that are not flattened, and structures.
fn write_query(text: &mut String, path: &str, value: &Value) {
    let below =
        |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| write_query(text, &below(name), value));
        }
        Value::Array(items) => {
            let numbered = items.iter().zip(1..);
            numbered.for_each(|(item, n)| write_query(text, &below(&format!("member.{n}")), item));
        }
        Value::String(value) => *text += &format!("&{path}={value}"),
        value => *text += &format!("&{path}={value}"),
    }
}

/// Each operation once, in JSON if it is spoken.
fn operations(house: &House) -> Vec<Case> {
    let mut cases = cases(house);
    cases.sort_by_key(|(service, operation, protocol)| {
        (service.name, operation.name, *protocol == Protocol::AwsQuery)
    });
    cases.dedup_by_key(|(service, operation, _)| (service.name, operation.name));
    cases
}

#[tokio::test]
async fn only_who_is_allowed_gets_through() {
    let house = house().await;
    let operations = operations(&house);
    assert!(operations.len() > 25, "the services are there");
    for (service, operation, protocol) in operations {
        let name = operation.name;
        let ask = async |pen: &Pen<'_>| {
            let request = request(service, operation, protocol);
            house.ask(signed(request, service.signing_name, pen)).await
        };
        let (status, text) = house.ask(request(service, operation, protocol)).await;
        let is_missing = status == 403 && text.contains("MissingAuthenticationToken");
        assert_eq!(!is_missing, UNSIGNED.contains(&name), "{name}: who does not sign: {text}");
        let code = if service.name == "sns" { "AuthorizationError" } else { "AccessDenied" };
        let denied = |(status, text): &(u16, String)| *status == 403 && text.contains(code);
        let (root, bob) = (ask(&ROOT).await, ask(&BOB).await);
        let (alice, stranger) = (ask(&ALICE).await, ask(&STRANGER).await);
        if name == "AssumeRole" {
            // Whom a role's trust policy lets in has tests of its own; there is no role here.
            assert!([root, bob, alice, stranger].iter().all(denied), "{name}");
            continue;
        }
        assert!(root.0 != 403, "{name}: the account's root: {root:?}");
        assert!(bob.0 != 403, "{name}: a user who may: {bob:?}");
        if FREE.contains(&name) {
            assert!(!denied(&alice) && !denied(&stranger), "{name}");
            continue;
        }
        assert!(denied(&alice), "{name}: a user without a policy: {alice:?}");
        let message = &alice.1;
        for part in
            ["arn:aws:iam::000000000000:user/alice", "is not authorized to perform", "on resource"]
        {
            assert!(message.contains(part), "{name}: {message}");
        }
        assert_eq!(
            denied(&stranger),
            !OWN.contains(&name),
            "{name}: another account: {stranger:?}"
        );
    }
}
