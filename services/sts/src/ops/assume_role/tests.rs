//! Who may assume which role, and for how long.

use api::types::Tag;
use base::{AccountId, Region, Timestamp};

use super::*;

const ACCOUNT: AccountId = AccountId::DEFAULT;
const ROLE: &str = "arn:aws:iam::000000000000:role/team/writer";

struct Book {
    role: Role,
    signatures: bool,
    alice: Arc<Document>,
}

impl Directory for Book {
    fn account_of(&self, _: &str) -> Option<AccountId> {
        None
    }

    fn role(&self, arn: &str) -> Option<Role> {
        Some(self.role.clone()).filter(|role| role.arn() == arn)
    }
}

fn user(name: &str) -> Principal {
    Principal::User { account: ACCOUNT, name: name.into() }
}

/// A role that trusts a principal, under a condition.
fn book(trusted: &str, condition: &str) -> Book {
    let text = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "{trusted}"}}{condition}}}]}}"#
    );
    let trust = Arc::new(Document::parse(Kind::Trust, &text).unwrap());
    let longest = Span::from_seconds(7200);
    let role = Role { account: ACCOUNT, name: "team/writer".into(), trust, longest };
    let may =
        r#"{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}"#;
    let alice = Arc::new(Document::parse(Kind::Identity, may).unwrap());
    Book { role, signatures: true, alice }
}

/// Somebody who calls in the clear, from a documented address.
fn caller(book: &Book, principal: Principal) -> Caller {
    let authority = Authority {
        identity: (principal == user("alice")).then(|| Arc::clone(&book.alice)),
        session: None,
        peer: "192.0.2.1".parse().unwrap(),
        is_secure: false,
        at: Timestamp::ZERO,
        user_agent: None,
        referer: None,
    };
    let authority = book.signatures.then(|| Arc::new(authority));
    Caller { principal, authority, ..Caller::root(ACCOUNT, Region::default()) }
}

fn asking() -> AssumeRoleRequest {
    AssumeRoleRequest {
        role_arn: ROLE.into(),
        role_session_name: "one".into(),
        ..Default::default()
    }
}

#[track_caller]
fn check(
    book: &Book,
    principal: Principal,
    input: &AssumeRoleRequest,
    seconds: Result<u64, Error>,
) {
    let decided =
        decide(book, &caller(book, principal), input).map(|(_, duration)| duration.seconds());
    assert_eq!(decided, seconds);
}

#[track_caller]
fn denied(book: &Book, principal: Principal, input: &AssumeRoleRequest) {
    let decided = decide(book, &caller(book, principal), input);
    assert!(matches!(decided, Err(Error::Denied(_) | Error::NotAuthorized(..))), "{decided:?}");
}

#[test]
fn whom_the_role_trusts_may_assume_it() {
    let book = book("arn:aws:iam::000000000000:user/alice", "");
    check(&book, user("alice"), &asking(), Ok(3600));
    denied(&book, user("bob"), &asking());
    let other = AssumeRoleRequest { role_arn: ROLE.replace("writer", "reader"), ..asking() };
    denied(&book, user("alice"), &other);
}

#[test]
fn whom_a_trusted_account_lets_may_assume_it() {
    let book = book("000000000000", "");
    check(&book, user("alice"), &asking(), Ok(3600));
    denied(&book, user("bob"), &asking());
}

#[test]
fn an_external_id_must_be_the_one_that_the_role_asks_for() {
    let condition = r#", "Condition": {"StringEquals": {"sts:ExternalId": "42"}}"#;
    let book = book("000000000000", condition);
    denied(&book, user("alice"), &asking());
    let with = |id: &str| AssumeRoleRequest { external_id: Some(id.into()), ..asking() };
    denied(&book, user("alice"), &with("43"));
    check(&book, user("alice"), &with("42"), Ok(3600));
}

#[test]
fn a_role_can_ask_where_from_and_how_it_is_assumed() {
    for (condition, expected) in [
        (r#""IpAddress": {"aws:SourceIp": "192.0.2.0/24"}"#, true),
        (r#""IpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#, false),
        (r#""Bool": {"aws:SecureTransport": "true"}"#, false),
        (r#""StringEquals": {"aws:RequestedRegion": "us-east-1"}"#, true),
        (r#""DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}"#, false),
    ] {
        let book = book("000000000000", &format!(r#", "Condition": {{{condition}}}"#));
        let decided = decide(&book, &caller(&book, user("alice")), &asking());
        assert_eq!(decided.is_ok(), expected, "{condition}");
    }
}

#[test]
fn what_denies_a_request_in_the_clear_denies_a_role_too() {
    let mut book = book("000000000000", "");
    let alice = r#"{"Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    ]}"#;
    book.alice = Arc::new(Document::parse(Kind::Identity, alice).unwrap());
    denied(&book, user("alice"), &asking());
}

#[test]
fn a_sessions_policy_limits_what_it_may_assume() {
    let book = book("000000000000", "");
    let with = |policy: &str| {
        let alice = caller(&book, user("alice"));
        let session = Arc::new(Document::parse(Kind::Session, policy).unwrap());
        let authority = alice.authority.as_deref().cloned().unwrap();
        let authority = Authority { session: Some(session), ..authority };
        Caller { authority: Some(Arc::new(authority)), ..alice }
    };
    let statement = |effect: &str| {
        format!(
            r#"{{"Statement": [{{"Effect": "{effect}", "Action": "sts:*", "Resource": "*"}}]}}"#
        )
    };
    assert!(decide(&book, &with(&statement("Allow")), &asking()).is_ok());
    assert!(decide(&book, &with(&statement("Deny")), &asking()).is_err());
}

#[test]
fn the_root_assumes_no_role_unless_nobody_signs() {
    let root = || Principal::Root { account: ACCOUNT };
    let book = book("*", "");
    check(&book, root(), &asking(), Err(Error::RootAssumesNoRole));
    let open = Book { signatures: false, ..book };
    check(&open, root(), &asking(), Ok(3600));
    let other =
        AssumeRoleRequest { role_arn: "arn:aws:iam::000000000000:role/none".into(), ..asking() };
    denied(&open, root(), &other);
}

#[test]
fn a_session_lasts_as_long_as_its_role_allows_and_a_chained_one_an_hour() {
    let open = Book { signatures: false, ..book("*", "") };
    let lasting = |seconds| AssumeRoleRequest { duration_seconds: Some(seconds), ..asking() };
    check(&open, user("alice"), &lasting(7200), Ok(7200));
    check(&open, user("alice"), &lasting(7201), Err(Error::TooLongForRole));
    let (role, session) = ("other".into(), "s".into());
    let chained = Principal::AssumedRole { account: ACCOUNT, role, session };
    check(&open, chained.clone(), &lasting(3600), Ok(3600));
    check(&open, chained, &lasting(3601), Err(Error::TooLongForChain));
}

#[test]
fn a_policy_must_be_one_and_not_too_long() {
    let open = Book { signatures: false, ..book("*", "") };
    let with = |policy: &str| AssumeRoleRequest { policy: Some(policy.into()), ..asking() };
    let decided = decide(&open, &caller(&open, user("alice")), &with("{}")).map(drop);
    assert!(matches!(decided, Err(Error::MalformedPolicy(_))), "{decided:?}");
    check(&open, user("alice"), &with(&" ".repeat(2049)), Err(Error::PolicyTooLarge));
    assert_eq!((packed(&" ".repeat(2048)), packed("x")), (100, 1));
}

#[test]
fn what_is_not_there_is_refused_by_name() {
    let open = Book { signatures: false, ..book("*", "") };
    let tags = Some(vec![Tag { key: "a".into(), value: "b".into() }]);
    let tagged = AssumeRoleRequest { tags, ..asking() };
    check(&open, user("alice"), &tagged, Err(Error::NotImplemented("Tags")));
}
