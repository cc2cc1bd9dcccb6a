//! Every operation's input as its type, by the operation's name.

use std::any::Any;
use std::fmt::Debug;

use bytes::Bytes;
use shape::validate::{Notes, describe};
use shape::{
    Decode, Encode, Malformed, Operation, OperationModel, Protocol, Reader, Schema, ServiceModel,
    Validated, Writer,
};
use wire::codec_for;

use super::request::incoming;

/// An operation whose input can be read.
pub(crate) struct Typed {
    pub(crate) service: &'static ServiceModel,
    pub(crate) operation: &'static OperationModel,
    read: fn(&mut dyn Reader) -> Read,
}

/// What was read.
type Read = Result<Box<dyn Input>, Malformed>;

/// An input, whatever its type.
trait Input: Encode + Debug + Any {
    fn is(&self, other: &dyn Any) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<T: Encode + Debug + PartialEq + Any> Input for T {
    fn is(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>().is_some_and(|other| self == other)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Reads as the runtime does: with the model's constraints checked on the way.
fn read<O>(reader: &mut dyn Reader) -> Read
where
    O: Operation,
    O::Input: Encode + Debug + PartialEq,
{
    let mut notes = Notes::default();
    let input = O::Input::decode(&mut Validated::new(reader, &mut notes))?;
    let violations = notes.into_violations();
    if !violations.is_empty() {
        assert!(!describe(&violations).is_empty());
    }
    Ok(Box::new(input))
}

/// An input that is written as if it were an output.
struct As<'a>(&'a dyn Input);

impl Encode for As<'_> {
    fn schema(&self) -> &'static Schema {
        self.0.schema()
    }

    fn encode(&self, writer: &mut dyn Writer) {
        self.0.encode(writer);
    }
}

macro_rules! operations {
    ($service:path; $($operation:ident)*; $($error:ident)*) => {{
        use $service as service;
        [$(Typed {
            service: &service::MODEL,
            operation: <service::operations::$operation as Operation>::MODEL,
            read: read::<service::operations::$operation>,
        }),*]
    }};
}

/// All operations of all services.
pub(crate) const OPERATIONS: &[&[Typed]] =
    &[&api_sqs::each!(operations), &api_sns::each!(operations), &api_sts::each!(operations)];

/// The first operation with this name: services share some.
pub(crate) fn operation(name: &str) -> Option<&'static Typed> {
    OPERATIONS.iter().copied().flatten().find(|typed| typed.operation.name == name)
}

impl Typed {
    /// Reads an input; says whether it is one. What was read, written as JSON and read again, must be the same.
    pub(crate) fn check(&self, protocol: Protocol, query: &str, body: &Bytes) -> bool {
        let codec = codec_for(protocol);
        let none: [(&str, &str); 0] = [];
        let request = incoming(query, &none, body);
        let input =
            codec.read(self.operation, &request).and_then(|mut reader| (self.read)(&mut *reader));
        match input {
            Ok(input) => {
                self.read_again(&*input);
                true
            }
            Err(malformed) => {
                let fault = codec.malformed(malformed);
                assert_eq!(codec.fault(self.service, &fault, "id").status, 400);
                false
            }
        }
    }

    fn read_again(&self, input: &dyn Input) {
        let codec = codec_for(Protocol::AwsJson10);
        // Any operation with an output will do: the JSON of an answer is that of a request.
        let answering = &api_sqs::operations::CREATE_QUEUE;
        let body = codec.answer(self.service, answering, &As(input), "id").body;
        let none: [(&str, &str); 0] = [];
        let request = incoming("", &none, &body);
        let again = codec.read(self.operation, &request).and_then(|mut r| (self.read)(&mut *r));
        match again {
            Ok(again) => assert!(input.is(again.as_any()), "{input:?} became {again:?}"),
            Err(error) => panic!("{input:?} cannot be read again: {error}"),
        }
    }
}
