//! Protocols: bytes in, bytes out.
//!
//! A [`Codec`] reads inputs from requests and writes outputs and errors as responses; there is one for
//! each way to speak over HTTP, found by [`codec_for`], and none knows a service by name. A [`RouteTable`]
//! finds the operation that a request is for. Nothing here
//! opens a socket, reads a clock or waits. Everything that callers send is bounded: how deep values
//! nest, how many parameters a request has, how many elements a list.

mod aws_json;
mod aws_query;
mod cbor;
#[cfg(any(test, feature = "client"))]
pub mod client;
mod codec;
mod events;
mod members;
mod rest;
mod route;
mod scan;
pub mod sigv4;
mod time;
mod xml;

pub use codec::{Codec, Encoded, Headers, Incoming};
pub use route::{Hint, NotFound, RouteTable, Routed};

use shape::Protocol;

use crate::aws_json::AwsJson;
use crate::aws_query::{AwsQuery, Ec2Query};
use crate::cbor::Cbor;
use crate::rest::Rest;

/// How deep values may nest. Only shapes that contain themselves can nest deeper than a few levels;
/// those of AWS's APIs stop at 32.
const MOST_DEPTH: usize = 128;

#[cfg(test)]
mod testing;

/// The codec of a protocol.
pub fn codec_for(protocol: Protocol) -> &'static dyn Codec {
    match protocol {
        Protocol::AwsJson10 => &AwsJson::V1_0,
        Protocol::AwsJson11 => &AwsJson::V1_1,
        Protocol::AwsQuery => &AwsQuery,
        Protocol::Ec2Query => &Ec2Query,
        Protocol::AwsCbor11 => &Cbor::AWS_1_1,
        Protocol::RestJson => &Rest::JSON,
        Protocol::RestXml => &Rest::XML,
        Protocol::RpcV2Cbor => &Cbor::RPC_V2,
    }
}
