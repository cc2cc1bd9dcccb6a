//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>

use std::sync::Arc;

use api::types::{GetSessionTokenRequest, GetSessionTokenResponse};
use base::Span;
use runtime::{Call, Principal};
use shape::Fault;

use super::credentials;
use crate::Sts;
use crate::error::Error;

/// What a user gets who does not say how long: twelve hours.
const DEFAULT: Span = Span::from_seconds(43_200);
/// What the owner of an account gets at most: an hour, also when asking for more.
const LONGEST_OF_ROOT: Span = Span::from_seconds(3600);

pub(crate) async fn run(
    sts: Arc<Sts>,
    call: Call,
    input: GetSessionTokenRequest,
) -> Result<GetSessionTokenResponse, Fault> {
    let caller = &call.caller;
    let duration = decide(&caller.principal, caller.session.is_some(), &input)?;
    let (now, random) = (sts.node.timers().now(), sts.node.random());
    let issued = sts.identity.issue(caller, random, now, duration);
    Ok(GetSessionTokenResponse { credentials: Some(credentials(issued)), ..Default::default() })
}

/// For how long; the model has checked the bounds.
fn decide(
    principal: &Principal,
    has_session: bool,
    input: &GetSessionTokenRequest,
) -> Result<Span, Error> {
    if input.serial_number.is_some() || input.token_code.is_some() {
        return Err(Error::NotImplemented("MFA (SerialNumber, TokenCode)"));
    }
    if input.minimum_session_token_size.is_some() {
        return Err(Error::NotImplemented("MinimumSessionTokenSize"));
    }
    if has_session {
        return Err(Error::SessionCredentials);
    }
    let asked = input.duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let asked = asked.map_or(DEFAULT, Span::from_seconds);
    Ok(match principal {
        Principal::Root { .. } => asked.min(LONGEST_OF_ROOT),
        _ => asked,
    })
}

#[cfg(test)]
mod tests {
    use base::AccountId;

    use super::*;

    fn asking(seconds: Option<i32>) -> GetSessionTokenRequest {
        GetSessionTokenRequest { duration_seconds: seconds, ..Default::default() }
    }

    fn root() -> Principal {
        Principal::Root { account: AccountId::DEFAULT }
    }

    fn alice() -> Principal {
        Principal::User { account: AccountId::DEFAULT, name: "alice".into() }
    }

    #[test]
    fn a_user_gets_what_was_asked_for_and_a_root_an_hour_at_most() {
        let check = |principal: Principal, asked, seconds| {
            assert_eq!(decide(&principal, false, &asking(asked)), Ok(Span::from_seconds(seconds)));
        };
        check(alice(), None, 43_200);
        check(alice(), Some(129_600), 129_600);
        check(alice(), Some(900), 900);
        check(root(), None, 3600);
        check(root(), Some(129_600), 3600);
        check(root(), Some(900), 900);
    }

    #[test]
    fn a_session_begets_no_session_and_mfa_is_refused_by_name() {
        assert_eq!(decide(&alice(), true, &asking(None)), Err(Error::SessionCredentials));
        let with_mfa = GetSessionTokenRequest {
            token_code: Some("123456".into()),
            serial_number: Some("GAHT12345678".into()),
            ..Default::default()
        };
        let refused = decide(&alice(), false, &with_mfa);
        assert!(matches!(refused, Err(Error::NotImplemented(what)) if what.contains("MFA")));
    }
}
