//! Keys and roles that change while the program runs.

use identity::{Issued, testing};
use policy::{Document, Kind};

use super::sessions::{pen, session};
use super::*;
use crate::auth::Callers;
use crate::config;

impl House {
    fn renew(&self, keys: &[Key]) {
        self.keyrings.renew(Keyring::new(keys, &[]));
    }
}

fn code(text: &str) -> &str {
    text.split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once('<'))
        .map_or("", |(code, _)| code)
}

#[tokio::test]
async fn a_changed_secret_holds_from_the_next_request_on_and_the_old_one_does_not() {
    let house = House::open().await;
    let old = ALICE;
    let new = Pen { secret: "alice's new one", ..ALICE };
    assert_eq!(house.call(&old, "GetCallerIdentity").await.0, 200, "its signing key is kept");
    house.renew(&[key(&ROOT, None), key(&new, Some("alice"))]);
    let (status, text) = house.call(&old, "GetCallerIdentity").await;
    assert_eq!((status, code(&text)), (403, "SignatureDoesNotMatch"));
    assert_eq!(house.call(&new, "GetCallerIdentity").await.0, 200);
}

#[tokio::test]
async fn a_removed_key_ends_at_once_and_so_do_its_users_sessions() {
    let house = House::open().await;
    let credentials = session(&house, &ALICE).await;
    assert_eq!(house.call(&pen(&credentials), "GetCallerIdentity").await.0, 200);
    house.renew(&[key(&ROOT, None)]);
    for pen in [ALICE, pen(&credentials)] {
        let (status, text) = house.call(&pen, "GetCallerIdentity").await;
        assert_eq!((status, code(&text)), (403, "InvalidClientTokenId"));
    }
    assert_eq!(house.call(&ROOT, "GetCallerIdentity").await.0, 200);
}

#[tokio::test]
async fn a_changed_policy_holds_for_sessions_too() {
    let house = House::open().await;
    let credentials = session(&house, &ALICE).await;
    let ask = async || {
        let request = unsigned(&api_sqs::MODEL, Protocol::AwsQuery, "ListQueues");
        house.ask(signed(request, "sqs", &pen(&credentials))).await.0
    };
    assert_eq!(ask().await, 403);
    let all = r#"{"Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}"#;
    let policy = Document::parse(Kind::Identity, all).ok().map(Arc::new);
    let alice = Some(User { name: "alice".into(), policy });
    house.renew(&[Key { user: alice, ..key(&ALICE, None) }]);
    assert_eq!(ask().await, 200);
}

#[tokio::test]
async fn credentials_that_nobody_had_to_prove_anything_for_are_worth_nothing() {
    let house = House::open().await;
    let principal = identity::Principal::Root { account: AccountId::DEFAULT };
    let proven = testing::proven(principal, testing::authority());
    let trusted = testing::root(AccountId::DEFAULT, Region::default());
    for (caller, expected) in [(proven, 200), (trusted, 403)] {
        let (random, duration) = (Random::seeded(3), Span::from_seconds(900));
        let issued = house.identity.issue(&caller, &random, NOW, duration);
        let Issued { access_key, secret, token, .. } = issued;
        let pen = Pen { access_key: &access_key, secret: &secret, token: Some(&token), date: DATE };
        assert_eq!(house.call(&pen, "GetCallerIdentity").await.0, expected);
    }
}

#[test]
fn a_file_can_neither_open_the_doors_nor_shut_them_while_the_program_runs() {
    let signed = || config::Auth::SigV4(vec![key(&ROOT, None)]);
    let new = |auth: &config::Auth| Callers::new(auth, &[], AccountId::DEFAULT);
    assert!(new(&signed()).renew(&signed(), &[]).is_ok());
    assert!(new(&config::Auth::None).renew(&config::Auth::None, &[]).is_ok());
    assert!(new(&signed()).renew(&config::Auth::None, &[]).is_err());
    assert!(new(&config::Auth::None).renew(&signed(), &[]).is_err());
}
