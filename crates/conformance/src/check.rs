//! What must hold of every operation.

use std::fmt::Debug;

use bytes::Bytes;
use shape::validate::Notes;
use shape::{Decode, Encode, Operation, OperationModel, Protocol, ServiceModel, Validated};
use wire::{Codec, Incoming, codec_for};

use crate::{dice, dom, form};

fn codec(protocol: Protocol) -> &'static dyn Codec {
    codec_for(protocol).expect("a codec")
}

/// Reads an input as the program does; both ways of it must say the same.
fn read<T: Decode + Debug + PartialEq>(
    protocol: Protocol,
    operation: &'static OperationModel,
    body: Bytes,
) -> Result<T, String> {
    let none: [(&str, &str); 0] = [];
    let request = Incoming { method: "POST", path: "/", query: "", headers: &none, body: &body };
    let reader = || codec(protocol).read(operation, &request).map_err(|malformed| malformed.0);
    let plain = T::decode(&mut *reader()?).map_err(|malformed| malformed.0);
    let mut notes = Notes::default();
    let mut reader = reader()?;
    let checked = T::decode(&mut Validated::new(&mut *reader, &mut notes));
    assert_eq!(plain, checked.map_err(|malformed| malformed.0));
    plain
}

fn check_json<T>(service: &'static ServiceModel, operation: &'static OperationModel, value: &T)
where
    T: Decode + Encode + Debug + PartialEq,
{
    // Written as if it were an output: what is written does not depend on whose it is.
    static EMPTY: shape::Schema = shape::Schema { name: "Any", xml_name: "Any", members: &[] };
    static ANY: OperationModel = OperationModel::new("Any").gives(&EMPTY);
    let body = codec(Protocol::AwsJson10).answer(service, &ANY, value, "id").body;
    assert_eq!(read::<T>(Protocol::AwsJson10, operation, body).as_ref(), Ok(value));
}

/// An input and an output, made of a seed, survive JSON and Query.
pub fn round_trip<O: Operation>(service: &'static ServiceModel, seed: u64)
where
    O::Input: Encode + Debug + PartialEq,
    O::Output: Decode + Debug + PartialEq,
{
    let (input, output): (O::Input, O::Output) = (dice::value(seed), dice::value(seed));
    check_json(service, O::MODEL, &input);
    check_json(service, O::MODEL, &output);
    let body = Bytes::from(form::encode(O::MODEL, &input));
    assert_eq!(read(Protocol::AwsQuery, O::MODEL, body), Ok(input));
    let answer = codec(Protocol::AwsQuery).answer(service, O::MODEL, &output, "id").body;
    let answer = String::from_utf8(answer.to_vec()).expect("UTF-8");
    assert_eq!(dom::decode::<O::Output>(&answer, O::MODEL.result_wrapper), output, "{answer}");
}

/// Bytes that mean nothing are refused or read, and neither panics.
pub fn survive<O: Operation>(bytes: &[u8])
where
    O::Input: Debug + PartialEq,
{
    for protocol in [Protocol::AwsJson10, Protocol::AwsQuery] {
        _ = read::<O::Input>(protocol, O::MODEL, Bytes::copy_from_slice(bytes));
    }
}
