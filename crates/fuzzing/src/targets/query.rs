//! awsQuery inputs: a line with the query string, then the form.

use bytes::Bytes;
use shape::Protocol;
use wire::{Hint, RouteTable};

use super::{request, typed};

/// Finds the operation that the request names, and reads its input as that operation's type.
pub fn run(bytes: &[u8]) {
    read(bytes);
}

fn read(bytes: &[u8]) -> bool {
    let (query, body) = request::line(bytes);
    let body = Bytes::copy_from_slice(body);
    let none: [(&str, &str); 0] = [];
    let incoming = request::incoming(&query, &none, &body);
    let table = RouteTable::new([&api_sqs::MODEL, &api_sns::MODEL, &api_sts::MODEL], []);
    let Ok(found) = table.find(&incoming, Hint::default()) else { return false };
    let typed = typed::operation(found.operation.name);
    typed.is_some_and(|typed| typed.check(Protocol::AwsQuery, &query, &body))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sample_is_an_input() {
        for sample in crate::corpus::samples("query").expect("samples") {
            assert!(super::read(&sample), "{}", String::from_utf8_lossy(&sample));
        }
    }
}
