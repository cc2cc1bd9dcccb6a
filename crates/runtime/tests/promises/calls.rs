//! Operations that call operations.

use std::sync::{Arc, Weak};

use base::{AccountId, Clock, Random, Region, Timestamp};
use identity::testing;
use parking_lot::Mutex;
use runtime::{
    Access, Call, Calls, Chain, Invocation, Module, Node, Observe, Observed, Parts, Quotas,
    Registry, Service, Told,
};
use serde_json::json;
use shape::Fault;
use shape::document::Document;
use store::memory::MemoryStore;

use crate::services::{Greet, Greeting, POLITE, refuse};

/// A service that hands greetings on to itself, one letter shorter, until none is left.
struct Echo {
    calls: Arc<Calls>,
    seen: Mutex<Vec<Option<Arc<str>>>>,
}

/// What was watched.
#[derive(Default)]
struct Watched(Mutex<Vec<String>>);

/// A program of one service.
struct Program {
    calls: Arc<Calls>,
    echo: Arc<Echo>,
    watched: Arc<Watched>,
    registry: Option<Arc<Registry>>,
}

impl Observe for Watched {
    fn begin(&self, call: Observed<'_>) -> Told {
        let Observed { service, operation, caller } = call;
        let name = caller.principal.arn();
        self.0.lock().push(format!("{name} {}:{}", service.name, operation.name));
        Box::new(|_| {})
    }
}

async fn echo(echo: Arc<Echo>, call: Call, input: Greeting) -> Result<Greeting, Fault> {
    echo.seen.lock().push(call.idempotency_id.clone());
    let shorter = match input.0.as_str() {
        "loop" => json!("loop"),
        text if text.len() > 1 => json!(text[1..]),
        _ => return Ok(Greeting(call.endpoint.to_string())),
    };
    let input = json!({ "Name": shorter });
    let invocation = Invocation {
        service: "polite",
        operation: "Greet",
        input: &input,
        chain: call.chain,
        idempotency_id: None,
    };
    let called: BoxedAnswer = Box::pin(echo.calls.call(&call.caller, invocation));
    let answered = called.await?;
    Ok(Greeting(answered["Name"].as_str().unwrap_or_default().to_owned()))
}

/// Operations that call themselves are futures without an end to their size, unless they are boxed.
type BoxedAnswer<'a> = futures::future::BoxFuture<'a, Result<Document, Fault>>;

impl Program {
    async fn start() -> Self {
        let parts = Parts {
            store: MemoryStore::open(Default::default()),
            clock: Clock::manual(Timestamp::ZERO),
            random: Random::seeded(1),
            quotas: Quotas::None,
        };
        let node = Node::start(parts).await.expect("it starts");
        let calls = Calls::new(&node, "http://inside");
        let echo = Arc::new(Echo { calls: Arc::clone(&calls), seen: Mutex::default() });
        let watched = Arc::new(Watched::default());
        let (echo, watched) = (echo, watched);
        let mut program = Program { calls, echo, watched, registry: None };
        program.bind();
        program
    }

    fn bind(&mut self) {
        let service = Service::new(&POLITE, Arc::clone(&self.echo), refuse);
        let service = service.operation::<Greet, _>(echo, |_, _| {
            let thing = "arn:aws:polite:us-east-1:000000000000:greeting";
            Ok(vec![Access::to("polite:Greet", thing.parse().expect("an ARN"))])
        });
        let module = Module::new("polite", &[]).service(service);
        let registry = Registry::new(vec![module]).expect("one module");
        self.calls.bind(&registry, self.watched.clone());
        self.registry = Some(registry);
    }

    async fn greet(&self, caller: &identity::Caller, input: Document) -> Result<Document, Fault> {
        self.call(caller, "Greet", &input).await
    }

    async fn call(
        &self,
        caller: &identity::Caller,
        operation: &str,
        input: &Document,
    ) -> Result<Document, Fault> {
        let (service, chain) = ("polite", Chain::default());
        let idempotency_id = Some("once".into());
        let invocation = Invocation { service, operation, input, chain, idempotency_id };
        self.calls.call(caller, invocation).await
    }
}

fn root() -> identity::Caller {
    testing::root(AccountId::DEFAULT, Region::default())
}

fn code(answer: Result<Document, Fault>) -> &'static str {
    answer.err().map_or("none", |fault| fault.code)
}

#[tokio::test]
async fn an_operation_is_run_with_a_document_and_answers_one() {
    let program = Program::start().await;
    let answer = program.greet(&root(), json!({ "Name": "x" })).await;
    assert_eq!(answer, Ok(json!({ "Name": "http://inside" })));
    assert_eq!(*program.echo.seen.lock(), [Some("once".into())]);
    let watched = program.watched.0.lock();
    assert_eq!(*watched, ["arn:aws:iam::000000000000:root polite:Greet"]);
}

#[tokio::test]
async fn operations_call_each_other_so_often_and_no_more() {
    let program = Program::start().await;
    let answer = program.greet(&root(), json!({ "Name": "xyz" })).await;
    assert_eq!(answer, Ok(json!({ "Name": "http://inside" })), "three of them");
    let endless = program.greet(&root(), json!({ "Name": "loop" })).await;
    assert_eq!(code(endless), "InvalidRequest");
    assert!(program.echo.seen.lock().len() < 20);
}

#[tokio::test]
async fn a_call_from_inside_is_authorized_and_validated_like_any_other() {
    let program = Program::start().await;
    let input = || json!({ "Name": "x" });
    assert_eq!(
        code(program.greet(&testing::anonymous(), input()).await),
        "MissingAuthenticationToken"
    );
    let user = identity::Principal::User { account: AccountId::DEFAULT, name: "bob".into() };
    let bob = testing::proven(user, testing::authority());
    assert_eq!(code(program.greet(&bob, input()).await), "AccessDenied");
    assert_eq!(code(program.greet(&root(), json!({})).await), "Missing");
    assert_eq!(code(program.greet(&root(), json!({ "Name": "too long" })).await), "Invalid");
    let unknown = program.greet(&root(), json!({ "Name": "x", "Colour": "red" })).await;
    assert_eq!(code(unknown), "SerializationException");
}

#[tokio::test]
async fn what_is_not_there_is_refused_by_name() {
    let program = Program::start().await;
    let unknown = program.call(&root(), "Wave", &json!({})).await;
    assert_eq!(code(unknown), "UnknownOperationException");
    assert_eq!(code(program.call(&root(), "Part", &json!({})).await), "NotImplemented");
}

#[tokio::test]
async fn before_all_services_are_there_and_when_they_are_going_nothing_is_called() {
    let mut program = Program::start().await;
    let gone = program.registry.take().map(|registry| Arc::downgrade(&registry));
    assert_eq!(gone.as_ref().map(Weak::strong_count), Some(0), "calls do not keep services alive");
    assert_eq!(code(program.greet(&root(), json!({ "Name": "x" })).await), "ServiceUnavailable");
}
