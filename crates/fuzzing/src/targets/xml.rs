//! XML inputs, as REST carries them: a line with the operation's name, then the body.

use bytes::Bytes;
use shape::Protocol;

use super::{request, typed};

/// Reads an input as its operation's type.
pub fn run(bytes: &[u8]) {
    read(bytes);
}

fn read(bytes: &[u8]) -> bool {
    let (name, body) = request::line(bytes);
    let typed = typed::operation(&name);
    typed.is_some_and(|typed| typed.check(Protocol::RestXml, "", &Bytes::copy_from_slice(body)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sample_is_an_input() {
        for sample in crate::corpus::samples("xml").expect("samples") {
            assert!(super::read(&sample), "{}", String::from_utf8_lossy(&sample));
        }
    }
}
