//! Who may assume which role, and for how long.

use base::AccountId;
use policy::{Document, Kind};

use super::*;
use crate::provider::{AccessKey, Provider};
use crate::sessions::Sessions;
use crate::testing;

const ACCOUNT: AccountId = AccountId::DEFAULT;
const ROLE: &str = "arn:aws:iam::000000000000:role/team/writer";

/// A provider of one role and of the user alice.
#[derive(Clone)]
struct Book {
    role: Role,
    may: Arc<Document>,
    signatures: bool,
    alice: Arc<Document>,
}

impl Provider for Book {
    fn access_key(&self, _: &str) -> Option<AccessKey> {
        None
    }

    fn role(&self, arn: &str) -> Option<Role> {
        Some(self.role.clone()).filter(|role| role.arn() == arn)
    }

    fn policies(&self, principal: &Principal) -> Option<Vec<Arc<Document>>> {
        (principal.principal_arn()? == self.role.arn()).then(|| vec![Arc::clone(&self.may)])
    }
}

impl Book {
    fn identity(&self) -> Arc<Identity> {
        let enforcement = match self.signatures {
            true => Enforcement::Required,
            false => Enforcement::NotRequired(testing::not_enforced()),
        };
        Identity::new(vec![Arc::new(self.clone())], Sessions::new(&[7; 32]), enforcement)
    }

    /// The duration that a caller gets.
    fn decide(&self, caller: &Caller, wish: AssumeRole<'_>) -> Result<Span, NotAssumed> {
        self.identity().assumable(caller, &wish).map(|(_, duration)| duration)
    }

    fn caller(&self, principal: Principal) -> Caller {
        let policies = match principal == user("alice") {
            true => vec![Arc::clone(&self.alice)],
            false => Vec::new(),
        };
        match self.signatures {
            true => testing::proven(principal, Authority { policies, ..testing::authority() }),
            false => {
                let particulars =
                    Claimed { account: ACCOUNT, region: Region::default(), access_key: None };
                let open = Authorization::NotEnforced(testing::not_enforced());
                Caller::new(particulars.with(principal, None), open)
            }
        }
    }
}

fn document(kind: Kind, text: &str) -> Arc<Document> {
    Arc::new(Document::parse(kind, text).unwrap())
}

fn user(name: &str) -> Principal {
    Principal::User { account: ACCOUNT, name: name.into() }
}

/// A role that trusts a principal, under a condition.
fn book(trusted: &str, condition: &str) -> Book {
    trusting(&format!(r#"{{"AWS": "{trusted}"}}"#), condition)
}

fn trusting(principal: &str, condition: &str) -> Book {
    let trust = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {principal}{condition}}}]}}"#
    );
    let may =
        r#"{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}"#;
    Book {
        role: Role {
            account: ACCOUNT,
            name: "team/writer".into(),
            trust: document(Kind::Trust, &trust),
            longest: Span::from_seconds(7200),
        },
        may: document(Kind::Identity, &may.replace("sts:AssumeRole", "sqs:SendMessage")),
        signatures: true,
        alice: document(Kind::Identity, may),
    }
}

fn wish() -> AssumeRole<'static> {
    AssumeRole {
        role_arn: ROLE,
        session_name: "one",
        external_id: None,
        policy: None,
        duration: None,
    }
}

#[track_caller]
fn check(
    book: &Book,
    principal: Principal,
    wish: AssumeRole<'_>,
    seconds: Result<u64, NotAssumed>,
) {
    let decided = book.decide(&book.caller(principal), wish);
    assert_eq!(decided.map(|duration| duration.seconds()), seconds);
}

#[track_caller]
fn denied(book: &Book, principal: Principal, wish: AssumeRole<'_>) {
    let decided = book.decide(&book.caller(principal), wish);
    let is_denied = matches!(decided, Err(NotAssumed::Denied(_) | NotAssumed::Unknown { .. }));
    assert!(is_denied, "{decided:?}");
}

#[test]
fn whom_the_role_trusts_may_assume_it() {
    let book = book("arn:aws:iam::000000000000:user/alice", "");
    check(&book, user("alice"), wish(), Ok(3600));
    denied(&book, user("bob"), wish());
    let other = "arn:aws:iam::000000000000:role/team/reader";
    denied(&book, user("alice"), AssumeRole { role_arn: other, ..wish() });
}

#[test]
fn whom_a_trusted_account_lets_may_assume_it() {
    let book = book("000000000000", "");
    check(&book, user("alice"), wish(), Ok(3600));
    denied(&book, user("bob"), wish());
}

#[test]
fn an_external_id_must_be_the_one_that_the_role_asks_for() {
    let condition = r#", "Condition": {"StringEquals": {"sts:ExternalId": "42"}}"#;
    let book = book("000000000000", condition);
    denied(&book, user("alice"), wish());
    denied(&book, user("alice"), AssumeRole { external_id: Some("43"), ..wish() });
    check(&book, user("alice"), AssumeRole { external_id: Some("42"), ..wish() }, Ok(3600));
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
        let decided = book.decide(&book.caller(user("alice")), wish());
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
    book.alice = document(Kind::Identity, alice);
    denied(&book, user("alice"), wish());
}

#[test]
fn a_sessions_policy_limits_what_it_may_assume() {
    let book = book("000000000000", "");
    let with = |effect: &str| {
        let policy = format!(
            r#"{{"Statement": [{{"Effect": "{effect}", "Action": "sts:*", "Resource": "*"}}]}}"#
        );
        let alice = book.caller(user("alice"));
        let authority = alice.authority().cloned().unwrap();
        let session = Some(document(Kind::Session, &policy));
        testing::proven(user("alice"), Authority { session, ..authority })
    };
    assert!(book.decide(&with("Allow"), wish()).is_ok());
    assert!(book.decide(&with("Deny"), wish()).is_err());
}

#[test]
fn the_root_assumes_no_role_unless_nobody_signs() {
    let root = || Principal::Root { account: ACCOUNT };
    let book = book("*", "");
    check(&book, root(), wish(), Err(NotAssumed::ByRoot));
    let open = Book { signatures: false, ..book };
    check(&open, root(), wish(), Ok(3600));
    let none = "arn:aws:iam::000000000000:role/none";
    denied(&open, root(), AssumeRole { role_arn: none, ..wish() });
}

#[test]
fn a_session_lasts_as_long_as_its_role_allows_and_a_chained_one_an_hour() {
    let open = Book { signatures: false, ..book("*", "") };
    let lasting = |seconds| AssumeRole { duration: Some(Span::from_seconds(seconds)), ..wish() };
    check(&open, user("alice"), lasting(7200), Ok(7200));
    check(&open, user("alice"), lasting(7201), Err(NotAssumed::TooLongForRole));
    let (role, session) = ("other".into(), "s".into());
    let chained = Principal::AssumedRole { account: ACCOUNT, role, session };
    check(&open, chained.clone(), lasting(3600), Ok(3600));
    check(&open, chained, lasting(3601), Err(NotAssumed::TooLongForChain));
}

const SOURCE: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

fn for_service(book: &Book, service: &str) -> Result<Caller, NotAssumed> {
    let (source, region) = (SOURCE.parse().unwrap(), Region::default());
    book.identity().assume_for_service(AssumeForService {
        role_arn: ROLE,
        service,
        session_name: "f",
        source: &source,
        region: &region,
        now: Timestamp::ZERO,
    })
}

#[test]
fn a_service_becomes_a_session_with_the_roles_policies_if_the_role_trusts_it() {
    let book = trusting(r#"{"Service": "lambda.amazonaws.com"}"#, "");
    let caller = for_service(&book, "lambda.amazonaws.com").unwrap();
    assert_eq!(caller.principal.arn(), "arn:aws:sts::000000000000:assumed-role/writer/f");
    assert_eq!(caller.authority().map(|it| &it.policies), Some(&vec![Arc::clone(&book.may)]));
    for stranger in ["events.amazonaws.com", "000000000000", ""] {
        assert!(matches!(for_service(&book, stranger), Err(NotAssumed::Denied(_))), "{stranger}");
    }
}

#[test]
fn a_role_can_ask_on_whose_behalf_a_service_assumes_it() {
    let trusting = |key: &str, value: &str| {
        let condition = format!(r#", "Condition": {{"StringEquals": {{"{key}": "{value}"}}}}"#);
        trusting(r#"{"Service": "lambda.amazonaws.com"}"#, &condition)
    };
    for (key, value, expected) in [
        ("aws:SourceArn", SOURCE, true),
        ("aws:SourceArn", "arn:aws:lambda:us-east-1:000000000000:function:g", false),
        ("aws:SourceAccount", "000000000000", true),
        ("aws:SourceAccount", "111111111111", false),
    ] {
        let assumed = for_service(&trusting(key, value), "lambda.amazonaws.com");
        assert_eq!(assumed.is_ok(), expected, "{key} {value}");
    }
}

#[test]
fn a_service_needs_the_role_to_be_there_also_where_nothing_is_enforced() {
    let open = Book { signatures: false, ..trusting(r#"{"Service": "x.amazonaws.com"}"#, "") };
    let caller = for_service(&open, "lambda.amazonaws.com").unwrap();
    assert_eq!(caller.authorization(), &Authorization::NotEnforced(testing::not_enforced()));
    let gone = Book { role: Role { name: "other".into(), ..open.role.clone() }, ..open };
    let refused = for_service(&gone, "lambda.amazonaws.com");
    assert!(matches!(refused, Err(NotAssumed::Unknown { .. })));
}
