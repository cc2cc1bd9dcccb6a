//! Services and their operations, as protocols call them.

use std::sync::Arc;

use base::{AccountId, Region, Timestamp};
use bytes::Bytes;
use runtime::{Call, File, Module, Registry, Rejected, Service};
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{
    Constraint, Decode, Encode, Fault, ListSchema, Malformed, MapSchema, Member, Operation,
    OperationModel, Reader, Schema, ServiceModel, Target, Text, TimestampFormat, Violation, Writer,
};

/// Greets by name.
pub(crate) struct Greet;

/// What the caller sends, and what it gets.
#[derive(Debug)]
pub(crate) struct Greeting(pub(crate) String);

static GREETING: Schema = Schema {
    name: "Greeting",
    xml_name: "Greeting",
    members: &[Member::new("Name", Target::String(Text::length(None, Some(5)))).required()],
};

const fn operation(name: &'static str) -> OperationModel {
    OperationModel::new(name).takes(&GREETING).gives(&GREETING)
}

static GREET: OperationModel = operation("Greet");
static PART: OperationModel = operation("Part");
static OPERATIONS: [&OperationModel; 2] = [&GREET, &PART];

const fn service(name: &'static str) -> ServiceModel {
    ServiceModel {
        name,
        signing_name: name,
        version: "1",
        operations: &OPERATIONS,
        ..ServiceModel::BARE
    }
}

pub(crate) static POLITE: ServiceModel = service("polite");
static ABSENT: ServiceModel = service("absent");

impl Operation for Greet {
    type Input = Greeting;
    type Output = Greeting;
    const MODEL: &'static OperationModel = &GREET;
}

impl Decode for Greeting {
    const SCHEMA: &'static Schema = &GREETING;
    fn decode(reader: &mut dyn Reader) -> Result<Self, Malformed> {
        let mut name = String::new();
        reader.structure(&GREETING, &mut |_, reader| {
            name = reader.string()?;
            Ok(())
        })?;
        Ok(Greeting(name))
    }
}

impl Encode for Greeting {
    fn schema(&self) -> &'static Schema {
        &GREETING
    }
    fn encode(&self, writer: &mut dyn Writer) {
        writer.structure(&GREETING, &mut |writer| {
            writer.member(&GREETING.members[0]);
            writer.string(&self.0);
        });
    }
}

/// A body: a structure whose only member, if it is there, is a text or something else.
enum Body {
    Without,
    With(&'static str),
    Nonsense,
}

fn nonsense<T>() -> Result<T, Malformed> {
    Err(Malformed("nonsense".to_owned()))
}

impl Reader for Body {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        nonsense()
    }
    fn integer(&mut self) -> Result<i32, Malformed> {
        nonsense()
    }
    fn long(&mut self) -> Result<i64, Malformed> {
        nonsense()
    }
    fn float(&mut self) -> Result<f32, Malformed> {
        nonsense()
    }
    fn double(&mut self) -> Result<f64, Malformed> {
        nonsense()
    }
    fn string(&mut self) -> Result<String, Malformed> {
        if let Body::With(text) = self { Ok((*text).to_owned()) } else { nonsense() }
    }
    fn blob(&mut self) -> Result<Bytes, Malformed> {
        nonsense()
    }
    fn timestamp(&mut self, _: TimestampFormat) -> Result<Timestamp, Malformed> {
        nonsense()
    }
    fn structure(&mut self, _: &'static Schema, each: &mut EachMember) -> Result<(), Malformed> {
        if matches!(self, Body::Without) { Ok(()) } else { each(0, self) }
    }
    fn list(&mut self, _: &'static ListSchema, _: &mut EachItem) -> Result<(), Malformed> {
        nonsense()
    }
    fn map(&mut self, _: &'static MapSchema, _: &mut EachEntry) -> Result<(), Malformed> {
        nonsense()
    }
}

/// How this service words what its model does not allow.
pub(crate) fn refuse(operation: &'static OperationModel, violations: &[Violation]) -> Fault {
    let [violation] = violations else { panic!("one violation: {violations:?}") };
    let code = if violation.constraint == Constraint::Required { "Missing" } else { "Invalid" };
    Fault::common(code, 400, format!("{} {}", operation.name, violation.path))
}

async fn greet(state: Arc<String>, call: Call, input: Greeting) -> Result<Greeting, Fault> {
    if input.0 == "rude" {
        return Err(Fault::common("Rude", 403, "No."));
    }
    Ok(Greeting(format!("{state}, {} of {}!", input.0, call.caller.account)))
}

fn registry() -> Arc<Registry> {
    let polite = Service::new(&POLITE, Arc::new("Hello".to_owned()), refuse);
    let polite = polite.operation::<Greet, _>(greet, |_, _| Ok(Vec::new()));
    Registry::new(vec![Module::new("polite", &[]).service(polite)]).expect("one module")
}

fn call() -> Call {
    let (account, region) = (AccountId::DEFAULT, Region::default());
    Call::new(identity::testing::root(account, region), "http://localhost".into())
}

/// Why a call was not even started.
fn rejected(service: &ServiceModel, operation: &OperationModel, mut body: Body) -> Rejected {
    let started = registry().start(service, operation, call(), &mut body);
    started.err().expect("not started")
}

fn fault(code: &'static str, status: u16, message: &'static str) -> Rejected {
    Rejected::Fault(Fault::common(code, status, message))
}

/// Takes the text of an answer.
#[derive(Default)]
struct Said(String);

impl Writer for Said {
    fn boolean(&mut self, _: bool) {}
    fn integer(&mut self, _: i32) {}
    fn long(&mut self, _: i64) {}
    fn float(&mut self, _: f32) {}
    fn double(&mut self, _: f64) {}
    fn string(&mut self, value: &str) {
        self.0.push_str(value);
    }
    fn blob(&mut self, _: &[u8]) {}
    fn timestamp(&mut self, _: Timestamp, _: TimestampFormat) {}
    fn structure(&mut self, _: &'static Schema, fill: &mut shape::writer::Fill) {
        fill(self);
    }
    fn list(&mut self, _: &'static ListSchema, _: usize, _: &mut shape::writer::Fill) {}
    fn map(&mut self, _: &'static MapSchema, _: usize, _: &mut shape::writer::Fill) {}
    fn member(&mut self, _: &'static Member) {}
    fn item(&mut self) {}
    fn key(&mut self, _: &str) {}
}

async fn said(body: &'static str) -> Result<String, Fault> {
    let started = registry().start(&POLITE, &GREET, call(), &mut Body::With(body));
    let Ok(answer) = started else { panic!("not started") };
    let mut said = Said::default();
    answer.await?.encode(&mut said);
    Ok(said.0)
}

#[tokio::test]
async fn an_operation_gets_its_service_its_caller_and_its_input() {
    assert_eq!(said("you").await, Ok("Hello, you of 000000000000!".to_owned()));
    assert_eq!(said("rude").await, Err(Fault::common("Rude", 403, "No.")));
}

#[test]
fn what_the_model_knows_and_the_program_does_not_have_is_refused_by_name() {
    let part = fault("NotImplemented", 501, "Part is not implemented.");
    assert_eq!(rejected(&POLITE, &PART, Body::With("you")), part);
    let greet = fault("NotImplemented", 501, "Greet is not implemented.");
    assert_eq!(rejected(&ABSENT, &GREET, Body::With("you")), greet);
    assert!(registry().implements("polite", "Greet"));
    assert!(!registry().implements("polite", "Part"));
    assert!(!registry().implements("absent", "Greet"));
    assert!(registry().models().map(|model| model.name).eq(["polite"]));
}

#[test]
fn what_is_no_input_is_malformed_and_left_to_the_protocol() {
    let malformed = Rejected::Malformed(Malformed("nonsense".to_owned()));
    assert_eq!(rejected(&POLITE, &GREET, Body::Nonsense), malformed);
}

#[test]
fn what_breaks_a_constraint_is_refused_in_the_services_words() {
    let missing = fault("Missing", 400, "Greet name");
    assert_eq!(rejected(&POLITE, &GREET, Body::Without), missing);
    let too_long = fault("Invalid", 400, "Greet name");
    assert_eq!(rejected(&POLITE, &GREET, Body::With("too long")), too_long);
}

#[tokio::test]
async fn a_file_is_found_by_the_beginning_of_its_path() {
    let body = |path: String| (path == "/polite-1.txt").then(|| Bytes::from("Hello!"));
    let polite =
        Module::new("polite", &[]).files("/polite-", &Arc::new(body), |body, path| async move {
            Ok(body(path).map(|body| File { content_type: "text/plain", body }))
        });
    let registry = Registry::new(vec![polite]).expect("one module");
    let found = registry.file("/polite-1.txt").expect("a service has it").await;
    assert_eq!(found, Ok(Some(File { content_type: "text/plain", body: "Hello!".into() })));
    assert_eq!(registry.file("/polite-2.txt").expect("a service would have it").await, Ok(None));
    assert!(registry.file("/rude-1.txt").is_none());
}
