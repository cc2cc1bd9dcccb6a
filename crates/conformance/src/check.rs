//! What must hold of every operation.

use std::fmt::Debug;

use bytes::Bytes;
use shape::validate::Notes;
use shape::{
    ByteStream, Decode, Encode, Fault, Location, Malformed, Operation, OperationModel, Protocol,
    Reader, Schema, ServiceModel, Target, Validated,
};
use wire::client::Request;
use wire::{Encoded, client, codec_for};

use crate::{dice, dom, form};

/// Reads an input as the program does; both ways of it must say the same.
fn read<T: Decode + Debug + PartialEq>(
    protocol: Protocol,
    operation: &'static OperationModel,
    request: &Request,
) -> Result<T, String> {
    let incoming = request.incoming();
    let reader = || codec_for(protocol).read(operation, &incoming).map_err(|malformed| malformed.0);
    let plain = T::decode(&mut *reader()?).map_err(|malformed| malformed.0);
    let mut notes = Notes::default();
    let mut reader = reader()?;
    let checked = T::decode(&mut Validated::new(&mut *reader, &mut notes));
    assert_eq!(plain, checked.map_err(|malformed| malformed.0));
    plain
}

/// An input, an output and the errors of a service survive every protocol of the service; what they hold
/// is made of a seed.
pub fn round_trip<O: Operation>(service: &'static ServiceModel, seed: u64)
where
    O::Input: Encode + Debug + PartialEq,
    O::Output: Decode + Debug + PartialEq,
{
    let schemas = [O::MODEL.input, O::MODEL.output].into_iter().flatten();
    let is_ambiguous = schemas.into_iter().any(is_ambiguous);
    for &protocol in service.protocols {
        if is_ambiguous && protocol == Protocol::RestXml {
            continue;
        }
        let input: O::Input = dice::value(seed, protocol);
        let request = match protocol {
            Protocol::AwsQuery | Protocol::Ec2Query => {
                let body = Bytes::from(form::encode(O::MODEL, &input));
                Request { method: "POST", path: "/".to_owned(), body, ..Request::default() }
            }
            _ => client::request(protocol, service, O::MODEL, &input),
        };
        let found = read(protocol, O::MODEL, &request);
        assert_eq!(found, Ok(input), "{protocol:?} {} {request:?}", O::MODEL.name);
        if O::MODEL.output.is_some_and(|schema| !has_events(schema)) {
            check_output::<O>(service, protocol, seed);
        }
    }
}

/// Whether XML cannot tell two members of a structure apart, here or further in: they have one name.
fn is_ambiguous(schema: &'static Schema) -> bool {
    crate::schemas::within(schema).iter().any(|schema| {
        let names = schema.members.iter().filter(|member| member.location == Location::Body);
        let names: Vec<&str> = names.map(|member| member.wire_name).collect();
        names.iter().enumerate().any(|(at, name)| names[..at].contains(name))
    })
}

fn has_events(schema: &Schema) -> bool {
    schema.members.iter().any(|member| matches!(member.target, Target::Events(_)))
}

fn check_output<O: Operation>(service: &'static ServiceModel, protocol: Protocol, seed: u64)
where
    O::Output: Decode + Debug + PartialEq,
{
    let output: O::Output = dice::value(seed, protocol);
    let answer = codec_for(protocol).answer(service, O::MODEL, &output, "id");
    let found = read_answer::<O::Output>(protocol, O::MODEL, &answer);
    assert_eq!(found.as_ref(), Ok(&output), "{protocol:?} {} {answer:?}", O::MODEL.name);
    if protocol == Protocol::AwsQuery {
        // Once more with a reader that has nothing of this program's.
        let text = String::from_utf8(answer.body.to_vec()).expect("UTF-8");
        assert_eq!(dom::decode::<O::Output>(&text, O::MODEL.result_wrapper), output, "{text}");
    }
}

fn read_answer<T: Decode>(
    protocol: Protocol,
    operation: &'static OperationModel,
    answer: &Encoded,
) -> Result<T, Malformed> {
    let mut value = None;
    client::answer(protocol, operation, answer, &mut |reader: &mut dyn Reader| {
        value = Some(T::decode(reader)?);
        Ok(())
    })?;
    value.ok_or_else(|| Malformed("nothing was read".to_owned()))
}

/// The members of an error besides its text survive every protocol of the service.
pub fn error_round_trip<E>(service: &'static ServiceModel, seed: u64)
where
    E: Decode + Encode + Clone + Debug + PartialEq + Send + Sync + 'static,
{
    static ANY: OperationModel = OperationModel::new("Any");
    let Some(model) = service.error(E::SCHEMA.name) else { return };
    for &protocol in service.protocols {
        let members: E = dice::value(seed, protocol);
        let fault = Fault::new(model, "It is so.").with(members.clone());
        let mut answer = codec_for(protocol).fault(service, &fault, "id");
        if matches!(protocol, Protocol::AwsQuery) {
            // The members stand in an element of their own.
            let text = String::from_utf8(answer.body.to_vec()).expect("UTF-8");
            let (_, rest) = text.split_once("<Error>").expect("an error");
            let (inside, _) = rest.split_once("</Error>").expect("an end");
            answer.body = Bytes::from(["<Error>", inside, "</Error>"].concat());
        }
        let found = read_answer::<E>(protocol, &ANY, &answer);
        assert_eq!(found.as_ref(), Ok(&members), "{protocol:?} {answer:?}");
    }
}

/// Bytes that mean nothing are refused or read, and neither panics.
pub fn survive<O: Operation>(service: &'static ServiceModel, bytes: &[u8])
where
    O::Input: Debug + PartialEq,
{
    let others = [Protocol::AwsCbor11, Protocol::RestXml, Protocol::RestJson];
    for &protocol in service.protocols.iter().chain(&others) {
        let body = Bytes::copy_from_slice(bytes);
        let stream = Some(ByteStream::from(body.clone()));
        let path = String::from_utf8_lossy(bytes).into_owned();
        let request = Request {
            method: "POST",
            query: path.clone(),
            path,
            body,
            stream,
            ..Request::default()
        };
        _ = read::<O::Input>(protocol, O::MODEL, &request);
    }
}

/// Two functions for the crate of a service's API, called by its macro `each`: one checks all operations and
/// errors with a seed, the other feeds bytes to the inputs of all operations.
#[macro_export]
macro_rules! check_each {
    ($service:path; $($operation:ident)*; $($error:ident)*) => {{
        use $service as service;
        fn check(seed: u64) {
            $($crate::round_trip::<service::operations::$operation>(&service::MODEL, seed);)*
            $($crate::error_round_trip::<service::types::$error>(&service::MODEL, seed);)*
        }
        fn survive(bytes: &[u8]) {
            $($crate::survive::<service::operations::$operation>(&service::MODEL, bytes);)*
        }
        (check as fn(u64), survive as fn(&[u8]))
    }};
}
