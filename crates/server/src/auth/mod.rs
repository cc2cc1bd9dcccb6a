//! Identifying callers: proven by a signature, or taken at their word.
//!
//! The check comes when the operation is known, so that a refusal is in the caller's protocol, and before anything
//! of its input is read. What a caller may do is decided by `runtime`; users, roles and credentials are `identity`'s.

mod callers;
mod keyring;
mod refusal;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;

use base::Timestamp;
use identity::{Authenticator, Authority, Caller, Claimed, Enforcement, Identity, NotEnforced};
use wire::sigv4::{self, Claim, Signed, SigningKeys};

pub(crate) use callers::Callers;
pub(crate) use keyring::{Keyring, Keyrings, Wanted};
use refusal::Refusal;

use web::{Request, Transport};

/// What proxies add to the requests that they pass on: RFC 9110, section 7.6.3; RFC 7239; and what came before.
const FORWARDED: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// Identifies callers.
pub(crate) struct Auth {
    authenticator: Authenticator,
    enforcement: Enforcement,
    /// Those that were used; none outlives a change of its secret.
    signing_keys: SigningKeys,
}

/// Where and when a request came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) peer: IpAddr,
    pub(crate) transport: Transport,
    pub(crate) at: Timestamp,
}

impl Origin {
    /// The circumstances of a request, and no policies.
    fn authority(self, request: &Signed<'_>) -> Authority {
        let header = |name| request.headers.get(name).map(Box::from);
        Authority {
            peer: Some(self.peer),
            is_secure: self.transport == Transport::Tls,
            user_agent: header("user-agent"),
            referer: header("referer"),
            ..Authority::internal(self.at)
        }
    }
}

impl Auth {
    /// Identifies callers with these identities.
    #[expect(clippy::disallowed_methods, reason = "this is the edge")]
    pub(crate) fn new(identity: &Arc<Identity>) -> Self {
        Auth {
            authenticator: Authenticator::new(Arc::clone(identity)),
            enforcement: identity.enforcement(),
            signing_keys: SigningKeys::default(),
        }
    }

    /// The caller of a request. `claimed` is what the request says of it; `service` is that of the operation, as
    /// signatures name it.
    pub(crate) fn identify(
        &self,
        request: &Signed<'_>,
        claimed: Claimed,
        service: &str,
        origin: Origin,
    ) -> Result<Caller, Refusal> {
        match self.enforcement {
            Enforcement::NotRequired(not_enforced) => {
                Ok(self.trust(not_enforced, request, claimed))
            }
            Enforcement::Required => match Claim::read(request) {
                Err(sigv4::Refusal::Missing) => {
                    Ok(Caller::anonymous(claimed, origin.authority(request)))
                }
                claim => self.prove(request, claim?, service, origin),
            },
        }
    }

    /// Whether operators' pages, which show messages or delete them and are not signed for, are for whoever sent
    /// this: somebody on this machine, and not a proxy on it on behalf of somebody else.
    pub(crate) fn admits(&self, request: &Request) -> bool {
        let is_here = || request.peer.ip().to_canonical().is_loopback();
        let is_passed_on = || FORWARDED.iter().any(|name| request.headers.contains_key(*name));
        self.enforcement != Enforcement::Required || is_here() && !is_passed_on()
    }

    fn prove(
        &self,
        request: &Signed<'_>,
        claim: Claim,
        service: &str,
        origin: Origin,
    ) -> Result<Caller, Refusal> {
        let (access_key, token) = (claim.access_key(), claim.session_token());
        let candidate = self.authenticator.candidate(access_key, token, origin.at)?;
        claim.check(request, service, origin.at)?;
        claim.verify(request, candidate.secret(), &self.signing_keys)?;
        let claimed = Claimed {
            account: base::AccountId::DEFAULT,
            region: claim.region().clone(),
            access_key: Some(Arc::from(claim.access_key())),
        };
        Ok(candidate.proven(claimed, origin.authority(request))?)
    }

    fn trust(&self, not_enforced: NotEnforced, request: &Signed<'_>, claimed: Claimed) -> Caller {
        let has_token = request.headers.get("x-amz-security-token").is_some()
            || request.query.contains("X-Amz-Security-Token");
        // Nearly nobody has one: the rest is not read for nothing.
        let claim = has_token.then(|| Claim::read(request).ok()).flatten();
        let token = claim.as_ref().and_then(Claim::session_token);
        self.authenticator.trusted(not_enforced, claimed, token)
    }
}
