//! Measures a decision: `cargo run --release -p policy --example evaluate`.

use std::sync::Arc;

use base::clock::Stopwatch;
use policy::{Document, Keys, Kind, Policies, Principal, Request, Verdict, evaluate};

const IDENTITY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["sqs:ListQueues","sns:ListTopics"],"Resource":"*"},
    {"Effect":"Allow","Action":["sqs:Send*","sqs:Receive*","sqs:DeleteMessage"],
     "Resource":["arn:aws:sqs:*:111122223333:orders*","arn:aws:sqs:*:111122223333:bills*"]},
    {"Effect":"Deny","Action":"sqs:DeleteQueue","Resource":"*"}]}"#;

const RESOURCE: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"Office","Effect":"Deny","Principal":"*","Action":"sqs:*",
     "Condition":{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}},
    {"Sid":"Topics","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},
     "Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:orders",
     "Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"}}}]}"#;

const VARIABLES: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:${aws:username}-*",
     "Condition":{"StringEquals":{"aws:PrincipalTag/team":["blue","red"]}}}]}"#;

const ROUNDS: u32 = 1_000_000;

fn main() {
    let read = |kind, text| Document::parse(kind, text).expect("a policy");
    let resource = read(Kind::Resource, RESOURCE);
    let mut context = Keys::default();
    context.add("aws:SourceIp", "10.1.2.3");
    context.add("aws:PrincipalTag/team", "red");
    let account = "111122223333".parse().expect("an account");
    let principal: Principal = "arn:aws:iam::111122223333:user/orders".parse().expect("a user");
    for (name, text) in [("usual", IDENTITY), ("with variables", VARIABLES)] {
        let identity = [Arc::new(read(Kind::Identity, text))];
        let policies = Policies { identity: &identity, session: &[], resource: Some(&resource) };
        let request = Request {
            principal: &principal,
            action: "sqs:SendMessage",
            resource: "arn:aws:sqs:us-east-1:111122223333:orders-1",
            resource_account: account,
            context: &context,
        };
        let watch = Stopwatch::start();
        let allowed = (0..ROUNDS)
            .filter(|_| evaluate(std::hint::black_box(&request), &policies) == Verdict::Allowed)
            .count();
        let nanoseconds = watch.seconds() * 1e9 / f64::from(ROUNDS);
        println!("{name}: {nanoseconds:.0} ns a decision, {allowed} of {ROUNDS} allowed");
    }
}
