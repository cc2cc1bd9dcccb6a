//! A node in memory, whose time is moved by hand, and its callers.

use std::pin::pin;
use std::sync::Arc;

use base::{AccountId, Clock, Random, Region, Span, Timestamp};
use bytes::Bytes;
use futures::future::BoxFuture;
use identity::{Claimed, Enforcement, Identity, NotEnforced, Sessions};
use runtime::{
    Answer, Call, Caller, Calls, Host, PageRequest, Parts, Quotas, Registry, Rejected, Settings,
    Unobserved,
};
use shape::{Protocol, ServiceModel};
use store::Store;
use wire::{Codec, RouteTable, codec_for};

use super::request::incoming;
use super::typed;

/// How often a request is looked at before time is moved.
const LOOKS: usize = 200;
/// How often time is moved before a request counts as forgotten.
const MOVES: usize = 8;
/// The longest that a caller can ask to wait.
const WAIT: Span = Span::from_seconds(20);

/// Where the program is reached.
const ENDPOINT: &str = "http://localhost:4566";

/// A node with all services.
pub(crate) struct Node {
    node: Arc<runtime::Node>,
    registry: Arc<Registry>,
    routes: RouteTable,
}

/// What a caller got.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) protocol: Protocol,
    pub(crate) body: Bytes,
}

impl Node {
    pub(crate) async fn start(store: Arc<dyn Store>) -> Option<Self> {
        let clock = Clock::manual(Timestamp::from_millis(1_700_000_000_000));
        let parts = Parts { store, clock, random: Random::seeded(1), quotas: Quotas::None };
        let node = runtime::Node::start(parts).await.ok()?;
        let registry = modules::open(&host(&node), |_| Arc::new(Unobserved)).ok()?;
        registry.start_background(&node).ok()?;
        let routes = RouteTable::new(registry.models(), []);
        Some(Node { node, registry, routes })
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.node.advance(Span::from_seconds(seconds)).await;
    }

    pub(crate) async fn stop(self) {
        // Whatever was on its way has been answered.
        let _ = self.node.stop().await;
    }

    /// A page for operators.
    pub(crate) async fn page(&self, path: &[&str], query: &[(&str, &str)]) {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        let query = query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        if let Some(page) = self.registry.page("queues", PageRequest { path, query }) {
            let page = self.settle(page).await;
            if let Ok(page) = page {
                assert!(serde_json::from_str::<serde_json::Value>(&page).is_ok(), "{page}");
            }
        }
    }

    /// Makes a request as the front does; `None` if it names no operation.
    pub(crate) async fn ask(&self, target: Option<&str>, body: &str) -> Option<Answered> {
        let headers = [("x-amz-target", target.unwrap_or_default())];
        let headers: &[(&str, &str)] = if target.is_some() { &headers } else { &[] };
        let body = Bytes::copy_from_slice(body.as_bytes());
        let lines = Lines(headers);
        let request = incoming("", &lines, &body);
        let routed = self.routes.find(&request, wire::Hint::default()).ok()?;
        let protocol = routed.protocol;
        let typed = typed::operation(routed.operation.name)?;
        let codec = codec_for(protocol);
        let started = match codec.read(typed.operation, &request) {
            Ok(mut input) => {
                self.registry.start(typed.service, typed.operation, call(), &mut *input)
            }
            Err(malformed) => Err(Rejected::Malformed(malformed)),
        };
        let answer: Answer = match started {
            Ok(running) => self.settle(running).await,
            Err(Rejected::Malformed(malformed)) => Err(codec.malformed(malformed)),
            Err(Rejected::Fault(fault)) => Err(fault),
        };
        Some(encoded(codec, protocol, typed, answer))
    }

    /// Waits for an answer, and moves time where it waits for that. Every request is answered.
    async fn settle<T>(&self, work: BoxFuture<'static, T>) -> T {
        let mut work = pin!(work);
        for _ in 0..MOVES {
            for _ in 0..LOOKS {
                if let std::task::Poll::Ready(answer) = futures::poll!(&mut work) {
                    return answer;
                }
                tokio::task::yield_now().await;
            }
            self.node.advance(WAIT).await;
        }
        panic!("a request is never answered");
    }
}

fn encoded(
    codec: &dyn Codec,
    protocol: Protocol,
    typed: &typed::Typed,
    answer: Answer,
) -> Answered {
    let service: &'static ServiceModel = typed.service;
    let encoded = match answer {
        Ok(output) => codec.answer(service, typed.operation, &*output, "id"),
        Err(fault) => codec.fault(service, &fault, "id"),
    };
    Answered { status: encoded.status, protocol, body: encoded.body }
}

/// A program without keys and roles, and without signatures.
fn host(node: &Arc<runtime::Node>) -> Host {
    let enforcement = Enforcement::NotRequired(not_enforced());
    Host {
        node: Arc::clone(node),
        identity: Identity::new(Vec::new(), Sessions::new(&[7; 32]), enforcement),
        calls: Calls::new(node, ENDPOINT),
        settings: Settings::default(),
    }
}

#[expect(clippy::disallowed_methods, reason = "nobody signs here")]
fn not_enforced() -> NotEnforced {
    NotEnforced::declare()
}

fn call() -> Call {
    let (account, region) = (AccountId::DEFAULT, Region::default());
    let claimed = Claimed { account, region, access_key: None };
    Call::new(Caller::trusted(not_enforced(), claimed), ENDPOINT.into())
}

struct Lines<'a>(&'a [(&'a str, &'a str)]);

impl wire::Headers for Lines<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn each(&self, seen: &mut dyn FnMut(&str, &str)) {
        self.0.iter().for_each(|(name, value)| seen(name, value));
    }
}
