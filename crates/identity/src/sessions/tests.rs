//! Temporary credentials: whose they are, and that nobody else can make any.

use base::Span;
use proptest::prelude::*;

use super::*;

const ACCOUNT: AccountId = AccountId::DEFAULT;
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);
const HOUR: Span = Span::from_seconds(3600);

fn alice() -> Principal {
    Principal::User { account: ACCOUNT, name: "alice".into() }
}

fn issued(sessions: &Sessions, principal: &Principal, policy: Option<&str>) -> Issued {
    let holder = Holder { principal, policy, is_proven: policy.is_none() };
    sessions.issue(&Random::seeded(1), holder, Term { now: NOW, duration: HOUR })
}

#[test]
fn what_was_issued_is_known_again() {
    let sessions = Sessions::new(&[7; 32]);
    let role = Principal::AssumedRole {
        account: ACCOUNT,
        role: "team/writer".into(),
        session: "one".into(),
    };
    for (principal, policy) in [
        (Principal::Root { account: ACCOUNT }, None),
        (alice(), Some("{}")),
        (role, Some(r#"{"Statement":[]}"#)),
    ] {
        let issued = issued(&sessions, &principal, policy);
        let opened = sessions.open(&issued.access_key, &issued.token).unwrap();
        assert_eq!(opened.principal, principal);
        assert_eq!(opened.session.policy.as_deref(), policy);
        assert_eq!(opened.is_proven, policy.is_none());
        assert_eq!(opened.session.expires, issued.expires);
        assert_eq!(issued.expires, Timestamp::from_millis(1_700_003_600_000));
        assert_eq!(sessions.secret(&issued.access_key), issued.secret);
        assert_eq!((issued.secret.len(), account_of(&issued.access_key)), (40, Some(ACCOUNT)));
    }
}

#[test]
fn a_token_belongs_to_its_access_key_and_its_node() {
    let (sessions, others) = (Sessions::new(&[7; 32]), Sessions::new(&[8; 32]));
    let issued = issued(&sessions, &alice(), None);
    assert!(sessions.open("ASIAAAAAAAAAAAAAAAAA", &issued.token).is_none());
    assert!(others.open(&issued.access_key, &issued.token).is_none());
    assert_ne!(others.secret(&issued.access_key), issued.secret);
}

proptest! {
    #[test]
    fn no_other_text_is_a_token(text in "[A-Za-z0-9+/]{0,200}", flip in any::<prop::sample::Index>()) {
        let sessions = Sessions::new(&[7; 32]);
        prop_assert!(sessions.open("ASIAAAAAAAAAAAAAAAAA", &text).is_none());
        let issued = issued(&sessions, &alice(), None);
        let mut bytes = STANDARD.decode(&issued.token).unwrap();
        let at = flip.index(bytes.len());
        bytes[at] ^= 1;
        prop_assert!(sessions.open(&issued.access_key, &STANDARD.encode(bytes)).is_none());
    }
}
