//! Who is let in, by whose policies.

use std::sync::Arc;

use base::{AccountId, Timestamp};
use policy::{Document, Kind, Principal};

use super::*;

const OWN: &str = "111111111111";
const OTHER: &str = "222222222222";
const QUEUE: &str = "arn:aws:sqs:us-east-1:111111111111:orders";

fn account(text: &str) -> AccountId {
    text.parse().expect("an account")
}

fn document(kind: Kind, text: &str) -> Arc<Document> {
    Arc::new(Document::parse(kind, text).expect("a policy"))
}

fn root(of: &str) -> Principal {
    Principal::Root { account: account(of) }
}

fn user(of: &str) -> Principal {
    Principal::User { account: account(of), name: "alice".into() }
}

fn call(principal: Principal, policy: &str) -> Call {
    let policy = Some(policy).filter(|text| !text.is_empty());
    let authority = Authority {
        policies: policy.map(|text| document(Kind::Identity, text)).into_iter().collect(),
        peer: Some("::ffff:10.0.0.7".parse().expect("an address")),
        is_secure: false,
        ..Authority::internal(Timestamp::from_millis(1_700_000_000_000))
    };
    Call::new(identity::testing::proven(principal, authority), "http://localhost".into())
}

fn send() -> Access {
    Access::to("sqs:SendMessage", QUEUE.parse().expect("an ARN"))
}

/// Whether it is allowed by the caller's policy and the queue's; an empty text is none.
fn allowed(principal: Principal, identity: &str, access: &Access, resource: &str) -> bool {
    let call = call(principal, identity);
    let policy = Some(resource).filter(|text| !text.is_empty());
    let policy = policy.map(|text| document(Kind::Resource, text));
    let fact = Fact { policy, tags: [("Team".to_owned(), "blue".to_owned())].into(), owner: None };
    let authority = call.caller.authority().expect("one");
    let owns_part = access.reach == Reach::Part("the caller's".into());
    let known = Known { fact: Some(&fact), owns_part };
    decide(&call.caller, authority, access, known).is_ok()
}

fn statement(effect: &str, principal: &str, rest: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}"{principal},"Action":"sqs:SendMessage","Resource":"{QUEUE}"{rest}}}]}}"#
    )
}

#[test]
fn the_root_of_the_queues_account_needs_nobodys_leave_and_a_user_needs_a_policy() {
    let may = statement("Allow", "", "");
    assert!(allowed(root(OWN), "", &send(), ""));
    assert!(!allowed(user(OWN), "", &send(), ""));
    assert!(allowed(user(OWN), &may, &send(), ""));
}

#[test]
fn another_account_needs_the_queues_policy_and_its_user_a_policy_of_its_own_too() {
    let identity = statement("Allow", "", "");
    let resource = statement("Allow", r#","Principal":{"AWS":"222222222222"}"#, "");
    assert!(!allowed(root(OTHER), "", &send(), ""));
    assert!(allowed(root(OTHER), "", &send(), &resource));
    assert!(!allowed(user(OTHER), "", &send(), &resource));
    assert!(allowed(user(OTHER), &identity, &send(), &resource));
}

#[test]
fn what_is_for_the_own_account_alone_no_policy_shares() {
    let resource = statement("Allow", r#","Principal":"*""#, "");
    let access = Access::within_account("sqs:SendMessage", QUEUE.parse().expect("an ARN"));
    assert!(allowed(root(OTHER), "", &send(), &resource));
    assert!(!allowed(root(OTHER), "", &access, &resource));
    assert!(allowed(root(OWN), "", &access, ""));
}

#[test]
fn whose_part_it_is_needs_its_own_policy_and_the_thing_can_only_deny_it() {
    let part =
        |whose: &str| Access::to_part("sqs:SendMessage", QUEUE.parse().expect("an ARN"), whose);
    let (own, others) = (part("the caller's"), part("another's"));
    let identity = statement("Allow", "", "");
    let gives = statement("Allow", r#","Principal":"*""#, "");
    let denies = statement("Deny", r#","Principal":"*""#, "");
    assert!(allowed(root(OTHER), "", &own, ""));
    assert!(!allowed(root(OTHER), "", &others, &gives));
    assert!(allowed(user(OTHER), &identity, &own, ""));
    assert!(!allowed(user(OTHER), "", &own, &gives));
    assert!(!allowed(root(OTHER), "", &own, &denies));
    assert!(allowed(root(OWN), "", &others, ""));
}

#[test]
fn a_queues_policy_denies_its_own_root_too() {
    let resource = statement("Deny", r#","Principal":"*""#, "");
    assert!(!allowed(root(OWN), "", &send(), &resource));
}

#[test]
fn conditions_see_the_request_the_input_and_the_queues_tags() {
    let tagged = send().setting_tags([("Stage", "test")]);
    for (condition, expected) in [
        (r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, true),
        (r#""Bool":{"aws:SecureTransport":"true"}"#, false),
        (r#""DateLessThan":{"aws:CurrentTime":"2023-11-15T00:00:00Z"}"#, true),
        (r#""DateLessThan":{"aws:CurrentTime":"2023-11-14T00:00:00Z"}"#, false),
        (r#""StringEquals":{"aws:RequestedRegion":"us-east-1"}"#, true),
        (r#""StringEquals":{"aws:ResourceTag/Team":"blue"}"#, true),
        (r#""StringEquals":{"aws:ResourceTag/Team":"red"}"#, false),
        (r#""StringEquals":{"aws:RequestTag/Stage":"test"}"#, true),
        (r#""ForAllValues:StringEquals":{"aws:TagKeys":["Other"]}"#, false),
        (r#""StringLike":{"aws:UserAgent":"*"}"#, false),
    ] {
        let policy = statement("Allow", "", &format!(r#","Condition":{{{condition}}}"#));
        assert_eq!(allowed(user(OWN), &policy, &tagged, ""), expected, "{condition}");
    }
}

#[test]
fn tags_whose_keys_differ_in_case_alone_are_one_key_with_several_values() {
    let call = call(root(OWN), "");
    let tags = [("Größe", "1"), ("team", "blue"), ("TEAM", "red")];
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let fact = Fact { tags, ..Fact::default() };
    let access = send();
    let request = RequestContext(&call.caller);
    let about = About { request, access: &access, fact: Some(&fact) };
    let many = |values: &[&str]| {
        Values::Many(values.iter().map(|value| (*value).to_owned().into()).collect())
    };
    assert_eq!(about.get("aws:resourcetag/team"), many(&["red", "blue"]));
    assert_eq!(about.get("aws:resourcetag/größe"), many(&["1"]));
    assert_eq!(about.get("aws:resourcetag/none"), many(&[]));
}

#[test]
fn a_refusal_says_who_what_and_on_which_queue() {
    let call = call(user(OWN), "");
    let authority = call.caller.authority().expect("one");
    let denied = decide(&call.caller, authority, &send(), Known::default());
    let text = denied.expect_err("no policy");
    assert_eq!(
        text,
        "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: \
         sqs:SendMessage on resource: arn:aws:sqs:us-east-1:111111111111:orders because no \
         identity-based policy allows the sqs:SendMessage action"
    );
}

#[test]
fn a_service_has_a_word_of_its_own_for_what_is_denied_and_for_nothing_else() {
    static WORD: ErrorModel = ErrorModel::new("NoException", 403).code("No");
    let denied = || Unauthorized::Denied("no".into());
    let (common, own) = (denied().fault(None), denied().fault(Some(&WORD)));
    assert_eq!((common.name, common.code), ("AccessDeniedException", "AccessDenied"));
    assert_eq!((own.name, own.code), ("NoException", "No"));
    assert_eq!((common.status, own.message), (403, "no".into()));
    assert_eq!(Unauthorized::NotSigned.fault(Some(&WORD)), not_signed());
}
