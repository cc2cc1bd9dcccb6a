//! The inputs of operations, in JSON.

use serde_json::{Value, json};

use super::text::text;

/// Messages a batch: as many as the service allows.
pub(super) const BATCH: usize = 10;
/// Bytes of a message's body.
pub(super) const LENGTH: usize = 1024;
/// Groups of a FIFO queue's messages.
pub(super) const GROUPS: u64 = 1000;
/// Longer than any measurement, so that nothing comes back meanwhile.
const VISIBILITY_TIMEOUT: &str = "3600";

/// The two kinds of queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Standard,
    Fifo,
}

/// Creates a queue.
pub(super) fn queue(kind: Kind, name: &str) -> Value {
    let visibility = ("VisibilityTimeout", VISIBILITY_TIMEOUT);
    match kind {
        Kind::Standard => {
            json!({ "QueueName": name, "Attributes": { visibility.0: visibility.1 } })
        }
        Kind::Fifo => json!({
            "QueueName": format!("{name}.fifo"),
            "Attributes": { "FifoQueue": "true", visibility.0: visibility.1 },
        }),
    }
}

/// One message; another text for each seed.
pub(super) fn message(queue: &str, seed: usize) -> String {
    json!({ "QueueUrl": queue, "MessageBody": text(seed as u64, LENGTH) }).to_string()
}

/// A batch of messages; other texts for each seed.
pub(super) fn batch(queue: &str, seed: usize) -> String {
    entries(queue, seed, |_| {})
}

/// The same, each message with what `more` adds to it.
pub(super) fn entries(queue: &str, seed: usize, more: impl Fn(&mut Value)) -> String {
    let entry = |index: usize| {
        let body = text((seed * BATCH + index) as u64, LENGTH);
        let mut entry = json!({ "Id": index.to_string(), "MessageBody": body });
        more(&mut entry);
        entry
    };
    let entries: Vec<_> = (0..BATCH).map(entry).collect();
    json!({ "QueueUrl": queue, "Entries": entries }).to_string()
}

/// Receives up to so many messages.
pub(super) fn receive(queue: &str, most: usize) -> String {
    json!({ "QueueUrl": queue, "MaxNumberOfMessages": most }).to_string()
}

/// How many messages each request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    One,
    Ten,
}

impl Size {
    pub(super) fn messages(self) -> usize {
        match self {
            Size::One => 1,
            Size::Ten => BATCH,
        }
    }

    pub(super) fn send(self) -> &'static str {
        match self {
            Size::One => "SendMessage",
            Size::Ten => "SendMessageBatch",
        }
    }

    pub(super) fn delete(self) -> &'static str {
        match self {
            Size::One => "DeleteMessage",
            Size::Ten => "DeleteMessageBatch",
        }
    }

    /// What is sent; another text for each seed.
    pub(super) fn input(self, queue: &str, seed: usize) -> String {
        match self {
            Size::One => message(queue, seed),
            Size::Ten => batch(queue, seed),
        }
    }

    /// The input that deletes what these handles, still in JSON's escaping, stand for.
    pub(super) fn deletion(self, queue: &str, handles: &[&str]) -> String {
        let queue = json!(queue);
        match (self, handles) {
            (Size::One, [first, ..]) => {
                format!("{{\"QueueUrl\":{queue},\"ReceiptHandle\":\"{first}\"}}")
            }
            _ => {
                let entry =
                    |(id, handle)| format!("{{\"Id\":\"{id}\",\"ReceiptHandle\":\"{handle}\"}}");
                let entries: Vec<String> = handles.iter().enumerate().map(entry).collect();
                format!("{{\"QueueUrl\":{queue},\"Entries\":[{}]}}", entries.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_is_deleted_alone_and_ten_by_their_places() {
        let one = Size::One.deletion("q", &["a/b="]);
        assert_eq!(one, r#"{"QueueUrl":"q","ReceiptHandle":"a/b="}"#);
        let ten: Value = serde_json::from_str(&Size::Ten.deletion("q", &["a", "b"])).unwrap();
        assert_eq!(ten["Entries"][1], json!({ "Id": "1", "ReceiptHandle": "b" }));
    }

    #[test]
    fn a_batch_has_ten_messages_that_differ() {
        let batch: Value = serde_json::from_str(&batch("q", 3)).unwrap();
        let entries = batch["Entries"].as_array().unwrap();
        assert_eq!(entries.len(), BATCH);
        assert_eq!(entries[0]["MessageBody"].as_str().unwrap().len(), LENGTH);
        assert_ne!(entries[0]["MessageBody"], entries[9]["MessageBody"]);
    }
}
