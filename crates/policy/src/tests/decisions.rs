//! The policies that must allow a request, by the accounts of caller and resource.

use super::*;
use crate::Denial::{Explicit, Implicit};
use crate::Verdict::{Allowed, Denied};

const ALLOW: &str = r#""Effect":"Allow","Action":"sqs:*","Resource":"*""#;
const DENY: &str = r#""Effect":"Deny","Action":"sqs:*","Resource":"*""#;
const OTHER: &str = r#""Effect":"Allow","Action":"sqs:ReceiveMessage","Resource":"*""#;

/// Policies as a table writes them: statements of each kind; a resource's have a principal besides.
#[derive(Clone, Copy, Default)]
struct Given<'a> {
    identity: &'a [&'a str],
    session: &'a [&'a str],
    /// Effect and principal of each statement.
    resource: &'a [(&'a str, &'a str)],
    trust: bool,
}

fn verdict(caller: &str, given: Given<'_>) -> Verdict {
    let documents = |kind, statements: &[&str]| match statements {
        [] => Vec::new(),
        statements => vec![Arc::new(policy(kind, statements))],
    };
    let (identity, session) =
        (documents(Kind::Identity, given.identity), documents(Kind::Session, given.session));
    let kind = if given.trust { Kind::Trust } else { Kind::Resource };
    let statement = |(effect, principal): &(&str, &str)| {
        format!(r#""Effect":"{effect}","Principal":{principal},"Action":"sqs:*""#)
    };
    let statements: Vec<String> = given.resource.iter().map(statement).collect();
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    let resource = documents(kind, &statements).pop();
    let resource = resource.as_deref();
    send(caller, &(), &Policies { identity: &identity, session: &session, resource })
}

#[track_caller]
fn check(caller: &str, given: Given<'_>, expected: Verdict) {
    assert_eq!(verdict(caller, given), expected, "{caller}");
}

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS":"{arn}"}}"#)
}

#[test]
fn nobody_but_the_root_may_do_anything_without_a_policy() {
    check(ROOT, Given::default(), Allowed);
    for caller in [ALICE, SESSION] {
        check(caller, Given::default(), Denied(Implicit(Kind::Identity)));
    }
    for caller in [STRANGER, STRANGERS_ROOT, "anonymous", "sns.amazonaws.com"] {
        check(caller, Given::default(), Denied(Implicit(Kind::Resource)));
    }
}

#[test]
fn an_identitys_policy_is_enough_in_its_own_account_only() {
    let given = Given { identity: &[ALLOW], ..Given::default() };
    check(ALICE, given, Allowed);
    check(SESSION, given, Allowed);
    check(STRANGER, given, Denied(Implicit(Kind::Resource)));
    let other = Given { identity: &[OTHER], ..Given::default() };
    check(ALICE, other, Denied(Implicit(Kind::Identity)));
}

#[test]
fn a_resources_policy_that_names_the_caller_is_enough_in_its_own_account() {
    for (caller, named) in [(ALICE, aws(ALICE)), (SESSION, aws(SESSION)), (ALICE, aws("*"))] {
        check(caller, Given { resource: &[("Allow", &named)], ..Given::default() }, Allowed);
    }
    let role = aws("arn:aws:iam::111122223333:role/worker");
    check(SESSION, Given { resource: &[("Allow", &role)], ..Given::default() }, Allowed);
    let of_alice = aws(ALICE);
    let bob = "arn:aws:iam::111122223333:user/bob";
    let given = Given { resource: &[("Allow", &of_alice)], ..Given::default() };
    check(bob, given, Denied(Implicit(Kind::Identity)));
}

#[test]
fn naming_the_account_leaves_it_to_the_accounts_own_policies() {
    for named in [aws(ROOT), aws(OWNER)] {
        let resource = [("Allow", &*named)];
        let given = Given { resource: &resource, ..Given::default() };
        check(ALICE, given, Denied(Implicit(Kind::Identity)));
        check(SESSION, given, Denied(Implicit(Kind::Identity)));
        check(ALICE, Given { identity: &[ALLOW], ..given }, Allowed);
        check(ROOT, given, Allowed);
    }
}

#[test]
fn from_another_account_both_sides_must_allow() {
    for named in ["444455556666", STRANGERS_ROOT, STRANGER, "*"] {
        let named = aws(named);
        let resource = [("Allow", &*named)];
        let given = Given { resource: &resource, ..Given::default() };
        check(STRANGER, given, Denied(Implicit(Kind::Identity)));
        check(STRANGER, Given { identity: &[ALLOW], ..given }, Allowed);
    }
    let account = aws("444455556666");
    check(STRANGERS_ROOT, Given { resource: &[("Allow", &account)], ..Given::default() }, Allowed);
}

#[test]
fn a_sessions_policy_limits_it_unless_the_resource_names_the_session() {
    let limited = Given { identity: &[ALLOW], session: &[OTHER], ..Given::default() };
    check(SESSION, limited, Denied(Implicit(Kind::Session)));
    check(SESSION, Given { session: &[ALLOW], ..limited }, Allowed);
    let alone = Given { session: &[ALLOW], ..Given::default() };
    check(SESSION, alone, Denied(Implicit(Kind::Identity)));

    let (role, session) = (aws("arn:aws:iam::111122223333:role/worker"), aws(SESSION));
    let by_role = Given { session: &[OTHER], resource: &[("Allow", &role)], ..Given::default() };
    check(SESSION, by_role, Denied(Implicit(Kind::Session)));
    check(SESSION, Given { session: &[ALLOW], ..by_role }, Allowed);
    let directly =
        Given { session: &[OTHER], resource: &[("Allow", &session)], ..Given::default() };
    check(SESSION, directly, Allowed);
}

#[test]
fn from_another_account_a_session_is_limited_even_when_it_is_named() {
    let caller = "arn:aws:sts::444455556666:assumed-role/worker/one";
    let named = aws(caller);
    let resource = [("Allow", &*named)];
    let given =
        Given { identity: &[ALLOW], session: &[OTHER], resource: &resource, ..Given::default() };
    check(caller, given, Denied(Implicit(Kind::Session)));
    check(caller, Given { session: &[ALLOW], ..given }, Allowed);
}

#[test]
fn an_explicit_deny_wins_wherever_it_is() {
    let named = aws(ALICE);
    let all = Given {
        identity: &[ALLOW],
        session: &[],
        resource: &[("Allow", &named)],
        ..Given::default()
    };
    check(ALICE, all, Allowed);
    let identity = Given { identity: &[ALLOW, DENY], ..all };
    check(ALICE, identity, Denied(Explicit(Kind::Identity)));
    let session = Given { session: &[ALLOW, DENY], ..all };
    check(ALICE, session, Denied(Explicit(Kind::Session)));
    for denied in [named.as_str(), "\"*\"", r#"{"AWS":"111122223333"}"#] {
        let resource = [("Allow", named.as_str()), ("Deny", denied)];
        check(ALICE, Given { resource: &resource, ..all }, Denied(Explicit(Kind::Resource)));
    }
    let everybody = [("Deny", "\"*\"")];
    for caller in [ROOT, SESSION, STRANGER, "anonymous", "sns.amazonaws.com"] {
        let given = Given { resource: &everybody, ..all };
        check(caller, given, Denied(Explicit(Kind::Resource)));
    }
}

#[test]
fn those_who_did_not_sign_are_allowed_by_a_star_only() {
    for (principal, allowed) in [
        ("\"*\"".to_owned(), true),
        (aws("*"), true),
        (aws(OWNER), false),
        (aws(ALICE), false),
        (r#"{"Service":"sns.amazonaws.com"}"#.to_owned(), false),
    ] {
        let given =
            Given { identity: &[ALLOW], resource: &[("Allow", &principal)], ..Given::default() };
        let expected = if allowed { Allowed } else { Denied(Implicit(Kind::Resource)) };
        check("anonymous", given, expected);
    }
}

#[test]
fn services_are_allowed_by_the_resource_only() {
    let sns = r#"{"Service":["s3.amazonaws.com","sns.amazonaws.com"]}"#;
    let given = Given { resource: &[("Allow", sns)], ..Given::default() };
    check("sns.amazonaws.com", given, Allowed);
    check("events.amazonaws.com", given, Denied(Implicit(Kind::Resource)));
    let by_identity = Given { identity: &[ALLOW], ..Given::default() };
    check("sns.amazonaws.com", by_identity, Denied(Implicit(Kind::Resource)));
}

#[test]
fn a_roles_trust_policy_must_allow_even_in_its_own_account() {
    let (alice, account) = (aws(ALICE), aws(OWNER));
    let trust = Given { trust: true, ..Given::default() };
    let naming = [("Allow", alice.as_str())];
    check(ALICE, Given { resource: &naming, ..trust }, Allowed);
    let delegating = [("Allow", account.as_str())];
    let given = Given { resource: &delegating, ..trust };
    check(ALICE, given, Denied(Implicit(Kind::Identity)));
    check(ALICE, Given { identity: &[ALLOW], ..given }, Allowed);
    let bob = "arn:aws:iam::111122223333:user/bob";
    let given = Given { identity: &[ALLOW], resource: &naming, ..trust };
    check(bob, given, Denied(Implicit(Kind::Trust)));
}

#[test]
fn actions_are_compared_whatever_their_case_and_resources_exactly() {
    for (action, resource, expected) in [
        ("*", "*", true),
        ("*:*", "*", true),
        ("SQS:send*", "arn:aws:sqs:*:*:orders", true),
        ("sqs:SendMessag?", "arn:aws:sqs:us-east-?:111122223333:*", true),
        ("sqs:Send", "*", false),
        ("sns:*", "*", false),
        ("sqs:*", "arn:aws:sqs:us-east-1:111122223333:Orders", false),
        ("sqs:*", "arn:aws:sqs:us-east-1:111122223333:order", false),
    ] {
        let text = format!(r#""Effect":"Allow","Action":["{action}"],"Resource":["{resource}"]"#);
        let allowed = verdict(ALICE, Given { identity: &[&text], ..Given::default() }) == Allowed;
        assert_eq!(allowed, expected, "{action} {resource}");
    }
}

#[test]
fn not_action_and_not_resource_are_about_everything_else() {
    for (elements, expected) in [
        (r#""NotAction":"sqs:ReceiveMessage","Resource":"*""#, true),
        (r#""NotAction":["sns:*","sqs:Send*"],"Resource":"*""#, false),
        (r#""Action":"*","NotResource":"arn:aws:sqs:*:*:bills""#, true),
        (r#""Action":"*","NotResource":["arn:aws:sqs:*:*:bills","arn:aws:sqs:*:*:o*"]"#, false),
    ] {
        let text = format!(r#""Effect":"Allow",{elements}"#);
        let allowed = verdict(ALICE, Given { identity: &[&text], ..Given::default() }) == Allowed;
        assert_eq!(allowed, expected, "{elements}");
    }
}

#[test]
fn the_message_is_worded_as_awss() {
    let message = |caller: &str, denial: crate::Denial| {
        let principal = principal(caller);
        let request = Request {
            principal: &principal,
            action: "sqs:SendMessage",
            resource: QUEUE,
            resource_account: OWNER.parse().unwrap(),
            context: &(),
        };
        denial.message(&request)
    };
    assert_eq!(
        message(ALICE, Implicit(Kind::Identity)),
        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sqs:SendMessage on \
         resource: arn:aws:sqs:us-east-1:111122223333:orders because no identity-based policy allows \
         the sqs:SendMessage action"
    );
    for (denial, end) in [
        (Explicit(Kind::Identity), "with an explicit deny in an identity-based policy"),
        (Explicit(Kind::Session), "with an explicit deny in a session policy"),
        (Explicit(Kind::Resource), "with an explicit deny in a resource-based policy"),
        (Explicit(Kind::Trust), "with an explicit deny in the role trust policy"),
        (Implicit(Kind::Session), "because no session policy allows the sqs:SendMessage action"),
        (
            Implicit(Kind::Resource),
            "because no resource-based policy allows the sqs:SendMessage action",
        ),
    ] {
        assert!(message("anonymous", denial).ends_with(end), "{}", message(ALICE, denial));
    }
    assert!(message("anonymous", Implicit(Kind::Resource)).starts_with("User: anonymous is not"));
}
