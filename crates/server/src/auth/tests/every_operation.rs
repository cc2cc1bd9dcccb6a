//! Every implemented operation in every protocol: what is new is in the registry, and so it is here.

use shape::OperationModel;

use super::*;

pub(super) type Case = (&'static ServiceModel, &'static OperationModel, Protocol);

pub(super) fn cases(house: &House) -> Vec<Case> {
    let of = |service: &'static ServiceModel| {
        let operations = service.operations.iter().copied();
        let there =
            operations.filter(|operation| house.services.implements(service.name, operation.name));
        there.flat_map(move |operation| {
            let spoken = service.protocols.iter().copied();
            spoken.map(move |protocol| (service, operation, protocol))
        })
    };
    house.services.models().flat_map(of).collect()
}

/// A refusal in the words of a protocol.
fn says(protocol: Protocol, text: &str, query: &str, json: &str) -> bool {
    match protocol {
        Protocol::AwsQuery => text.contains(&format!("<Code>{query}</Code>")),
        _ => text.contains(&format!("#{json}\"")),
    }
}

#[tokio::test]
async fn only_who_signs_rightly_and_in_time_is_let_in() {
    let house = House::open().await;
    let cases = cases(&house);
    assert!(cases.len() > 40, "the services are there");
    for (service, operation, protocol) in cases {
        let context = format!("{} {} {protocol:?}", service.name, operation.name);
        let request = || unsigned(service, protocol, operation.name);
        let with = |pen: Pen<'_>| signed(request(), service.signing_name, &pen);
        let refused = async |request, status, query, json| {
            let (answered, text) = house.ask(request).await;
            assert_eq!(answered, status, "{context}: {text}");
            assert!(says(protocol, &text, query, json), "{context}: {text}");
        };
        let (query, json) = ("MissingAuthenticationToken", "MissingAuthenticationTokenException");
        refused(request(), 403, query, json).await;
        let (query, json) = ("SignatureDoesNotMatch", "InvalidSignatureException");
        refused(with(Pen { secret: "wrong", ..ROOT }), 403, query, json).await;
        refused(with(Pen { date: TOO_LATE, ..ROOT }), 403, query, json).await;
        let elsewhere = signed(request(), "elsewhere", &ROOT);
        refused(elsewhere, 403, query, json).await;
        let mut changed = with(ROOT);
        changed.sent = Bytes::from_static(b"something else");
        refused(changed, 403, query, json).await;
        let (query, json) = ("InvalidClientTokenId", "UnrecognizedClientException");
        refused(with(Pen { access_key: "AKNOBODY", ..ROOT }), 403, query, json).await;
        refused(with(Pen { token: Some("forged"), ..ROOT }), 403, query, json).await;
        let (query, json) = ("IncompleteSignature", "IncompleteSignatureException");
        let mut broken = request();
        broken.headers.insert("authorization", "AWS4-HMAC-SHA256 Credential=x".parse().unwrap());
        refused(broken, 400, query, json).await;
        let (status, text) = house.ask(with(ROOT)).await;
        // Its input is empty, so that the service may refuse it: for reasons of its own.
        let (query, json) = ("SignatureDoesNotMatch", "InvalidSignatureException");
        assert!(status != 403 && !says(protocol, &text, query, json), "{context}: {text}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_told_to_strangers() {
    let house = House::open().await;
    let request = || unsigned(&api_sts::MODEL, Protocol::AwsQuery, "GetFederationToken");
    assert_eq!(house.ask(request()).await.0, 403);
    assert_eq!(house.ask(signed(request(), "sts", &ROOT)).await.0, 501);
}

#[tokio::test]
async fn pages_are_for_those_who_are_on_the_machine() {
    let house = House::open().await;
    let page = |peer: &str| {
        let mut request = unsigned(&api_sts::MODEL, Protocol::AwsQuery, "");
        request.method = Method::GET;
        request.uri = "/_millpond/queues/000000000000/us-east-1/q/messages".parse().unwrap();
        Request { peer: peer.parse().unwrap(), ..request }
    };
    assert_eq!(house.ask(page("192.0.2.1:1")).await.0, 403);
    let mut reset = page("192.0.2.1:1");
    reset.uri = "/_millpond/reset?account=000000000000".parse().unwrap();
    assert_eq!(house.ask(Request { method: Method::POST, ..reset }).await.0, 403);
    for name in ["forwarded", "via", "x-forwarded-for", "x-real-ip"] {
        let mut passed_on = page("127.0.0.1:1");
        passed_on.headers.insert(name, "192.0.2.1".parse().unwrap());
        assert_eq!(house.ask(passed_on).await.0, 403, "a proxy on the machine: {name}");
    }
    assert_eq!(house.ask(page("127.0.0.1:1")).await.0, 404);
    assert_eq!(house.ask(page("[::ffff:127.0.0.1]:1")).await.0, 404);
}
