//! The MD5 sums by which clients check that a message came over whole.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>

use md5::{Digest, Md5};

use crate::model::message_attributes::{Attribute, Value};

/// An MD5 sum.
pub(crate) type Sum = [u8; 16];

/// The sum of a body.
pub(crate) fn of_body(body: &str) -> Sum {
    Md5::digest(body.as_bytes()).into()
}

/// The sum of attributes sorted by name: of each the name, the type, a byte that says whether the value is
/// text or bytes, and the value, each length first. None without attributes.
pub(crate) fn of_attributes<'a>(
    attributes: impl IntoIterator<Item = (&'a str, &'a Attribute)>,
) -> Option<Sum> {
    let mut md5 = Md5::new();
    let mut any = false;
    for (name, attribute) in attributes {
        any = true;
        add(&mut md5, name.as_bytes());
        add(&mut md5, attribute.kind.as_bytes());
        let (mark, value) = match &attribute.value {
            Value::Text(text) => (1, text.as_bytes()),
            Value::Bytes(bytes) => (2, &bytes[..]),
        };
        md5.update([mark]);
        add(&mut md5, value);
    }
    any.then(|| md5.finalize().into())
}

/// A sum as clients read it.
pub(crate) fn hex(sum: &Sum) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(32);
    for byte in sum {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn add(md5: &mut Md5, part: &[u8]) {
    md5.update((part.len() as u32).to_be_bytes());
    md5.update(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_its_md5() {
        assert_eq!(hex(&of_body("This is a test message")), "fafb00f5732ab283681e124bf8747ed1");
    }

    #[test]
    fn no_attributes_have_no_sum() {
        assert_eq!(of_attributes([]), None);
    }
}
