//! Who callers are, and temporary credentials.

use identity::{Claimed, testing};

use super::*;

/// The text of an element.
fn of<'t>(text: &'t str, element: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("<{element}>")).unwrap_or_else(|| panic!("{text}"));
    rest.split_once('<').unwrap().0
}

/// Temporary credentials of somebody: access key, secret and token.
pub(super) async fn session(house: &House, pen: &Pen<'_>) -> [String; 3] {
    let (status, text) = house.call(pen, "GetSessionToken&DurationSeconds=900").await;
    assert_eq!(status, 200, "{text}");
    ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(|element| of(&text, element).to_owned())
}

pub(super) fn pen([access_key, secret, token]: &[String; 3]) -> Pen<'_> {
    Pen { access_key, secret, token: Some(token), date: DATE }
}

#[tokio::test]
async fn a_caller_is_the_one_whose_key_has_signed() {
    let house = House::open().await;
    let (_, root) = house.call(&ROOT, "GetCallerIdentity").await;
    assert_eq!(of(&root, "Arn"), "arn:aws:iam::000000000000:root");
    assert_eq!(of(&root, "UserId"), "000000000000");
    let (_, alice) = house.call(&ALICE, "GetCallerIdentity").await;
    assert_eq!(of(&alice, "Arn"), "arn:aws:iam::000000000000:user/alice");
    assert!(of(&alice, "UserId").starts_with("AIDA"));
}

#[tokio::test]
async fn temporary_credentials_are_their_holder_until_they_end() {
    let house = House::open().await;
    let credentials = session(&house, &ALICE).await;
    let (status, text) = house.call(&pen(&credentials), "GetCallerIdentity").await;
    assert_eq!((status, of(&text, "Arn")), (200, "arn:aws:iam::000000000000:user/alice"));
    let (status, text) = house.call(&pen(&credentials), "GetSessionToken").await;
    assert_eq!((status, of(&text, "Code")), (403, "AccessDenied"));
    house.advance(Span::from_seconds(899));
    assert_eq!(house.call(&pen(&credentials), "GetCallerIdentity").await.0, 200);
    house.advance(Span::from_seconds(1));
    let (status, text) = house.call(&pen(&credentials), "GetCallerIdentity").await;
    assert_eq!((status, of(&text, "Code")), (403, "ExpiredToken"));
}

#[tokio::test]
async fn temporary_credentials_are_nothing_in_parts() {
    let house = House::open().await;
    let (credentials, others) = (session(&house, &ALICE).await, session(&house, &ROOT).await);
    let whole = pen(&credentials);
    for pen in [
        Pen { token: None, ..whole.clone() },
        Pen { token: Some(&others[2]), ..whole.clone() },
        Pen { access_key: &others[0], ..whole.clone() },
        Pen { token: Some(&credentials[2][1..]), ..whole.clone() },
    ] {
        let (status, text) = house.call(&pen, "GetCallerIdentity").await;
        assert_eq!((status, of(&text, "Code")), (403, "InvalidClientTokenId"));
    }
    let (status, text) =
        house.call(&Pen { secret: &others[1], ..whole }, "GetCallerIdentity").await;
    assert_eq!((status, of(&text, "Code")), (403, "SignatureDoesNotMatch"));
}

#[tokio::test]
async fn temporary_credentials_end_with_their_users_keys() {
    let house = House::open().await;
    let credentials = session(&house, &ALICE).await;
    let without_alice = House::with(&[key(&ROOT, None)]).await;
    let (status, text) = without_alice.call(&pen(&credentials), "GetCallerIdentity").await;
    assert_eq!((status, of(&text, "Code")), (403, "InvalidClientTokenId"));
}

#[tokio::test]
async fn an_access_key_names_its_account() {
    let house = House::open().await;
    let account =
        async |id: &str| house.call(&ROOT, &format!("GetAccessKeyInfo&AccessKeyId={id}")).await;
    let temporary = &session(&house, &ALICE).await[0];
    assert_eq!(of(&account(temporary).await.1, "Account"), "000000000000");
    let (status, text) = account("AKIAIOSFODNN7EXAMPLE").await;
    assert_eq!((status, of(&text, "Code")), (400, "ValidationError"));
}

#[tokio::test]
async fn without_signatures_temporary_credentials_are_still_their_holders() {
    let house = House::open().await;
    let [access_key, _, token] = session(&house, &ALICE).await;
    let request = unsigned(&api_sts::MODEL, Protocol::AwsQuery, "GetCallerIdentity");
    let pen = Pen { access_key: &access_key, secret: "any", token: Some(&token), date: DATE };
    let request = signed(request, "sts", &pen);
    let headers = HeaderLines(&request.headers);
    let signed = Signed {
        method: "POST",
        path: "/",
        query: "",
        authority: None,
        headers: &headers,
        body: &request.sent,
    };
    let open = Auth::new(&testing::open(&SERVER));
    let claimed = || Claimed {
        account: "123456789012".parse().unwrap(),
        region: Region::default(),
        access_key: Some(access_key.as_str().into()),
    };
    let caller = open.identify(&signed, claimed(), "sts", ORIGIN).unwrap();
    assert_eq!(caller.principal.arn(), "arn:aws:iam::000000000000:user/alice");
    assert_eq!(caller.account, AccountId::DEFAULT);
    let elsewhere = Auth::new(&testing::open(&[8; 32]));
    let unknown = elsewhere.identify(&signed, claimed(), "sts", ORIGIN).unwrap();
    assert_eq!(unknown, testing::signed_with(&access_key, unknown.clone()));
    assert_eq!(unknown.account, claimed().account);
}
