//! Who is let in: a node with all services, and callers who sign or do not.

mod anonymous;
mod every_operation;
mod permissions;
mod queues;
mod renewed;
mod sessions;
mod subscriptions;

use std::sync::Arc;

use base::{AccountId, Clock, Random, Region, Span, Timestamp};
use bytes::Bytes;
use hyper::{HeaderMap, Method};
use identity::{Enforcement, Identity, Provider, Sessions};
use runtime::{Node, Parts, Quotas, Registry};
use shape::{Protocol, ServiceModel};
use store::memory::{MemoryStore, Options};
use wire::sigv4::{Claim, Secret, Signed};

use super::{Auth, Keyring, Keyrings, Origin};
use crate::config::{Key, User};
use crate::front::tests::services;
use crate::front::{Front, HeaderLines, World};
use web::{Handler, Request, Response, Transport};

/// 2015-08-30T12:36:00Z, in the two ways in which it is needed.
const NOW: Timestamp = Timestamp::from_millis(1_440_938_160_000);
const DATE: &str = "20150830T123600Z";
/// A second more than a quarter of an hour before.
const TOO_LATE: &str = "20150830T122059Z";
const SERVER: [u8; 32] = [7; 32];
const ORIGIN: Origin = Origin {
    peer: std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
    transport: Transport::Clear,
    at: NOW,
};

/// A node that requires signatures.
struct House {
    front: Front,
    /// What `front` serves.
    services: Arc<Registry>,
    identity: Arc<Identity>,
    keyrings: Arc<Keyrings>,
    node: Arc<Node>,
}

/// What somebody signs with.
#[derive(Clone)]
struct Pen<'a> {
    access_key: &'a str,
    secret: &'a str,
    token: Option<&'a str>,
    date: &'a str,
}

const ROOT: Pen<'static> = Pen { access_key: "AKROOT", secret: "root's", token: None, date: DATE };
const ALICE: Pen<'static> =
    Pen { access_key: "AKALICE", secret: "alice's", token: None, date: DATE };

fn key(pen: &Pen<'_>, user: Option<&str>) -> Key {
    let user = user.map(|name| User { name: name.into(), policy: None });
    let secret = Secret::new(pen.secret);
    Key { id: pen.access_key.into(), account: AccountId::DEFAULT, secret, user }
}

impl House {
    async fn open() -> Self {
        House::with(&[key(&ROOT, None), key(&ALICE, Some("alice"))]).await
    }

    async fn with(keys: &[Key]) -> Self {
        let parts = Parts {
            store: MemoryStore::open(Options::default()),
            clock: Clock::manual(NOW),
            random: Random::seeded(1),
            quotas: Quotas::None,
        };
        let node = Node::start(parts).await.unwrap();
        let keyrings = Arc::new(Keyrings::new(Keyring::new(keys, &[])));
        let providers: Vec<Arc<dyn Provider>> = vec![keyrings.clone()];
        let sessions = Sessions::new(&SERVER);
        let identity = Identity::new(providers, sessions, Enforcement::Required);
        let all = services(&node, Arc::clone(&identity));
        let services = Arc::clone(&all.registry);
        let world = World {
            account: AccountId::DEFAULT,
            region: Region::default(),
            public_url: None,
            faults: None,
        };
        let front = Front::new(Arc::clone(&node), all, world);
        House { front, services, identity, keyrings, node }
    }

    /// The answer's status and text.
    async fn ask(&self, request: Request) -> (u16, String) {
        let Response { status, body, .. } = self.front.handle(request).await;
        (status.as_u16(), String::from_utf8_lossy(body.full().expect("no stream")).into_owned())
    }

    async fn call(&self, pen: &Pen<'_>, action: &str) -> (u16, String) {
        let request = unsigned(&api_sts::MODEL, Protocol::AwsQuery, action);
        self.ask(signed(request, "sts", pen)).await
    }

    /// Nothing is due here, so that the clock alone is moved.
    fn advance(&self, by: Span) {
        self.node.timers().clock().advance(by).unwrap();
    }
}

/// A request for an operation, without an input.
fn unsigned(service: &ServiceModel, protocol: Protocol, operation: &str) -> Request {
    let version = service.version;
    let (content_type, body) = match protocol {
        Protocol::AwsQuery => {
            ("application/x-www-form-urlencoded", format!("Version={version}&Action={operation}"))
        }
        _ => ("application/x-amz-json-1.0", "{}".to_owned()),
    };
    let mut headers = HeaderMap::new();
    headers.insert("content-type", content_type.parse().unwrap());
    headers.insert("host", "localhost:4566".parse().unwrap());
    if protocol != Protocol::AwsQuery {
        let target = format!("{}.{operation}", service.target_prefix);
        headers.insert("x-amz-target", target.parse().unwrap());
    }
    let body = Bytes::from(body);
    Request {
        method: Method::POST,
        uri: "/".parse().unwrap(),
        headers,
        sent: body.clone(),
        body,
        peer: "192.0.2.1:1".parse().unwrap(),
        transport: Transport::Clear,
    }
}

fn signed(mut request: Request, service: &str, pen: &Pen<'_>) -> Request {
    let day = &pen.date[..8];
    let scope = format!("{}/{day}/us-east-1/{service}/aws4_request", pen.access_key);
    request.headers.insert("x-amz-date", pen.date.parse().unwrap());
    if let Some(token) = pen.token {
        request.headers.insert("x-amz-security-token", token.parse().unwrap());
    }
    let names: Vec<&str> = request.headers.keys().map(|name| name.as_str()).collect();
    let line = |signature: &str| {
        format!(
            "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={}, Signature={signature}",
            names.join(";")
        )
    };
    let (draft, whole) = (line(&"0".repeat(64)), line(""));
    request.headers.insert("authorization", draft.parse().unwrap());
    let signature = {
        let headers = HeaderLines(&request.headers);
        let signed = Signed {
            method: request.method.as_str(),
            path: request.uri.path(),
            query: request.uri.query().unwrap_or_default(),
            authority: None,
            headers: &headers,
            body: &request.sent,
        };
        let claim = Claim::read(&signed).unwrap();
        claim.signature(&signed, &Secret::new(pen.secret))
    };
    let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    request.headers.insert("authorization", (whole + &hex).parse().unwrap());
    request
}
