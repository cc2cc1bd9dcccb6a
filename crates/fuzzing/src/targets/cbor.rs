//! CBOR inputs: a line with the operation's name, then the body.

use bytes::Bytes;
use shape::Protocol;

use super::{request, typed};

/// Reads an input as its operation's type, in both protocols that speak CBOR.
pub fn run(bytes: &[u8]) {
    read(bytes);
}

fn read(bytes: &[u8]) -> bool {
    let (name, body) = request::line(bytes);
    let body = Bytes::copy_from_slice(body);
    let Some(typed) = typed::operation(&name) else { return false };
    typed.check(Protocol::AwsCbor11, "", &body);
    typed.check(Protocol::RpcV2Cbor, "", &body)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sample_is_an_input() {
        for sample in crate::corpus::samples("cbor").expect("samples") {
            assert!(super::read(&sample), "{}", String::from_utf8_lossy(&sample));
        }
    }
}
