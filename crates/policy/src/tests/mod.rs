//! The language as a whole: what is read, what is refused, and what follows.

mod conditions;
mod decisions;
mod explanations;
mod grammar;
mod principals;
mod random;
mod variables;

use std::sync::Arc;

use crate::{Context, Document, Keys, Kind, Policies, Principal, Request, Verdict, evaluate};

const OWNER: &str = "111122223333";
const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:orders";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/worker/one";
const STRANGER: &str = "arn:aws:iam::444455556666:user/bob";
const STRANGERS_ROOT: &str = "arn:aws:iam::444455556666:root";

fn read(kind: Kind, text: &str) -> Document {
    Document::parse(kind, text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A policy of version 2012-10-17 with these statements, each written without its braces.
fn policy(kind: Kind, statements: &[&str]) -> Document {
    let statements: Vec<String> = statements.iter().map(|text| format!("{{{text}}}")).collect();
    let statements = statements.join(",");
    read(kind, &format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#))
}

fn keys(pairs: &[(&str, &str)]) -> Keys {
    let mut keys = Keys::default();
    for (key, value) in pairs {
        keys.add(key, *value);
    }
    keys
}

fn principal(arn: &str) -> Principal {
    arn.parse().unwrap_or_else(|error| panic!("{arn}: {error}"))
}

/// The verdict on sending to the queue.
fn send(caller: &str, context: &dyn Context, policies: &Policies<'_>) -> Verdict {
    let principal = principal(caller);
    evaluate(
        &Request {
            principal: &principal,
            action: "sqs:SendMessage",
            resource: QUEUE,
            resource_account: OWNER.parse().unwrap(),
            context,
        },
        policies,
    )
}

/// Returns true if a statement applies to alice's sending to the queue: if it allows and denies it.
fn applies(rest: &str, context: &dyn Context) -> bool {
    let with = |effect| {
        let text = format!(
            r#""Effect":"{effect}","Action":"sqs:*","Resource":"*","Condition":{{{rest}}}"#
        );
        [Arc::new(policy(Kind::Identity, &[&text]))]
    };
    let allow = with("Allow");
    let allowed = send(ALICE, context, &Policies { identity: &allow, ..Policies::default() });
    let both = [allow[0].clone(), with("Deny")[0].clone()];
    let denied = send(ALICE, context, &Policies { identity: &both, ..Policies::default() });
    assert_eq!(
        allowed == Verdict::Allowed,
        matches!(denied, Verdict::Denied(crate::Denial::Explicit(_))),
        "a condition means the same in both effects: {rest}"
    );
    allowed == Verdict::Allowed
}
