//! Scripts of requests, a line each: `AmazonSQS.SendMessage {…}` in JSON, `Action=SendMessage&…` in Query, and
//! `+30` for seconds that pass. `$ReceiptHandle`, `$TaskHandle` and `$NextToken` stand for those of the newest
//! answer that had one.

use std::collections::BTreeMap;

use serde_json::Value;
use shape::Protocol;

use super::node::{Answered, Node};

/// Most lines that are run.
const LINES: usize = 40;
/// Most seconds that one line lets pass: longer than anything is kept.
const SECONDS: u64 = 1_500_000;

/// What is taken from answers.
const TAKEN: [&str; 3] = ["ReceiptHandle", "TaskHandle", "NextToken"];

/// Runs a script; every answer must be one of its protocol, and satisfy `check`.
pub(crate) async fn run(node: &Node, script: &str, check: impl Fn(&Answered)) {
    let mut taken = BTreeMap::new();
    for line in script.lines().take(LINES) {
        if let Some(seconds) = line.strip_prefix('+') {
            node.pass(seconds.parse().unwrap_or(1).min(SECONDS)).await;
            continue;
        }
        let line = filled(line, &taken);
        let answered = match line.split_once(' ') {
            Some((target, body)) => node.ask(Some(target), body).await,
            None => node.ask(None, &line).await,
        };
        if let Some(answered) = answered {
            take(&answered, &mut taken);
            check(&answered);
        }
    }
}

fn filled(line: &str, taken: &BTreeMap<&'static str, String>) -> String {
    let mut line = line.to_owned();
    for (name, value) in taken {
        line = line.replace(&format!("${name}"), value);
    }
    line
}

/// Reads an answer, which must be what it says it is.
fn take(answered: &Answered, taken: &mut BTreeMap<&'static str, String>) {
    let text = std::str::from_utf8(&answered.body).expect("answers are text");
    if answered.protocol == Protocol::AwsQuery {
        let document = roxmltree::Document::parse(text);
        let document = document.unwrap_or_else(|error| panic!("{error} in {text}"));
        for node in document.descendants() {
            let name = TAKEN
                .into_iter()
                .find(|name| node.has_tag_name(*name) || node.tag_name().name() == *name);
            if let (Some(name), Some(value)) = (name, node.text()) {
                taken.insert(name, value.to_owned());
            }
        }
    } else if !text.is_empty() {
        let value = serde_json::from_str(text);
        find(&value.unwrap_or_else(|error| panic!("{error} in {text}")), taken);
    }
}

fn find(value: &Value, taken: &mut BTreeMap<&'static str, String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| find(item, taken)),
        Value::Object(members) => {
            for (key, member) in members {
                match (TAKEN.into_iter().find(|name| name == key), member.as_str()) {
                    (Some(name), Some(text)) => drop(taken.insert(name, text.to_owned())),
                    _ => find(member, taken),
                }
            }
        }
        _ => {}
    }
}
