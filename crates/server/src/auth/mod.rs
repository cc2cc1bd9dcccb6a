//! Who a caller is: proven by a signature, or taken at its word.
//!
//! The check comes when the operation is known, so that a refusal is in the caller's protocol, and before anything
//! of its input is read. What a caller may do is decided by `runtime`, which is told here what it is held to.

mod callers;
mod keyring;
mod refusal;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;

use base::Timestamp;
use policy::{Document, Kind};
use runtime::{Authority, Caller, Principal, Session};
use sts::{Opened, Sessions};
use wire::sigv4::{self, Claim, Secret, Signed};

pub(crate) use callers::Callers;
use keyring::Current;
pub(crate) use keyring::{Keyring, Keyrings, Named, Roles, Wanted};
use refusal::Refusal;

use web::{Request, Transport};

/// What proxies add to the requests that they pass on: RFC 9110, section 7.6.3; RFC 7239; and what came before.
const FORWARDED: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// Finds out who calls.
pub(crate) struct Auth {
    sessions: Arc<Sessions>,
    /// Where signatures are required: whose.
    required: Option<Arc<Keyrings>>,
}

/// Somebody whose secret is known, and who is yet to prove to know it too.
struct Candidate {
    principal: Principal,
    session: Option<Session>,
    secret: Secret,
}

/// Where and when a request came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) peer: IpAddr,
    pub(crate) transport: Transport,
    pub(crate) at: Timestamp,
}

impl Candidate {
    /// What it is held to.
    fn authority(
        &self,
        keyring: &Keyring,
        request: &Signed<'_>,
        origin: Origin,
    ) -> Result<Authority, Refusal> {
        let session = self.session.as_ref().and_then(|session| session.policy.as_deref());
        // It was read when it was given: one that cannot be read now limits to nothing.
        let session = session.map(|text| Document::parse(Kind::Session, text)).transpose();
        Ok(Authority {
            identity: keyring.policy(&self.principal).cloned(),
            session: session.map_err(|_| Refusal::UnknownKey)?.map(Arc::new),
            ..nothing_but(request, origin)
        })
    }
}

/// Where a request comes from, and no policies.
fn nothing_but(request: &Signed<'_>, origin: Origin) -> Authority {
    let header = |name| request.headers.get(name).map(Box::from);
    Authority {
        identity: None,
        session: None,
        peer: origin.peer,
        is_secure: origin.transport == Transport::Tls,
        at: origin.at,
        user_agent: header("user-agent"),
        referer: header("referer"),
    }
}

/// Somebody who did not sign: only a thing's own policy can let it in.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous>
fn anonymous(request: &Signed<'_>, claimed: Caller, origin: Origin) -> Caller {
    let authority = Some(Arc::new(nothing_but(request, origin)));
    let principal = Principal::Anonymous;
    Caller { principal, access_key: None, session: None, authority, ..claimed }
}

impl Auth {
    /// Takes callers at their word, but for temporary credentials, which are what they are.
    pub(crate) fn open(sessions: Arc<Sessions>) -> Self {
        Auth { sessions, required: None }
    }

    /// Requires signatures with these keys.
    pub(crate) fn required(sessions: Arc<Sessions>, keyrings: Arc<Keyrings>) -> Self {
        Auth { sessions, required: Some(keyrings) }
    }

    /// Who calls. `claimed` is who the caller would be without a signature; `service` is that of the
    /// operation, as signatures name it.
    pub(crate) fn identify(
        &self,
        request: &Signed<'_>,
        claimed: Caller,
        service: &str,
        origin: Origin,
    ) -> Result<Caller, Refusal> {
        match &self.required {
            None => Ok(self.believe(request, claimed)),
            Some(keyrings) => match Claim::read(request) {
                Err(sigv4::Refusal::Missing) => Ok(anonymous(request, claimed, origin)),
                claim => self.prove(&keyrings.current(), request, claim?, service, origin),
            },
        }
    }

    /// Whether operators' pages, which show messages or delete them and are not signed for, are for whoever sent
    /// this: somebody on this machine, and not a proxy on it on behalf of somebody else.
    pub(crate) fn admits(&self, request: &Request) -> bool {
        let is_here = || request.peer.ip().to_canonical().is_loopback();
        let is_passed_on = || FORWARDED.iter().any(|name| request.headers.contains_key(*name));
        self.required.is_none() || is_here() && !is_passed_on()
    }

    fn prove(
        &self,
        current: &Current,
        request: &Signed<'_>,
        claim: Claim,
        service: &str,
        origin: Origin,
    ) -> Result<Caller, Refusal> {
        let now = origin.at;
        let keyring = &current.keyring;
        let candidate = match claim.session_token() {
            None => keyring.candidate(claim.access_key()),
            Some(token) => self.of_session(keyring, claim.access_key(), token, now)?,
        };
        let candidate = candidate.ok_or(Refusal::UnknownKey)?;
        claim.check(request, service, now)?;
        claim.verify(request, &candidate.secret, &current.signing_keys)?;
        let authority = candidate.authority(keyring, request, origin)?;
        Ok(Caller {
            account: candidate.principal.account().unwrap_or(base::AccountId::DEFAULT),
            region: claim.region().clone(),
            access_key: Some(Arc::from(claim.access_key())),
            principal: candidate.principal,
            session: candidate.session.map(Arc::new),
            authority: Some(Arc::new(authority)),
        })
    }

    /// Temporary credentials are good until they end, or until whoever they were issued for is not
    /// configured any more. Those that were given to somebody who did not have to prove anything are nothing.
    fn of_session(
        &self,
        keyring: &Keyring,
        access_key: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Candidate>, Refusal> {
        let Some(opened) = self.sessions.open(access_key, token) else { return Ok(None) };
        let Opened { principal, session, is_proven } = opened;
        if !is_proven || !keyring.knows(&principal) {
            return Ok(None);
        }
        if session.expires <= now {
            return Err(Refusal::ExpiredToken);
        }
        let secret = Secret::new(self.sessions.secret(access_key));
        Ok(Some(Candidate { principal, session: Some(session), secret }))
    }

    fn believe(&self, request: &Signed<'_>, claimed: Caller) -> Caller {
        let has_token = request.headers.get("x-amz-security-token").is_some()
            || request.query.contains("X-Amz-Security-Token");
        // Nearly nobody has one: the rest is not read for nothing.
        let Some(claim) = has_token.then(|| Claim::read(request).ok()).flatten() else {
            return claimed;
        };
        let opened =
            claim.session_token().and_then(|token| self.sessions.open(claim.access_key(), token));
        let Some(Opened { principal, session, .. }) = opened else { return claimed };
        Caller {
            account: principal.account().unwrap_or(claimed.account),
            principal,
            session: Some(Arc::new(session)),
            ..claimed
        }
    }
}
