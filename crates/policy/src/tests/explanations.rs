//! Explanations of decisions.

use super::*;
use crate::explain;

#[test]
fn every_statement_says_what_it_had_to_say() {
    let identity = [Arc::new(policy(
        Kind::Identity,
        &[
            r#""Sid":"Read","Effect":"Allow","Action":"sqs:Receive*","Resource":"*""#,
            r#""Effect":"Allow","Action":"sqs:Send*","Resource":"arn:aws:sqs:*:*:o*""#,
        ],
    ))];
    let resource = policy(
        Kind::Resource,
        &[
            r#""Sid":"Office","Effect":"Deny","Principal":"*","Action":"*",
               "Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"},"Bool":{"a:b":true}}"#,
            r#""Effect":"Deny","Principal":{"AWS":"444455556666"},"Action":"sqs:DeleteQueue",
               "Resource":"arn:aws:sqs:us-east-1:111122223333:bills""#,
        ],
    );
    let (principal, context) = (principal(ALICE), keys(&[("aws:SourceIp", "10.1.2.3")]));
    let request = Request {
        principal: &principal,
        action: "sqs:SendMessage",
        resource: QUEUE,
        resource_account: OWNER.parse().unwrap(),
        context: &context,
    };
    let policies = Policies { identity: &identity, session: &[], resource: Some(&resource) };
    let expected = "\
identity-based policy 1, statement 1 (Read): allows something else
    Action: the request has sqs:SendMessage
identity-based policy 1, statement 2: allows it
resource-based policy 1, statement 1 (Office): denies something else
    Bool a:b: the request has no such key
    NotIpAddress aws:SourceIp: the request has 10.1.2.3
resource-based policy 1, statement 2: denies something else
    Action: the request has sqs:SendMessage
    Resource: the request has arn:aws:sqs:us-east-1:111122223333:orders
    Principal: the request has arn:aws:iam::111122223333:user/alice
allowed
";
    assert_eq!(explain(&request, &policies).to_string(), expected);
    let nothing = explain(&request, &Policies::default());
    assert_eq!(nothing.to_string(), "denied: no identity-based policy allows it\n");
}
