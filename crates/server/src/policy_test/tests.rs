//! Who asks, as the configuration knows it.

use clap::Parser;
use identity::Role;
use policy::Kind;
use wire::sigv4::Secret;

use super::*;
use crate::config::{Auth, ConfiguredRole, Key, User};

const EVERYTHING: &str = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn asked(flags: &[&str]) -> Arguments {
    let rest = ["--action", "sqs:SendMessage", "--resource", QUEUE];
    let line = Line::try_parse_from(["test"].iter().chain(flags).chain(&rest));
    line.map(|line| line.arguments).unwrap_or_else(|error| panic!("{error}"))
}

fn everything(kind: Kind) -> Arc<Document> {
    Arc::new(Document::parse(kind, EVERYTHING).expect("a policy"))
}

/// The user alice, who may do everything, the root, and the role `team/writer`, which may too.
fn callers() -> Callers {
    let account = AccountId::DEFAULT;
    let key = |id: &str, user| Key { id: id.into(), account, secret: Secret::new("s"), user };
    let alice = User { name: "alice".into(), policy: Some(everything(Kind::Identity)) };
    let trust = r#"{"Statement":[{"Effect":"Deny","Action":"*","Principal":"*"}]}"#;
    let role = Role {
        account,
        name: "team/writer".into(),
        trust: Arc::new(Document::parse(Kind::Trust, trust).expect("a policy")),
        longest: base::Span::from_seconds(3600),
    };
    Callers {
        auth: Auth::SigV4(vec![key("AKROOT", None), key("AKALICE", Some(alice))]),
        roles: vec![ConfiguredRole { role, policy: Some(everything(Kind::Identity)) }],
    }
}

async fn allowed(flags: &[&str], callers: Option<&Callers>) -> Result<bool, String> {
    run(&asked(flags), callers).await.map(|answer| answer.allowed)
}

#[tokio::test]
async fn the_configuration_says_what_a_caller_may() {
    let callers = callers();
    for flags in [
        ["--caller", "arn:aws:iam::000000000000:user/alice"],
        ["--access-key", "AKALICE"],
        ["--access-key", "AKROOT"],
        ["--caller", "arn:aws:sts::000000000000:assumed-role/writer/s"],
        ["--caller", "arn:aws:iam::000000000000:root"],
    ] {
        assert_eq!(allowed(&flags, Some(&callers)).await, Ok(true), "{flags:?}");
    }
    assert_eq!(allowed(&["--caller", "anonymous"], Some(&callers)).await, Ok(false));
    let alice = ["--caller", "arn:aws:iam::000000000000:user/alice"];
    assert_eq!(allowed(&alice, None).await, Ok(false), "nothing says that she may");
}

#[tokio::test]
async fn a_roles_session_is_known_by_the_roles_name_and_has_its_path() {
    let session = ["--caller", "arn:aws:sts::000000000000:assumed-role/writer/s"];
    let asking = caller::asking(&asked(&session), Some(&callers())).expect("it is known");
    let role = asking.principal.principal_arn();
    assert_eq!(role.as_deref(), Some("arn:aws:iam::000000000000:role/team/writer"));
    let part = ["--caller", "arn:aws:sts::000000000000:assumed-role/iter/s"];
    assert!(allowed(&part, Some(&callers())).await.is_err());
}

#[tokio::test]
async fn whom_the_configuration_does_not_know_is_a_mistake() {
    for flags in [
        ["--caller", "arn:aws:iam::000000000000:user/bob"],
        ["--caller", "arn:aws:iam::999999999999:user/alice"],
        ["--access-key", "AKBOB"],
    ] {
        assert!(allowed(&flags, Some(&callers())).await.is_err(), "{flags:?}");
    }
    assert!(allowed(&["--access-key", "AKALICE"], None).await.is_err());
}

#[test]
fn a_caller_is_named_once() {
    let parse = |flags: &[&str]| {
        let rest = ["--action", "sqs:SendMessage", "--resource", QUEUE];
        Line::try_parse_from(["test"].iter().chain(flags).chain(&rest)).is_ok()
    };
    assert!(!parse(&[]));
    assert!(!parse(&["--caller", "anonymous", "--access-key", "A"]));
    assert!(!parse(&["--caller", "anonymous", "--endpoint", "http://a", "--policy-file", "p"]));
    assert!(parse(&["--caller", "anonymous", "--endpoint", "http://a"]));
}
