//! Modules that are put together, and those that do not go together.

use std::sync::Arc;

use base::{AccountId, Arn};
use futures::future::{self, BoxFuture, FutureExt};
use identity::{Principal, testing};
use policy::{Document, Kind};
use runtime::jobs::{JobHandler, JobQueue, Timer};
use runtime::{
    Access, Call, Conflict, Fact, Facts, Metric, Module, PROGRAM_PAGES, PageRequest, Registry,
    Service, Settings, Trouble,
};
use serde::Deserialize;
use serde_json::json;
use shape::document::DocumentReader;
use shape::{ErrorModel, Operation};

use crate::services::{Greet, POLITE, refuse};

const THING: &str = "arn:aws:polite:us-east-1:111111111111:greeting";

static RUDE: ErrorModel = ErrorModel::new("RudeException", 403).code("Rude");

/// Greets those who may.
fn service() -> Service<()> {
    Service::new(&POLITE, Arc::new(()), refuse).operation::<Greet, _>(
        |_, _, input| future::ready(Ok(input)),
        |_, _| Ok(vec![Access::to("polite:Greet", THING.parse().expect("an ARN"))]),
    )
}

fn module(name: &'static str, arns: &[&'static str]) -> Module {
    Module::new(name, arns)
}

/// A module that says yes to a page.
fn with_page(name: &'static str, page: &'static str) -> Module {
    module(name, &[]).page(page, &Arc::new(()), |_, _| future::ready(Ok("{}".to_owned())))
}

fn with_file(name: &'static str, prefix: &'static str) -> Module {
    module(name, &[]).files(prefix, &Arc::new(()), |_, _| future::ready(Ok(None)))
}

fn with_metric(name: &'static str, metric: &'static str) -> Module {
    module(name, &[]).metric(Metric::new(metric, "A number", || 1.0))
}

/// What is wrong with these modules.
fn conflict(modules: Vec<Module>) -> String {
    match Registry::new(modules) {
        Ok(_) => "nothing".to_owned(),
        Err(conflict) => conflict.to_string(),
    }
}

#[test]
fn what_is_there_twice_is_told_at_the_start() {
    let is_twice = |what: &str, name: &str, modules: Vec<Module>| {
        let text = conflict(modules);
        let said = format!("the {what} {name} is there twice: in the module a and in the module ");
        assert!(text.starts_with(&said), "{text}");
    };
    is_twice("module", "a", vec![module("a", &[]), module("a", &[])]);
    is_twice("service of ARNs", "sqs", vec![module("a", &["sqs"]), module("b", &["sqs"])]);
    let polite = |name| module(name, &[]).service(service());
    is_twice("service", "polite", vec![polite("a"), polite("b")]);
    let twice = service()
        .operation::<Greet, _>(|_, _, input| future::ready(Ok(input)), |_, _| Ok(Vec::new()));
    is_twice("operation", "polite:Greet", vec![module("a", &[]).service(twice)]);
    is_twice("page", "things", vec![with_page("a", "things"), with_page("b", "things")]);
    is_twice("file path", "/Ab", vec![with_file("a", "/A"), with_file("b", "/Ab")]);
    is_twice("file path", "/A", vec![with_file("a", "/A"), with_file("b", "/A")]);
    is_twice("metric", "a_count", vec![with_metric("a", "a_count").metric(again())]);
}

fn again() -> Metric {
    Metric::new("a_count", "Another number", || 2.0)
}

#[test]
fn names_of_the_programs_own_are_refused() {
    for page in PROGRAM_PAGES {
        let refused = Registry::new(vec![with_page("a", page)]).err();
        assert_eq!(refused, Some(Conflict::ProgramPage { module: "a", page }));
    }
    for metric in ["connections", "ab_count", "a", "b_count"] {
        let refused = Registry::new(vec![with_metric("a", metric)]).err();
        assert_eq!(refused, Some(Conflict::ForeignMetric { module: "a", metric }));
    }
}

#[tokio::test]
async fn modules_that_go_together_keep_what_is_theirs() {
    let modules = vec![
        with_page("a", "things").limitation("no colours"),
        with_file("b", "/B"),
        with_metric("c", "c_count"),
    ];
    let registry = Registry::new(modules).expect("they go together");
    let page = registry.page("things", PageRequest::default()).expect("a page").await;
    assert_eq!(page, Ok("{}".to_owned()));
    assert!(registry.page("other", PageRequest::default()).is_none());
    assert_eq!(registry.limitations(), [("a", "no colours")]);
    assert_eq!(registry.metrics().iter().map(Metric::value).sum::<f64>(), 1.0);
}

/// Lets alice do everything.
struct Friend(Arc<Fact>);

impl Facts for Friend {
    fn fact<'f>(&'f self, _: &'f Arn) -> BoxFuture<'f, Result<Option<Arc<Fact>>, Trouble>> {
        let fact = Some(Arc::clone(&self.0));
        future::ready(Ok(fact)).boxed()
    }
}

fn friend() -> Arc<Friend> {
    let text = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
        "Principal":{"AWS":"arn:aws:iam::111111111111:user/alice"}}]}"#;
    let policy = Document::parse(Kind::Resource, text).ok().map(Arc::new);
    Arc::new(Friend(Arc::new(Fact { policy, ..Fact::default() })))
}

async fn greeted(registry: &Registry, name: &str) -> Result<(), &'static str> {
    let account: AccountId = "111111111111".parse().expect("an account");
    let user = Principal::User { account, name: name.into() };
    let call = Call::new(testing::proven(user, testing::authority()), "http://localhost".into());
    let input = json!({ "Name": "you" });
    let started = registry.start(&POLITE, Greet::MODEL, call, &mut DocumentReader::new(&input));
    let Ok(answer) = started else { panic!("not started") };
    answer.await.map(drop).map_err(|fault| fault.name)
}

/// The order in which a module's parts are named means nothing.
#[tokio::test]
async fn operations_are_authorized_with_facts_and_errors_that_were_named_after_them() {
    let late = module("a", &["polite"]).service(service().denied(&RUDE)).facts(friend());
    let early = module("a", &["polite"]).facts(friend()).service(service().denied(&RUDE));
    for module in [late, early] {
        let registry = Registry::new(vec![module]).expect("one module");
        assert_eq!(greeted(&registry, "alice").await, Ok(()));
        assert_eq!(greeted(&registry, "bob").await, Err("RudeException"));
    }
}

struct Jobs(&'static str);

impl JobHandler for Jobs {
    fn queue(&self, _: u8) -> Option<JobQueue> {
        Some(JobQueue { name: self.0, limit: 1 })
    }

    fn run(&self, _: Timer) -> BoxFuture<'_, Result<(), Trouble>> {
        future::ready(Ok(())).boxed()
    }
}

#[test]
fn jobs_go_to_the_module_of_the_arns_service_and_to_no_other() {
    let with = |name, arns: &[&'static str]| module(name, arns).jobs(Arc::new(Jobs(name)));
    let modules = vec![with("a", &["sqs"]), with("b", &["sns", "sms"]), module("c", &["sts"])];
    let registry = Registry::new(modules).expect("they go together");
    for (service, expected) in
        [("sqs", Some("a")), ("sns", Some("b")), ("sms", Some("b")), ("sts", None), ("s3", None)]
    {
        let arn: Arn = format!("arn:aws:{service}:us-east-1:111111111111:x").parse().unwrap();
        let queue = registry.jobs(&arn).and_then(|jobs| jobs.queue(0));
        assert_eq!(queue.map(|queue| queue.name), expected, "{service}");
    }
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Taste {
    most_colours: u32,
}

#[test]
fn a_module_reads_its_own_table_and_refuses_keys_that_it_does_not_know() {
    let tables =
        json!({ "a": { "most-colours": 3 }, "b": { "colours": 3 }, "c": { "most-colours": "x" } });
    let settings = Settings::new(serde_json::from_value(tables).expect("tables"));
    assert_eq!(settings.of("a"), Ok(Taste { most_colours: 3 }));
    assert_eq!(settings.of("none"), Ok(Taste::default()));
    let refused = |module| settings.of::<Taste>(module).expect_err("wrong");
    assert!(refused("b").starts_with("in [b]: unknown field `colours`"), "{}", refused("b"));
    assert!(refused("c").starts_with("in [c]: invalid type"), "{}", refused("c"));
    assert_eq!(settings.none_of("none"), Ok(()));
    assert!(settings.none_of("a").is_err_and(|text| text.contains("most-colours")));
}
