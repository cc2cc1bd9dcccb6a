//! Requests and answers in JSON.

use serde_json::{Value, json};

use super::vocabulary::*;

/// The name of the message attribute that some messages have.
pub(super) const ATTRIBUTE: &str = "note";

pub(super) fn message(send: &Send) -> Value {
    let mut input = json!({ "MessageBody": send.body });
    if let Some(group) = &send.group {
        input["MessageGroupId"] = group.as_str().into();
    }
    if let Some(id) = &send.deduplication_id {
        input["MessageDeduplicationId"] = id.as_str().into();
    }
    if let Some(seconds) = send.delay_seconds {
        input["DelaySeconds"] = seconds.into();
    }
    if let Some(text) = &send.attribute {
        let attribute = json!({ "DataType": "String", "StringValue": text });
        input["MessageAttributes"] = json!({ ATTRIBUTE: attribute });
    }
    input
}

pub(super) fn sent(answer: &Value) -> Sent {
    Sent { id: text(&answer["MessageId"]).unwrap(), sequence: text(&answer["SequenceNumber"]) }
}

/// The entries of a batch, whose ids are their numbers.
pub(super) fn entries(all: impl Iterator<Item = Value>) -> Value {
    let entry = |(number, mut entry): (usize, Value)| {
        entry["Id"] = number.to_string().into();
        entry
    };
    json!({ "Entries": all.enumerate().map(entry).collect::<Vec<_>>() })
}

/// What became of each entry of a batch.
pub(super) fn each<T>(answer: &Value, count: usize, read: impl Fn(&Value) -> T) -> Vec<Answer<T>> {
    let find = |list: &str, number: usize| {
        let mut entries = answer[list].as_array().into_iter().flatten().cloned();
        let id = Value::from(number.to_string());
        entries.find(|entry| entry["Id"] == id)
    };
    let one = |number| match (find("Successful", number), find("Failed", number)) {
        (Some(entry), None) => Ok(read(&entry)),
        (None, Some(entry)) => Err(refusal(&entry["Code"])),
        _ => panic!("entry {number} is not answered once: {answer}"),
    };
    (0..count).map(one).collect()
}

/// An error by the name that JSON has for it, or by the code in the answer to a batch.
pub(super) fn refusal(name: &Value) -> Refusal {
    let name = name.as_str().unwrap_or_default();
    let name = name.rsplit(['#', '.']).next().unwrap_or_default();
    match name.trim_end_matches("Exception") {
        "MissingParameter" | "MissingRequiredParameter" => Refusal::MissingParameter,
        "InvalidParameterValue" => Refusal::InvalidParameterValue,
        "ReceiptHandleIsInvalid" => Refusal::ReceiptHandleIsInvalid,
        "MessageNotInflight" => Refusal::MessageNotInflight,
        other => Refusal::Other(other.to_owned()),
    }
}

pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
