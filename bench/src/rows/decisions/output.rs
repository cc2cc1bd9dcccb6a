//! Looking into an output without a protocol.

use base::Timestamp;
use shape::writer::Fill;
use shape::{Encode, ListSchema, MapSchema, Member, Schema, TimestampFormat, Writer};

/// The first text of a member of this name, wherever it is.
pub(super) fn text_of(output: &dyn Encode, name: &'static str) -> Option<String> {
    let mut search = Search { name, is_next: false, found: None };
    output.encode(&mut search);
    search.found
}

struct Search {
    name: &'static str,
    is_next: bool,
    found: Option<String>,
}

impl Writer for Search {
    fn boolean(&mut self, _: bool) {}
    fn integer(&mut self, _: i32) {}
    fn long(&mut self, _: i64) {}
    fn float(&mut self, _: f32) {}
    fn double(&mut self, _: f64) {}
    fn blob(&mut self, _: &[u8]) {}
    fn timestamp(&mut self, _: Timestamp, _: TimestampFormat) {}
    fn item(&mut self) {}
    fn key(&mut self, _: &str) {}

    fn string(&mut self, value: &str) {
        if self.is_next && self.found.is_none() {
            self.found = Some(value.to_owned());
        }
    }

    fn structure(&mut self, _: &'static Schema, fill: &mut Fill) {
        fill(self);
    }

    fn list(&mut self, _: &'static ListSchema, _: usize, fill: &mut Fill) {
        fill(self);
    }

    fn map(&mut self, _: &'static MapSchema, _: usize, fill: &mut Fill) {
        fill(self);
    }

    fn member(&mut self, member: &'static Member) {
        self.is_next = member.name == self.name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api_sqs::types::{Message, ReceiveMessageResult};

    #[test]
    fn a_text_is_found_inside_a_list() {
        let message = |handle: &str| Message {
            body: Some("body".into()),
            receipt_handle: Some(handle.into()),
            ..Default::default()
        };
        let messages = Some(vec![message("first"), message("second")]);
        let result = ReceiveMessageResult { messages };
        assert_eq!(text_of(&result, "ReceiptHandle").as_deref(), Some("first"));
        assert_eq!(text_of(&result, "Nothing"), None);
    }
}
