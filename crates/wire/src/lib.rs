//! Protocols: bytes in, bytes out.
//!
//! A [`Codec`] reads inputs from requests and writes outputs and errors as responses; there is one for
//! each way to speak over HTTP, found by [`codec_for`], and none knows a service by name. Nothing here
//! opens a socket, reads a clock or waits. Everything that callers send is bounded: how deep values
//! nest, how many parameters a request has, how many elements a list.

mod address;
mod aws_json;
mod aws_query;
mod codec;
mod members;
mod scan;
pub mod sigv4;
mod time;
mod xml;

pub use address::{Address, address};
pub use codec::{Codec, Encoded, Headers, Incoming};

use shape::Protocol;

use crate::aws_json::AwsJson;
use crate::aws_query::AwsQuery;

/// How deep values may nest. Only shapes that contain themselves can nest deeper than a few levels;
/// those of AWS's APIs stop at 32.
const MOST_DEPTH: usize = 128;

#[cfg(test)]
mod testing;

/// The codec of a protocol; `None` if there is none yet.
pub fn codec_for(protocol: Protocol) -> Option<&'static dyn Codec> {
    match protocol {
        Protocol::AwsJson10 => Some(&AwsJson::V1_0),
        Protocol::AwsJson11 => Some(&AwsJson::V1_1),
        Protocol::AwsQuery => Some(&AwsQuery),
        Protocol::AwsCbor11
        | Protocol::Ec2Query
        | Protocol::RestJson
        | Protocol::RestXml
        | Protocol::RpcV2Cbor => None,
    }
}
