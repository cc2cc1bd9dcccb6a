//! Policy documents: a line with a principal, then the document.

use base::AccountId;
use policy::{Document, Keys, Kind, Policies, Principal, Request, evaluate, explain};

use super::request;

/// Reads a document as each kind, and asks it. The explanation comes to the same as the evaluation.
pub fn run(bytes: &[u8]) {
    let (principal, document) = request::line(bytes);
    let text = request::text(document);
    let anonymous = "arn:aws:iam::000000000000:root";
    let principal = principal.parse().or_else(|_| anonymous.parse());
    let Ok(principal) = principal else { panic!("{anonymous} is a principal") };
    for kind in [Kind::Resource, Kind::Trust, Kind::Identity, Kind::Session] {
        match Document::parse(kind, &text) {
            Ok(document) => ask(document, kind, &principal),
            Err(malformed) => assert!(!malformed.to_string().is_empty()),
        }
    }
}

fn ask(document: Document, kind: Kind, principal: &Principal) {
    let mut context = Keys::default();
    context.add("aws:SourceIp", "192.0.2.1");
    context.add("aws:CurrentTime", "2026-01-01T00:00:00Z");
    context.add("aws:SourceArn", "arn:aws:sns:us-east-1:000000000000:topic");
    context.add("aws:TagKeys", "one");
    context.add("aws:TagKeys", "two");
    let request = Request {
        principal,
        action: "sqs:SendMessage",
        resource: "arn:aws:sqs:us-east-1:000000000000:q",
        resource_account: AccountId::DEFAULT,
        context: &context,
    };
    let documents = [std::sync::Arc::new(document)];
    let policies = match kind {
        Kind::Resource | Kind::Trust => {
            Policies { resource: Some(&*documents[0]), ..Policies::default() }
        }
        Kind::Identity => Policies { identity: &documents, ..Policies::default() },
        Kind::Session => Policies { session: &documents, ..Policies::default() },
    };
    assert_eq!(explain(&request, &policies).verdict, evaluate(&request, &policies));
}
