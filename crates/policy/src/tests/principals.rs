//! The principals that a statement applies to.

use super::*;
use crate::Verdict::Allowed;

/// Returns true if a resource's statement with this principal applies to a caller. Denying shows it: it asks nobody
/// else.
fn about(element: &str, caller: &str) -> bool {
    let deny = format!(r#""Effect":"Deny",{element},"Action":"*""#);
    let allow = r#""Effect":"Allow","Principal":"*","Action":"*""#;
    let policy = policy(Kind::Resource, &[allow, &deny]);
    let all = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    let identity = [Arc::new(super::policy(Kind::Identity, &[all]))];
    let policies = Policies { identity: &identity, session: &[], resource: Some(&policy) };
    send(caller, &(), &policies) != Allowed
}

#[test]
fn each_form_of_a_principal_is_about_those_whom_it_names() {
    let callers = [ROOT, ALICE, SESSION, STRANGER, "anonymous", "sns.amazonaws.com"];
    for (principal, expected) in [
        ("\"*\"", [true; 6]),
        (r#"{"AWS":"*"}"#, [true; 6]),
        (r#"{"AWS":"111122223333"}"#, [true, true, true, false, false, false]),
        (r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, [true, true, true, false, false, false]),
        (
            r#"{"AWS":"arn:aws:iam::111122223333:user/alice"}"#,
            [false, true, false, false, false, false],
        ),
        (
            r#"{"AWS":"arn:aws:iam::111122223333:user/Alice"}"#,
            [false, false, false, false, false, false],
        ),
        (
            r#"{"AWS":"arn:aws:iam::111122223333:role/worker"}"#,
            [false, false, true, false, false, false],
        ),
        (
            r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/worker/one"}"#,
            [false, false, true, false, false, false],
        ),
        (
            r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/worker/two"}"#,
            [false, false, false, false, false, false],
        ),
        (
            r#"{"AWS":["444455556666","arn:aws:iam::111122223333:user/alice"]}"#,
            [false, true, false, true, false, false],
        ),
        (r#"{"Service":"sns.amazonaws.com"}"#, [false, false, false, false, false, true]),
        (r#"{"Federated":"accounts.google.com"}"#, [false; 6]),
        (
            r#"{"AWS":"444455556666","Service":"sns.amazonaws.com"}"#,
            [false, false, false, true, false, true],
        ),
    ] {
        let found = callers.map(|caller| about(&format!(r#""Principal":{principal}"#), caller));
        assert_eq!(found, expected, "{principal}");
    }
}

#[test]
fn an_exception_holds_for_those_whose_every_link_to_the_account_it_names() {
    let (user, role) = (ALICE, "arn:aws:iam::111122223333:role/worker");
    for (named, caller, denied) in [
        (vec![ROOT], ROOT, false),
        (vec![ROOT, user], user, false),
        (vec![user], user, true),
        (vec![ROOT], user, true),
        (vec![ROOT, role, SESSION], SESSION, false),
        (vec![ROOT, SESSION], SESSION, true),
        (vec![role, SESSION], SESSION, true),
        (vec![ROOT, role], SESSION, true),
        (vec![ROOT, user], STRANGER, true),
        (vec![ROOT], "anonymous", true),
        (vec!["*"], STRANGER, false),
    ] {
        let element = format!(r#""NotPrincipal":{{"AWS":{named:?}}}"#);
        assert_eq!(about(&element, caller), denied, "{caller} but for {named:?}");
    }
    let service = r#""NotPrincipal":{"Service":"sns.amazonaws.com"}"#;
    assert!(!about(service, "sns.amazonaws.com"));
    assert!(about(service, "s3.amazonaws.com"));
}

#[test]
fn a_session_is_of_the_role_with_its_path() {
    let session = Principal::AssumedRole {
        account: OWNER.parse().unwrap(),
        role: "service-role/worker".into(),
        session: "one".into(),
    };
    for (named, expected) in [
        ("arn:aws:iam::111122223333:role/service-role/worker", true),
        ("arn:aws:iam::111122223333:role/worker", false),
        (SESSION, true),
    ] {
        let allow = format!(r#""Effect":"Allow","Principal":{{"AWS":"{named}"}},"Action":"*""#);
        let policy = policy(Kind::Resource, &[&allow]);
        let request = Request {
            principal: &session,
            action: "sqs:SendMessage",
            resource: QUEUE,
            resource_account: OWNER.parse().unwrap(),
            context: &(),
        };
        let policies = Policies { resource: Some(&policy), ..Policies::default() };
        assert_eq!(evaluate(&request, &policies) == Allowed, expected, "{named}");
    }
}
